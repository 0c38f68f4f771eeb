import { connect as connectPlain, isIP, type Socket } from 'node:net'
import { connect as connectTls, type ConnectionOptions } from 'node:tls'
import type { Clock } from '../../../runtime/clock.js'
import { networkCode } from '../../network-error.js'
import { linkFailure } from './failures.js'
import { createFrames, decodePdu, encodePdu, headerOf, isResponse, type Header, type Pdu } from './pdu.js'

export interface SessionOptions {
  readonly host: string
  readonly port: number
  /** Undefined for a connection in the clear. */
  readonly tls?: ConnectionOptions
  readonly clock: Clock
  readonly connectLimitMs: number
  /** Aborted, it ends the connection, also one that is still being made. */
  readonly signal: AbortSignal
}

/** What the peer asks of us: `pdu` is undefined where its octets make no sound PDU. */
export interface PeerRequest {
  readonly header: Header
  readonly pdu: Pdu | undefined
  readonly frame: Buffer
}

/**
 * One connection that speaks SMPP. The package's own session is not used: it hangs on a PDU shorter than its header, forgets no unanswered request, and
 * has thrown away the octets by the time it tells of a message. The codec is the package's.
 */
export interface Session {
  /** Writes a request and resolves with its answer. Rejects where none came in time (`Unanswered`), or the connection ended (`Unanswered` too, if it was written). */
  request(command: string, fields: Readonly<Record<string, unknown>>, limitMs: number): Promise<Pdu>
  /** Writes an answer; a connection that is gone takes none, and the peer brings it again. */
  answer(command: string, sequence: number, status: number, fields?: Readonly<Record<string, unknown>>): void
  /** Milliseconds of the clock at which the peer last said anything. */
  readonly heardAt: number
  /** Rejects with a Failure once the connection is over, for whatever reason; never resolves. */
  readonly over: Promise<never>
  end(why: string): void
}

export class Unanswered extends Error {
  constructor(why: string) {
    super(why)
    this.name = 'Unanswered'
  }
}

interface Waiting {
  readonly resolve: (pdu: Pdu) => void
  readonly reject: (error: Error) => void
}

const MAX_SEQUENCE = 0x7fffffff

/** Connects and resolves with the session; throws a Failure. `onRequest` is called for everything that is no answer, in order. */
export async function openSession(
  options: SessionOptions,
  onRequest: (request: PeerRequest) => void,
): Promise<Session> {
  const socket = await connected(options)
  const { clock } = options
  const frames = createFrames()
  const waiting = new Map<number, Waiting>()
  let sequence = 0
  let heardAt = clock.now()
  let failure: Error | undefined
  let fail: (error: Error) => void = () => undefined
  const over = new Promise<never>((_, reject) => (fail = reject))
  over.catch(() => undefined)

  function end(why: string, cause?: unknown): void {
    if (failure !== undefined) return
    failure = linkFailure(why, cause)
    socket.destroy()
    for (const { reject } of waiting.values()) reject(new Unanswered(why))
    waiting.clear()
    fail(failure)
  }

  function take(frame: Buffer): void {
    const header = headerOf(frame)
    const pdu = decodePdu(frame)
    if (!isResponse(header.commandId)) {
      onRequest({ header, pdu, frame })
      return
    }
    const asked = waiting.get(header.sequence)
    waiting.delete(header.sequence)
    if (pdu === undefined) asked?.reject(new Unanswered('its answer cannot be read'))
    else asked?.resolve(pdu)
  }

  socket.on('data', (chunk: Buffer) => {
    heardAt = clock.now()
    try {
      for (const frame of frames(chunk)) if (failure === undefined) take(frame)
    } catch (error) {
      end(error instanceof Error ? error.message : 'what the peer sent cannot be read', error)
    }
  })
  socket.on('error', (error) => end(networkCode(error) ?? 'broken', error))
  socket.on('close', () => end('the peer closed it'))
  // What arrived between connecting and here waits in the stream; an end that came in between is told by `close`.
  if (socket.destroyed) end('the peer closed it')

  return {
    request: async (command, fields, limitMs) => {
      if (failure !== undefined) throw failure
      sequence = sequence >= MAX_SEQUENCE ? 1 : sequence + 1
      const own = sequence
      const timer = new AbortController()
      const answer = new Promise<Pdu>((resolve, reject) => waiting.set(own, { resolve, reject }))
      clock.sleep(limitMs, timer.signal).then(
        () => {
          waiting.get(own)?.reject(new Unanswered('the SMSC did not answer in time'))
          waiting.delete(own)
        },
        () => undefined,
      )
      try {
        socket.write(encodePdu(command, { ...fields, sequence_number: own }))
        return await answer
      } finally {
        waiting.delete(own)
        timer.abort(new Error('answered'))
      }
    },
    answer: (command, own, status, fields = {}) => {
      if (failure === undefined)
        socket.write(encodePdu(command, { ...fields, sequence_number: own, command_status: status }))
    },
    get heardAt() {
      return heardAt
    },
    over,
    end: (why) => end(why),
  }
}

function connected({ host, port, tls, clock, connectLimitMs, signal }: SessionOptions): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const socket: Socket =
      tls === undefined
        ? connectPlain({ host, port })
        : connectTls({ ...(isIP(host) === 0 ? { servername: host } : {}), ...tls, host, port })
    const timer = new AbortController()
    const onError = (error: unknown) => {
      timer.abort(error)
      signal.removeEventListener('abort', onAbort)
      socket.destroy()
      reject(
        linkFailure(`it cannot be made (${networkCode(error) ?? 'no code'}); look at address, port and TLS`, error),
      )
    }
    clock.sleep(connectLimitMs, timer.signal).then(
      () => onError({ code: 'ETIMEDOUT' }),
      () => undefined,
    )
    const onClose = () => onError({ code: 'ECONNRESET' })
    const onAbort = () => onError({ code: 'ECANCELED' })
    if (signal.aborted) onAbort()
    signal.addEventListener('abort', onAbort, { once: true })
    // Stays for good: an error without a listener would end the process.
    socket.on('error', onError)
    socket.on('close', onClose)
    socket.once(tls === undefined ? 'connect' : 'secureConnect', () => {
      timer.abort(new Error('connected'))
      signal.removeEventListener('abort', onAbort)
      socket.off('close', onClose)
      socket.setNoDelay(true)
      resolve(socket)
    })
  })
}
