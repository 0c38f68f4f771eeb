import { Type } from '@sinclair/typebox'
import type { TypeBoxTypeProvider } from '@fastify/type-provider-typebox'
import type { FastifyInstance } from 'fastify'
import type { AlertsStore } from '../../alerts/alerts-store.js'
import { Failure } from '../../runtime/failure.js'
import { Alert, ALERT_STATUSES } from '../../schemas/alert.js'
import { caller } from '../access.js'
import type { Audit } from '../audit.js'

export interface AlertsParts {
  readonly alerts: AlertsStore
  readonly audit: Audit
}

const Id = Type.Object({ id: Type.String({ minLength: 1, maxLength: 1024 }) })
const notFound = () =>
  new Failure('not-found', 'there is no such alert, or it is not yours to see', { retryable: false })

export function alertsRoutes(fastify: FastifyInstance, { alerts, audit }: AlertsParts): void {
  const app = fastify.withTypeProvider<TypeBoxTypeProvider>()

  app.get(
    '/api/alerts',
    {
      config: { access: 'alerts:read' },
      schema: {
        tags: ['alerts'],
        summary: 'Groups, newest and loudest first',
        querystring: Type.Object(
          {
            status: Type.Optional(Type.Union(ALERT_STATUSES.map((value) => Type.Literal(value)))),
            limit: Type.Optional(Type.Integer({ minimum: 1, maximum: 500 })),
          },
          { additionalProperties: false },
        ),
        response: { 200: Type.Object({ items: Type.Array(Alert) }) },
      },
    },
    async (request) => {
      const { status, limit } = request.query
      return {
        items: [
          ...(await alerts.list(caller(request).scope, {
            limit: limit ?? 200,
            ...(status === undefined ? {} : { status }),
          })),
        ],
      }
    },
  )

  app.get(
    '/api/alerts/:id',
    {
      config: { access: 'alerts:read' },
      schema: { tags: ['alerts'], summary: 'One group', params: Id, response: { 200: Alert } },
    },
    async (request) => {
      const { user, scope } = caller(request)
      const alert = await alerts.get(request.params.id, scope)
      if (alert === undefined) throw notFound()
      await audit.note(user.username, 'read', alert.id)
      return alert
    },
  )

  app.post(
    '/api/alerts/:id/acknowledge',
    {
      config: { access: 'alerts:acknowledge' },
      schema: {
        tags: ['alerts'],
        summary: 'Say that you look into it: it stops ringing',
        params: Id,
        response: { 200: Alert },
      },
    },
    async (request) => {
      const { user, scope } = caller(request)
      const outcome = await alerts.acknowledge(request.params.id, user.username, scope)
      if (outcome === 'not-found') throw notFound()
      if (outcome === 'conflict')
        throw new Failure('conflict', 'somebody else has acknowledged it already', { retryable: false })
      return outcome
    },
  )
}
