import { createServer, type Server } from 'node:http'
import { once } from 'node:events'
import type { Context } from './context.js'

export interface Health {
  close(): Promise<void>
}

/** How this process does, for whoever keeps it running: `/healthz` (alive), `/readyz` (with the words of what is away), `/metrics`. No message, no name. */
export async function serveHealth({ core, config }: Context): Promise<Health> {
  const { metrics, stores } = core
  const server: Server = createServer((request, response) => {
    const answer = (code: number, type: string, body: string) =>
      response.writeHead(code, { 'content-type': type }).end(body)
    if (request.url === '/healthz') return void answer(200, 'application/json', '{"status":"ok"}')
    if (request.url === '/readyz') {
      const { grave, ofSearch } = stores.problems()
      const ready = grave.length === 0
      const said = { status: ready ? 'ready' : 'not ready', problems: grave, warnings: ofSearch }
      return void answer(ready ? 200 : 503, 'application/json', JSON.stringify(said))
    }
    if (request.url !== '/metrics') return void answer(404, 'text/plain', 'not found')
    metrics.registry.metrics().then(
      (text) => answer(200, metrics.registry.contentType, text),
      () => answer(500, 'text/plain', 'the metrics could not be gathered'),
    )
  })
  server.listen(config.healthPort, config.host)
  await once(server, 'listening')
  return {
    close: async () => {
      server.closeAllConnections()
      server.close()
    },
  }
}
