import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { Answer, LoopbackServer, ReceivedRequest } from '../loopback.js'

/** An answer that is not ended: `hold` writes into it for as long as it stands. */
export interface HeldAnswer {
  status: 200
  headers?: Record<string, string>
  hold: (outgoing: ServerResponse) => void
}

export type XAnswer = Answer | HeldAnswer

const MAX_BODY_BYTES = 5_000_000

/** The loopback server of the other simulators, for a platform whose answers may also be streams. */
export async function startXServer(handle: (request: ReceivedRequest) => Promise<XAnswer>): Promise<LoopbackServer> {
  const server = createServer((incoming, outgoing) => {
    received(incoming)
      .then(handle)
      .catch((error: unknown): Answer => ({ status: 500, body: JSON.stringify({ title: String(error), status: 500 }) }))
      .then((answer) => send(answer, outgoing))
      .catch(() => outgoing.destroy())
  })
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    server.listen(0, '127.0.0.1', resolve)
  })
  const { port } = server.address() as AddressInfo
  let closed: Promise<void> | undefined
  return {
    url: `http://127.0.0.1:${port}`,
    close: () => {
      closed ??= new Promise((resolve, reject) => {
        server.close((error) => (error === undefined ? resolve() : reject(error)))
        server.closeAllConnections()
      })
      return closed
    },
  }
}

async function received(incoming: IncomingMessage): Promise<ReceivedRequest> {
  const parts: Buffer[] = []
  let bytes = 0
  for await (const part of incoming) {
    bytes += (part as Buffer).length
    if (bytes > MAX_BODY_BYTES) throw new Error(`body over ${MAX_BODY_BYTES} bytes`)
    parts.push(part as Buffer)
  }
  const url = new URL(incoming.url ?? '/', 'http://127.0.0.1')
  return {
    method: incoming.method ?? 'GET',
    path: url.pathname,
    query: url.searchParams,
    headers: incoming.headers,
    body: Buffer.concat(parts),
  }
}

function send(answer: XAnswer, outgoing: ServerResponse): void {
  const headers = { 'content-type': 'application/json; charset=utf-8', ...answer.headers }
  if ('hold' in answer) {
    outgoing.writeHead(answer.status, headers)
    outgoing.flushHeaders()
    answer.hold(outgoing)
    return
  }
  const body = typeof answer.body === 'string' ? Buffer.from(answer.body) : answer.body
  outgoing.writeHead(answer.status, { ...headers, 'content-length': String(body.length) })
  if (answer.cut !== true) outgoing.end(body)
  else outgoing.write(body.subarray(0, Math.floor(body.length / 2)), () => outgoing.destroy())
}
