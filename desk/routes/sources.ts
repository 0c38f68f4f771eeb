import { Type } from '@sinclair/typebox'
import type { TypeBoxTypeProvider } from '@fastify/type-provider-typebox'
import type { FastifyInstance } from 'fastify'
import type { DeadLetters } from '../../runtime/dead-letters.js'
import type { Condition } from './operations.js'
import { caller } from '../access.js'
import type { Audit } from '../audit.js'
import type { SourceBoard } from '../source-board.js'

export interface SourcesParts {
  readonly board: SourceBoard
  readonly deadLetters: DeadLetters
  readonly audit: Audit
  readonly condition: () => Promise<Condition>
}

/** Of one letter: a page of letters that each hold a whole webhook body would hold up everything else. */
const SHOWN_BYTES = 64 * 1024

const ReplayOutcome = Type.Object({
  replayed: Type.Integer(),
  failed: Type.Array(Type.Object({ id: Type.String(), detail: Type.String() })),
})

export function sourcesRoutes(fastify: FastifyInstance, { board, deadLetters, audit, condition }: SourcesParts): void {
  const app = fastify.withTypeProvider<TypeBoxTypeProvider>()

  app.get(
    '/api/sources',
    { config: { access: 'sources:read' }, schema: { tags: ['sources'], summary: 'How every source does' } },
    async () => ({
      items: await board.list(),
      ...(await condition()),
    }),
  )

  app.get(
    '/api/dead',
    {
      config: { access: 'dead:read' },
      schema: {
        tags: ['dead letters'],
        summary: 'What could not be processed, newest first',
        querystring: Type.Object(
          {
            limit: Type.Optional(Type.Integer({ minimum: 1, maximum: 200 })),
            offset: Type.Optional(Type.Integer({ minimum: 0, maximum: 1_000_000 })),
          },
          { additionalProperties: false },
        ),
      },
    },
    async (request) => {
      const { items, total } = await deadLetters.list({
        limit: request.query.limit ?? 50,
        offset: request.query.offset ?? 0,
        maxValueBytes: SHOWN_BYTES,
      })
      await audit.note(caller(request).user.username, 'read', 'dead letters')
      return { items: items.map(({ letter }) => letter), total }
    },
  )

  app.post(
    '/api/dead/replay',
    {
      config: { access: 'dead:replay' },
      preValidation: async (request) => {
        request.body ??= {}
      },
      schema: {
        tags: ['dead letters'],
        summary: 'Put dead letters back where they came from; without ids, all that wait',
        body: Type.Object({ ids: Type.Optional(Type.Array(Type.String({ maxLength: 1024 }), { maxItems: 1000 })) }),
        response: { 202: ReplayOutcome },
      },
    },
    async (request, reply) => {
      const outcome = await deadLetters.replay(request.body.ids)
      await audit.note(
        caller(request).user.username,
        'replayed dead letters',
        'dead letters',
        `${outcome.replayed} replayed`,
      )
      return reply.code(202).send({ replayed: outcome.replayed, failed: [...outcome.failed] })
    },
  )
}
