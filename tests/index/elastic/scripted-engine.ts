import { once } from 'node:events'
import { createServer, type IncomingHttpHeaders, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { MAPPING } from '../../../index/elastic/document.js'

export interface Call {
  readonly method: string
  readonly path: string
  readonly body: string
  readonly headers: IncomingHttpHeaders
}

export interface Answer {
  readonly status: number
  /** An object as JSON; a string as it is, as a proxy's page. */
  readonly body: unknown
  readonly headers?: Readonly<Record<string, string>>
}

export type Script = (call: Call) => Answer | 'cut' | undefined

export interface SentOperation {
  readonly index: string
  readonly id: string
}

const LIVE = 'rabta-test-1-2026-11'

/** What was in a bulk request. */
export function operationsOf({ body }: Call): SentOperation[] {
  const lines = body.split('\n').filter((line) => line !== '')
  return lines
    .filter((_, at) => at % 2 === 0)
    .map((line) => {
      const { index } = JSON.parse(line) as { index: { _index: string; _id: string } }
      return { index: index._index, id: index._id }
    })
}

export const isBulk = ({ path }: Call): boolean => path.startsWith('/_bulk')

export const item = (status: number, type?: string, reason?: string) => ({
  index: { status, ...(type === undefined ? {} : { error: { type, reason } }) },
})

export const bulkAnswer = (items: readonly object[]): Answer => ({ status: 200, body: { errors: true, items } })
export const failed = (status: number, type: string, reason = ''): Answer => ({
  status,
  body: { error: { type, reason, root_cause: [{ type, reason }] }, status },
})

/** An empty engine that knows one live index; what `script` answers goes first. For what a real one cannot be made to say when it suits a test. */
export class ScriptedEngine {
  readonly calls: Call[] = []
  script: Script = () => undefined
  #server: Server | undefined
  #port = 0

  async start(): Promise<void> {
    const server = createServer((incoming, outgoing) => {
      const chunks: Buffer[] = []
      incoming.on('data', (chunk: Buffer) => chunks.push(chunk))
      incoming.on('end', () => {
        const { method = 'GET', url: path = '/', headers } = incoming
        const call = { method, path, headers, body: Buffer.concat(chunks).toString() }
        this.calls.push(call)
        const answer = this.script(call) ?? usual(call)
        if (answer === 'cut') {
          outgoing.writeHead(200, { 'content-type': 'application/json', 'content-length': '1000' })
          outgoing.write('{"took":1,')
          incoming.socket.destroy()
          return
        }
        const isText = typeof answer.body === 'string'
        outgoing.writeHead(answer.status, {
          'content-type': isText ? 'text/html' : 'application/vnd.elasticsearch+json;compatible-with=9',
          'x-elastic-product': 'Elasticsearch',
          ...answer.headers,
        })
        outgoing.end(isText ? answer.body : JSON.stringify(answer.body))
      })
    })
    server.listen(this.#port, '127.0.0.1')
    await once(server, 'listening')
    this.#port = (server.address() as AddressInfo).port
    this.#server = server
  }

  get address(): string {
    return `127.0.0.1:${this.#port}`
  }

  get bulks(): readonly SentOperation[][] {
    return this.calls.filter(isBulk).map(operationsOf)
  }

  async stop(): Promise<void> {
    const server = this.#server
    this.#server = undefined
    if (server === undefined) return
    server.closeAllConnections()
    server.close()
    await once(server, 'close')
  }
}

function usual(call: Call): Answer {
  const { method, path } = call
  if (path.startsWith('/_alias/')) return { status: 200, body: { [LIVE]: { aliases: { 'rabta-test': {} } } } }
  if (path.startsWith('/_index_template/') && method === 'GET')
    return {
      status: 200,
      body: {
        index_templates: [{ name: 'x', index_template: { index_patterns: [], template: { mappings: MAPPING } } }],
      },
    }
  if (path.includes('/_mapping')) return { status: 200, body: { [LIVE]: { mappings: MAPPING } } }
  if (path.includes('/_search'))
    return { status: 200, body: { hits: { hits: [] }, _shards: { failed: 0, total: 1, successful: 1 } } }
  if (isBulk(call)) return bulkAnswer(operationsOf(call).map(() => item(201)))
  return { status: 200, body: { acknowledged: true, _shards: { failed: 0 } } }
}
