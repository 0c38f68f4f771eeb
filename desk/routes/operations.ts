import type { FastifyInstance } from 'fastify'
import type { Metrics } from '../../runtime/metrics.js'

export interface Condition {
  /** What keeps the desk from working, in words; empty when it is ready. */
  readonly problems: readonly string[]
  /** What will keep it from working if nobody does anything. */
  readonly warnings: readonly string[]
}

export interface OperationsParts {
  readonly metrics: Metrics
  readonly condition: () => Promise<Condition>
}

/** For whoever runs it: alive, ready, measured. */
export function operationsRoutes(app: FastifyInstance, { metrics, condition }: OperationsParts): void {
  app.get(
    '/healthz',
    { config: { access: 'loopback' }, schema: { tags: ['operations'], summary: 'The process is alive' } },
    async () => ({ status: 'ok' }),
  )

  app.get(
    '/readyz',
    {
      config: { access: 'loopback' },
      schema: {
        tags: ['operations'],
        summary: 'The desk can take messages in, or says what keeps it from that',
      },
    },
    async (_request, reply) => {
      const { problems, warnings } = await condition()
      const ready = problems.length === 0
      return reply.code(ready ? 200 : 503).send({ status: ready ? 'ready' : 'not ready', problems, warnings })
    },
  )

  app.get(
    '/metrics',
    { config: { access: 'loopback' }, schema: { tags: ['operations'], summary: 'Prometheus metrics' } },
    async (_request, reply) => reply.type(metrics.registry.contentType).send(await metrics.registry.metrics()),
  )
}
