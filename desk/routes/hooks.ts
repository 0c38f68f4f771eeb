import { Type } from '@sinclair/typebox'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import type { HookDoor } from '../../ingest/hook-door.js'

export interface HooksParts {
  /** By path: `/hooks/whatsapp`. */
  readonly hooks: ReadonlyMap<string, HookDoor>
  /** The address under which platforms reach us (`https://host`); undefined takes what the request itself says. */
  readonly publicUrl?: string | undefined
}

const MAX_BODY_BYTES = 3 * 1024 * 1024
const PLAIN = 'text/plain; charset=utf-8'

/** The doors of the platforms. Bodies stay the bytes they were: a signature is over bytes. */
export async function hooksRoutes(app: FastifyInstance, { hooks, publicUrl }: HooksParts): Promise<void> {
  await app.register(async (scope) => {
    // What the header says of the bytes must not decide whether a message is taken.
    scope.addHook('onRequest', async ({ raw }) => {
      if (raw.method === 'POST') raw.headers['content-type'] = 'application/octet-stream'
    })
    scope.removeAllContentTypeParsers()
    scope.addContentTypeParser('*', { parseAs: 'buffer' }, (_request, body, done) => done(null, body))
    for (const [path, door] of hooks) {
      for (const method of door.methods) {
        scope.route({
          method,
          url: path,
          bodyLimit: MAX_BODY_BYTES,
          // Fastify would answer HEAD by the handler of GET, and a delivery by GET would be stored for it.
          exposeHeadRoute: false,
          config: { access: 'public', rateLimit: false },
          schema: schemaOf(method),
          handler: (request, reply) => answer(door, request, reply),
        })
      }
    }
  })

  async function answer(door: HookDoor, request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> {
    const origin = publicUrl ?? `${request.protocol}://${request.host}`
    const { status, body, type } = await door.handle({
      method: request.method === 'GET' ? 'GET' : 'POST',
      url: `${origin}${request.raw.url ?? ''}`,
      query: request.query as Record<string, unknown>,
      headers: singleHeaders(request),
      rawBody: Buffer.isBuffer(request.body) ? request.body : Buffer.alloc(0),
    })
    return reply
      .code(status)
      .type(type ?? PLAIN)
      .send(body)
  }
}

function singleHeaders({ headers }: FastifyRequest): Record<string, string | undefined> {
  return Object.fromEntries(
    Object.entries(headers).map(([name, value]) => [name, typeof value === 'string' ? value : undefined]),
  )
}

const schemaOf = (method: 'GET' | 'POST') => ({
  tags: ['hooks'],
  summary:
    method === 'GET'
      ? 'The handshake of a webhook subscription, or a message of a gateway that delivers by GET'
      : 'What a platform delivers, signed',
  produces: ['text/plain'],
  response: { '2xx': Type.String({ description: 'everything of it is stored; to a handshake, the challenge' }) },
})
