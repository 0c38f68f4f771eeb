import type { SwaggerOptions } from '@fastify/swagger'
import type { Access } from './access.js'
import { PROBLEM_TYPE } from './problem.js'

const PROBLEM = {
  type: 'object',
  description: 'a problem document of RFC 9457',
  required: ['type', 'title', 'status', 'detail'],
  properties: {
    type: { type: 'string' },
    title: { type: 'string' },
    status: { type: 'integer' },
    detail: { type: 'string', description: 'what is wrong and what to do, for people' },
    errors: {
      type: 'array',
      description: 'what does not fit the schema, by path',
      items: { type: 'object', properties: { path: { type: 'string' }, detail: { type: 'string' } } },
    },
  },
}

/** What OpenAPI calls the access of a route: a list of ways in, any of which will do. */
function securityOf(access: Access | undefined): Record<string, string[]>[] {
  if (access === 'public' || access === 'sign-in') return []
  return access === 'loopback' ? [{}, { session: [] }] : [{ session: [] }]
}

/** The description of the API, made from the routes as they are. */
export function openapi({ version, cookie }: { version: string; cookie: string }): SwaggerOptions {
  return {
    openapi: {
      openapi: '3.1.0',
      info: {
        title: 'Rabta',
        version,
        description: 'The real-time media desk of the Khyber Pakhtunkhwa Police',
        license: { name: 'Apache-2.0', identifier: 'Apache-2.0' } as { name: string },
      },
      servers: [{ url: '/' }],
      components: { securitySchemes: { session: { type: 'apiKey', in: 'cookie', name: cookie } } },
    },
    transform: ({ schema, url, route }) => {
      const access = route.config?.access
      return { url, schema: { ...schema, security: securityOf(access), 'x-access': access } }
    },
    transformObject: (document) => {
      if (!('openapiObject' in document)) return document.swaggerObject
      const { openapiObject } = document
      const failed = {
        description: 'it did not work',
        content: { [PROBLEM_TYPE]: { schema: { $ref: '#/components/schemas/Problem' } } },
      }
      const paths = Object.entries(openapiObject.paths ?? {}).map(([path, methods]) => [
        path,
        Object.fromEntries(
          Object.entries(methods ?? {}).map(([method, operation]) => {
            const { responses } = operation as { responses?: object }
            return [method, { ...(operation as object), responses: { ...responses, default: failed } }]
          }),
        ),
      ])
      return {
        ...openapiObject,
        components: {
          ...openapiObject.components,
          schemas: { ...openapiObject.components?.schemas, Problem: PROBLEM },
        },
        paths: Object.fromEntries(paths) as typeof openapiObject.paths,
      } as typeof openapiObject
    },
  }
}
