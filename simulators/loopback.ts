import {
  createServer,
  request as httpRequest,
  type IncomingHttpHeaders,
  type IncomingMessage,
  type ServerResponse,
} from 'node:http'
import type { AddressInfo } from 'node:net'

export interface ReceivedRequest {
  method: string
  path: string
  query: URLSearchParams
  headers: IncomingHttpHeaders
  body: Buffer
}

export interface Answer {
  status: number
  headers?: Record<string, string>
  body: string | Buffer
  /** Send half of the body, then break the connection. */
  cut?: boolean
}

/** An answer that is not ended: `hold` writes into it for as long as it stands. */
export interface HeldAnswer {
  status: 200
  headers?: Record<string, string>
  hold: (outgoing: ServerResponse) => void
}

export interface LoopbackServer {
  /** `http://127.0.0.1:port`, without a slash at the end. */
  url: string
  /** May be called again. */
  close(): Promise<void>
}

const MAX_BODY_BYTES = 5_000_000

async function readAll(stream: IncomingMessage): Promise<Buffer> {
  const parts: Buffer[] = []
  let bytes = 0
  for await (const part of stream) {
    const buffer = part as Buffer
    bytes += buffer.length
    if (bytes > MAX_BODY_BYTES) throw new Error(`body over ${MAX_BODY_BYTES} bytes`)
    parts.push(buffer)
  }
  return Buffer.concat(parts)
}

function send(answer: Answer | HeldAnswer, outgoing: ServerResponse): void {
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

/** Serves `handle` on 127.0.0.1, on a port that the system chooses; an error in `handle` is answered as 500. */
export async function startLoopbackServer(
  handle: (request: ReceivedRequest) => Promise<Answer | HeldAnswer>,
): Promise<LoopbackServer> {
  const server = createServer((incoming, outgoing) => {
    readAll(incoming)
      .then((body) => {
        const url = new URL(incoming.url ?? '/', 'http://127.0.0.1')
        return handle({
          method: incoming.method ?? 'GET',
          path: url.pathname,
          query: url.searchParams,
          headers: incoming.headers,
          body,
        })
      })
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

/** True for an http address of this machine alone: what a simulator sends must never leave it. */
export function isLoopback(address: string): boolean {
  if (!URL.canParse(address)) return false
  const url = new URL(address)
  return url.protocol === 'http:' && /^(localhost|127(\.\d{1,3}){3}|\[::1\])$/.test(url.hostname)
}

/** One request to a loopback address on a connection of its own, which is closed after it. Redirects are not followed. */
export function callLoopback(
  address: string,
  options: { method: 'GET' | 'POST'; headers?: Record<string, string>; body?: Buffer; signal?: AbortSignal },
): Promise<{ status: number; body: string }> {
  if (!isLoopback(address)) return Promise.reject(new Error('a simulator calls loopback addresses only'))
  return new Promise((resolve, reject) => {
    const outgoing = httpRequest(
      address,
      {
        method: options.method,
        agent: false,
        headers: {
          ...options.headers,
          ...(options.body === undefined ? {} : { 'content-length': String(options.body.length) }),
        },
        ...(options.signal === undefined ? {} : { signal: options.signal }),
      },
      (incoming) => {
        readAll(incoming).then(
          (body) => resolve({ status: incoming.statusCode ?? 0, body: body.toString('utf8') }),
          reject,
        )
      },
    )
    outgoing.once('error', reject)
    outgoing.end(options.body)
  })
}
