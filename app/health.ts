import fastify, { type FastifyInstance } from 'fastify'
import { operationsRoutes } from '../desk/routes/operations.js'
import type { Context } from './context.js'

/** How this process does, for whoever keeps it running: what the desk answers of itself, without a desk. No message, no name. */
export async function serveHealth({ core, config }: Context): Promise<FastifyInstance> {
  const { metrics, stores } = core
  const app = fastify({ forceCloseConnections: true })
  const condition = async () => {
    const { grave, ofSearch } = stores.problems()
    return { problems: grave, warnings: ofSearch }
  }
  operationsRoutes(app, { metrics, condition })
  await app.listen({ host: config.host, port: config.healthPort })
  return app
}
