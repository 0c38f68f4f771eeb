import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { openHouse, type House } from './house.js'

interface Operation {
  tags: string[]
  summary: string
  parameters?: { name: string; in: string; required?: boolean; schema: object }[]
  requestBody?: { content: Record<string, { schema: object }> }
  responses: Record<string, { description: string; content?: Record<string, { schema: object }> }>
}
interface Document {
  openapi: string
  info: { title: string; version: string }
  paths: Record<string, Record<string, Operation>>
  components: { schemas: Record<string, object>; securitySchemes: Record<string, object> }
}

let house: House
let document: Document
beforeAll(async () => {
  house = await openHouse()
  document = (await house.app.inject({ url: '/openapi.json' })).json<Document>()
})
afterAll(() => house.stop())

const operations = () =>
  Object.entries(document.paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]) => ({ name: `${method} ${path}`, path, operation })),
  )

function* refsIn(value: unknown): Generator<string> {
  if (typeof value !== 'object' || value === null) return
  for (const [key, inner] of Object.entries(value)) {
    if (key === '$ref') yield String(inner)
    else yield* refsIn(inner)
  }
}

describe('the description of the API', () => {
  it('is OpenAPI 3.1 with a title, a version and the sign-in', () => {
    expect(document).toMatchObject({
      openapi: '3.1.0',
      info: { title: 'Rabta', version: '0.0.0-test' },
      components: { securitySchemes: { session: { type: 'apiKey', in: 'cookie', name: 'rabta_session' } } },
    })
  })

  it('says of every operation what it is for and what it answers, problems included', () => {
    for (const { name, operation } of operations()) {
      expect(operation.summary.length, name).toBeGreaterThan(3)
      expect(operation.tags, name).toHaveLength(1)
      const answers = Object.entries(operation.responses)
      expect(
        answers.some(([status]) => status.startsWith('2')),
        name,
      ).toBe(true)
      for (const [, answer] of answers) expect(answer.description.length, name).toBeGreaterThan(3)
      expect(operation.responses['default']?.content?.['application/problem+json'], name).toBeDefined()
    }
  })

  it('names each part of an address that varies, once, and each is needed', () => {
    for (const { name, path, operation } of operations()) {
      const inPath = [...path.matchAll(/\{(\w+)\}/g)].map(([, part]) => part)
      const named = (operation.parameters ?? []).filter((parameter) => parameter.in === 'path')
      expect(
        named.map((parameter) => parameter.name),
        name,
      ).toEqual(inPath)
      expect(named.every(({ required }) => required === true)).toBe(true)
    }
  })

  it('refers to nothing that it does not hold', () => {
    for (const ref of refsIn(document)) {
      const [, , section, name] = ref.split('/')
      expect([ref, section]).toEqual([ref, 'schemas'])
      expect(document.components.schemas).toHaveProperty(name ?? '')
    }
  })

  it('shows what a search takes and gives', () => {
    const search = document.paths['/api/mentions']?.['get']
    expect(search?.parameters?.map(({ name }) => name)).toEqual(
      expect.arrayContaining(['q', 'channel', 'district', 'lang', 'category', 'severity', 'sentiment', 'alert', 'from', 'to', 'sort', 'limit', 'cursor']), // prettier-ignore
    )
    expect(search?.responses['200']?.content?.['application/json']?.schema).toMatchObject({
      properties: { items: {}, total: {}, facets: {}, histogram: {}, next: {} },
    })
    expect(
      document.paths['/api/mentions/{id}/replies']?.['post']?.requestBody?.content['application/json'],
    ).toBeDefined()
  })
})
