import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { gzipSync } from 'node:zlib'
import type { SimulatorClock } from './clock.js'

/**
 * How one file is served: whole; not at all (`status`); `slow`ly, its first half at once and the rest after `waitMs`; `cut` in the middle;
 * without end (`endless`); packed, small on the wire and `bomb`Bytes large when unpacked; leading on to `location`.
 */
export type HostedHow =
  | { readonly kind: 'whole'; readonly chunked?: boolean; readonly gzip?: boolean }
  | { readonly kind: 'status'; readonly status: number; readonly retryAfter?: string }
  | { readonly kind: 'slow'; readonly waitMs: number }
  | { readonly kind: 'cut'; readonly chunked?: boolean }
  | { readonly kind: 'endless' }
  | { readonly kind: 'bomb'; readonly bytes: number }
  | { readonly kind: 'redirect'; readonly location: string }

export interface MediaHost {
  readonly url: string
  /** Serves these bytes at a path of its own and answers the address. `how` may change by the request: the last stays. */
  serve(name: string, mimeType: string, bytes: Buffer, ...how: HostedHow[]): string
  /** Every request, with its authorization header where it had one. */
  readonly requests: readonly { readonly path: string; readonly authorization: string | undefined }[]
  close(): Promise<void>
}

interface Hosted {
  readonly mimeType: string
  readonly bytes: Buffer
  readonly how: HostedHow[]
}

const CHUNK = Buffer.alloc(64 * 1024, 'x')

/** Stands in for a platform's host of files (pbs.twimg.com, fbcdn.net, a gateway's) on loopback. */
export async function startMediaHost({ clock }: { clock: SimulatorClock }): Promise<MediaHost> {
  const files = new Map<string, Hosted>()
  const requests: { path: string; authorization: string | undefined }[] = []
  const closing = new AbortController()
  const server = createServer((incoming, outgoing) => {
    const path = new URL(incoming.url ?? '/', 'http://127.0.0.1').pathname
    requests.push({ path, authorization: incoming.headers.authorization })
    const file = files.get(path)
    if (file === undefined) return void outgoing.writeHead(404).end()
    const how = file.how.length > 1 ? file.how.shift() : file.how[0]
    answer(incoming, outgoing, file, how ?? { kind: 'whole' }).catch(() => outgoing.destroy())
  })

  async function answer(
    _incoming: IncomingMessage,
    outgoing: ServerResponse,
    file: Hosted,
    how: HostedHow,
  ): Promise<void> {
    // prettier-ignore
    const { bytes, mimeType } = file
    const half = Math.floor(bytes.length / 2)
    const length = { 'content-length': String(bytes.length) }
    const type = { 'content-type': mimeType }
    switch (how.kind) {
      case 'status':
        outgoing.writeHead(how.status, how.retryAfter === undefined ? {} : { 'retry-after': how.retryAfter }).end()
        return
      case 'redirect':
        outgoing.writeHead(302, { location: how.location }).end()
        return
      case 'slow':
        outgoing.writeHead(200, { ...type, ...length }).write(bytes.subarray(0, half))
        await clock.sleep(how.waitMs, closing.signal)
        outgoing.end(bytes.subarray(half))
        return
      case 'cut':
        outgoing.writeHead(200, how.chunked === true ? type : { ...type, ...length })
        outgoing.write(bytes.subarray(0, half), () => outgoing.destroy())
        return
      case 'endless':
        outgoing.writeHead(200, type)
        while (!outgoing.destroyed && !closing.signal.aborted) {
          if (!outgoing.write(CHUNK)) await drained(outgoing)
        }
        return
      case 'bomb':
        outgoing.writeHead(200, { ...type, 'content-encoding': 'gzip' }).end(gzipSync(Buffer.alloc(how.bytes)))
        return
      case 'whole': {
        const body = how.gzip === true ? gzipSync(bytes) : bytes
        const packed = how.gzip === true ? { 'content-encoding': 'gzip' } : {}
        outgoing.writeHead(200, { ...type, ...packed, ...(how.chunked === true ? {} : { 'content-length': String(body.length) }) }) // prettier-ignore
        outgoing.end(body)
      }
    }
  }

  await new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    server.listen(0, '127.0.0.1', resolve)
  })
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  return {
    url,
    requests,
    serve: (name, mimeType, bytes, ...how) => {
      files.set(`/${name}`, { mimeType, bytes, how: how.length > 0 ? how : [{ kind: 'whole' }] })
      return `${url}/${name}`
    },
    close: async () => {
      closing.abort()
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}

function drained(outgoing: ServerResponse): Promise<void> {
  return new Promise((resolve) => {
    const go = () => {
      outgoing.off('drain', go).off('close', go)
      resolve()
    }
    outgoing.on('drain', go).on('close', go)
  })
}
