import { once } from 'node:events'
import { connect, createServer, type Server, type Socket } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'

export interface Target {
  readonly host: string
  readonly port: number
}

/** A bad network between a client and a server on this machine. It starts in good order; each fault lasts until the next one or `mend`. */
export interface FaultProxy {
  /** Stays the same from start to close. */
  readonly port: number
  /** Where new connections lead; for a server that must know the proxy's port before it starts. */
  aim(target: Target): void
  /** Resets every connection; new ones are refused, as where no server runs. */
  cut(): Promise<void>
  /** A black hole: connections are accepted and kept open, and no byte and no end passes. `answers`: what clients send still arrives. */
  hold(what?: 'everything' | 'answers'): Promise<void>
  /** Every piece that passes, either way, waits so long. */
  delay(ms: number): Promise<void>
  /** Every connection passes half of the next piece that the server answers, and ends there: the server did it, the client cannot know. */
  halve(): Promise<void>
  /** Good order again. What was held passes now; connections that were reset stay so. */
  mend(): Promise<void>
  stats(): Stats
  close(): Promise<void>
}

export interface Stats {
  /** Accepted since the start. */
  readonly accepted: number
  readonly open: number
  /** Bytes passed from clients to the server, and from the server to clients. */
  readonly asked: number
  readonly answered: number
  /** Connections that ended by `halve`. */
  readonly halved: number
}

type Fault =
  | { kind: 'none' }
  | { kind: 'cut' }
  | { kind: 'hold'; both: boolean }
  | { kind: 'delay'; ms: number }
  | { kind: 'halve' }

/** Listens on loopback, on a port that the system chooses where none is given. Connections before a target is known wait for it. */
export async function startFaultProxy(target?: Target, options: { port?: number } = {}): Promise<FaultProxy> {
  const proxy = new Proxy(target)
  await proxy.listen(options.port ?? 0)
  return proxy
}

class Proxy implements FaultProxy {
  port = 0
  #target: Target | undefined
  #fault: Fault = { kind: 'none' }
  #server: Server | undefined
  readonly #clients = new Set<Socket>()
  readonly #servers = new Set<Socket>()
  /** Called when something changed that pieces may be waiting for. */
  #waiting: (() => void)[] = []
  #counts = { accepted: 0, asked: 0, answered: 0, halved: 0 }

  constructor(target: Target | undefined) {
    this.#target = target
  }

  async listen(port: number): Promise<void> {
    const server = createServer({ allowHalfOpen: true, noDelay: true }, (client) => void this.#carry(client))
    server.listen(port, '127.0.0.1')
    await once(server, 'listening')
    this.#server = server
    this.port = (server.address() as { port: number }).port
  }

  aim(target: Target): void {
    this.#target = target
    this.#wake()
  }

  async cut(): Promise<void> {
    await this.#change({ kind: 'cut' })
  }

  async hold(what: 'everything' | 'answers' = 'everything'): Promise<void> {
    await this.#change({ kind: 'hold', both: what === 'everything' })
  }

  async delay(ms: number): Promise<void> {
    await this.#change({ kind: 'delay', ms })
  }

  async halve(): Promise<void> {
    await this.#change({ kind: 'halve' })
  }

  async mend(): Promise<void> {
    await this.#change({ kind: 'none' })
  }

  stats(): Stats {
    return { ...this.#counts, open: this.#clients.size }
  }

  async close(): Promise<void> {
    await this.cut()
  }

  async #change(fault: Fault): Promise<void> {
    this.#fault = fault
    this.#wake()
    if (fault.kind !== 'cut') {
      if (this.#server === undefined) await this.listen(this.port)
      return
    }
    const closing = this.#server
    this.#server = undefined
    const closed = closing === undefined ? undefined : once(closing, 'close')
    closing?.close()
    for (const socket of [...this.#clients, ...this.#servers]) socket.resetAndDestroy()
    await closed
  }

  #wake(): void {
    for (const go of this.#waiting.splice(0)) go()
  }

  /** Waits while it is false; asked again at every change. */
  async #until(isSo: () => boolean): Promise<void> {
    while (!isSo()) await new Promise<void>((resolve) => this.#waiting.push(resolve))
  }

  #keep(socket: Socket, among: Set<Socket>): void {
    among.add(socket)
    // The error is the other end's business: it sees the connection end.
    socket.on('error', () => undefined)
    socket.once('close', () => {
      among.delete(socket)
      this.#wake()
    })
  }

  async #carry(client: Socket): Promise<void> {
    this.#counts.accepted++
    this.#keep(client, this.#clients)
    await this.#until(() => client.destroyed || (this.#target !== undefined && this.#passes('asked')))
    if (client.destroyed || this.#target === undefined) return
    const server = connect({ ...this.#target, allowHalfOpen: true, noDelay: true })
    this.#keep(server, this.#servers)
    await Promise.all([this.#pass(client, server, 'asked'), this.#pass(server, client, 'answered')])
  }

  #passes(direction: 'asked' | 'answered'): boolean {
    return this.#fault.kind !== 'hold' || (!this.#fault.both && direction === 'asked')
  }

  async #pass(from: Socket, to: Socket, direction: 'asked' | 'answered'): Promise<void> {
    try {
      for await (const piece of from as AsyncIterable<Buffer>) {
        await this.#until(() => to.destroyed || this.#passes(direction))
        if (this.#fault.kind === 'delay') await sleep(this.#fault.ms)
        if (to.destroyed) return
        if (this.#fault.kind === 'halve' && direction === 'answered') {
          this.#counts.halved++
          this.#counts.answered += piece.length >> 1
          from.resetAndDestroy()
          to.end(piece.subarray(0, piece.length >> 1), () => to.destroy())
          return
        }
        this.#counts[direction] += piece.length
        if (!to.write(piece)) await Promise.race([once(to, 'drain'), once(to, 'close')])
      }
      await this.#until(() => to.destroyed || this.#passes(direction))
      to.end()
    } catch {
      await this.#until(() => to.destroyed || this.#passes(direction))
      to.resetAndDestroy()
    }
  }
}
