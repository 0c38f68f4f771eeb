import { Type } from '@sinclair/typebox'
import type { FastifyInstance } from 'fastify'

export interface HookAnswer {
  readonly status: number
  readonly body: string
}

/** A platform's webhook, whatever it speaks: the handshake of a new subscription, and bodies that it signed. */
export interface Webhook {
  handshake(query: Readonly<Record<string, unknown>>): HookAnswer
  /** Answers 2xx only once the bus has everything of the body. */
  receive(delivery: { rawBody: Buffer; signature: string | undefined }): Promise<HookAnswer>
}

export interface HooksParts {
  /** By path: `/hooks/whatsapp`; each with the header its signature stands in. */
  readonly hooks: ReadonlyMap<string, { webhook: Webhook; signatureHeader: string }>
}

const MAX_BODY_BYTES = 3 * 1024 * 1024

/** The doors of the platforms. Bodies stay the bytes they were: a signature is over bytes. */
export async function hooksRoutes(app: FastifyInstance, { hooks }: HooksParts): Promise<void> {
  await app.register(async (scope) => {
    // What the header says of the bytes must not decide whether a message is taken.
    scope.addHook('onRequest', async ({ raw }) => {
      if (raw.method === 'POST') raw.headers['content-type'] = 'application/octet-stream'
    })
    scope.removeAllContentTypeParsers()
    scope.addContentTypeParser('*', { parseAs: 'buffer' }, (_request, body, done) => done(null, body))
    for (const [url, { webhook, signatureHeader }] of hooks) {
      scope.get(
        url,
        {
          config: { access: 'public', rateLimit: false },
          schema: {
            tags: ['hooks'],
            summary: 'The handshake of a webhook subscription',
            produces: ['text/plain'],
            response: { '2xx': Type.String({ description: 'the challenge' }) },
          },
        },
        async (request, reply) => {
          const { status, body } = webhook.handshake(request.query as Record<string, unknown>)
          return reply.code(status).type('text/plain; charset=utf-8').send(body)
        },
      )
      scope.post(
        url,
        {
          bodyLimit: MAX_BODY_BYTES,
          config: { access: 'public', rateLimit: false },
          schema: {
            tags: ['hooks'],
            summary: 'What a platform delivers, signed',
            produces: ['text/plain'],
            response: { '2xx': Type.String({ description: 'everything of it is stored' }) },
          },
        },
        async (request, reply) => {
          const header = request.headers[signatureHeader]
          const rawBody = Buffer.isBuffer(request.body) ? request.body : Buffer.alloc(0)
          const { status, body } = await webhook.receive({
            rawBody,
            signature: typeof header === 'string' ? header : undefined,
          })
          return reply.code(status).type('text/plain; charset=utf-8').send(body)
        },
      )
    }
  })
}
