import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { Value } from '@sinclair/typebox/value'
import { describe, expect, it } from 'vitest'
import { parse } from 'yaml'
import { fields } from '../../../channels/fields.js'
import { readPayload } from '../../../ingest/read.js'
import { packagePath } from '../../../runtime/package-root.js'
import { Mention } from '../../../schemas/mention.js'

const folder = packagePath('../shared/fixtures/whatsapp')
const examples = join(folder, 'meta-openapi-webhook-examples.json')
const description = join(folder, 'meta-business-messaging-api_v23.0.yaml')
const receivedAt = '2026-11-22T04:00:00.000Z'

interface Printed extends Record<string, unknown> {
  skipped?: string
  type?: string
}

function linesOf(payload: unknown): Printed[] {
  const lines = readPayload('whatsapp', Buffer.from(JSON.stringify(payload)), { receivedAt })
  expect(lines.length).toBeGreaterThan(0)
  return lines.map((line) => JSON.parse(line) as Printed)
}

function expectUnderstood(line: Printed): void {
  if (line.skipped !== undefined) {
    expect(line.skipped).not.toMatch(/could not be read/)
    return
  }
  expect(['written', 'edited', 'deleted', 'status']).toContain(line.type)
  if (line.type === 'written') {
    expect([...Value.Errors(Mention, line)]).toEqual([])
  }
}

describe.skipIf(!existsSync(examples))("Meta's webhook examples (skipped where ../shared/fixtures is missing)", () => {
  const named = existsSync(examples) ? (JSON.parse(readFileSync(examples, 'utf8')) as Record<string, unknown>) : {}

  it.each(Object.entries(named))('%s becomes something, or is set aside for a stated reason', (_name, payload) => {
    for (const line of linesOf(payload)) expectUnderstood(line)
  })

  it('holds mentions for every message that a person wrote', () => {
    const written = Object.entries(named).filter(([, payload]) =>
      linesOf(payload).some((line) => line.type === 'written'),
    )
    const aside = Object.keys(named).filter((name) => !written.some(([other]) => other === name))
    expect(written.length).toBeGreaterThanOrEqual(11)
    for (const name of aside) expect(name).toMatch(/reaction|system|group/i)
  })

  it('can be read as one file of named examples', () => {
    const lines = readPayload('whatsapp', readFileSync(examples), { receivedAt })
    expect(lines).toHaveLength(Object.values(named).flatMap(linesOf).length)
  })
})

describe.skipIf(!existsSync(description))(
  "the examples in Meta's API description (skipped where ../shared/fixtures is missing)",
  () => {
    function collect(value: unknown, found: Record<string, unknown>[]): void {
      if (Array.isArray(value)) for (const item of value) collect(item, found)
      const object = fields(value)
      if (object === undefined) return
      const isWebhook = object['object'] === 'whatsapp_business_account' && Array.isArray(object['entry'])
      const isMessage =
        typeof object['id'] === 'string' &&
        typeof object['timestamp'] === 'string' &&
        typeof object['type'] === 'string'
      if (isWebhook || (isMessage && object['from'] !== undefined)) found.push({ ...object })
      else for (const item of Object.values(object)) collect(item, found)
    }

    it('all become something, or are set aside for a stated reason', () => {
      const found: Record<string, unknown>[] = []
      collect(parse(readFileSync(description, 'utf8')), found)
      expect(found.length).toBeGreaterThan(20)
      for (const payload of found) for (const line of linesOf(payload)) expectUnderstood(line)
    })
  },
)
