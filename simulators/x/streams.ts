import type { ServerResponse } from 'node:http'
import type { SimulatorClock } from '../clock.js'
import type { Answer, HeldAnswer } from '../loopback.js'
import { problem } from './problems.js'
import type { XRules } from './rules.js'
import type { XPost, XTimeline } from './timeline.js'
import { askedFor, expand, renderPost, type Asked, type Json, type XNaming } from './wire.js'

/**
 * How a standing stream goes wrong: `close` ends it, `cut` breaks it, `half-line` breaks it in the middle of a post that was being sent, `disconnect` announces
 * the end and then ends it, `silent` sends neither posts nor signs of life any more, `garbage` sends a line that is no JSON, `long-line` one of two megabytes.
 */
export type StreamFault = 'close' | 'cut' | 'half-line' | 'disconnect' | 'silent' | 'garbage' | 'long-line'

interface Connection {
  outgoing: ServerResponse
  asked: Asked
  isSilent: boolean
}

export interface XStreamsOptions {
  clock: SimulatorClock
  timeline: XTimeline
  rules: XRules
  /** It may change while a stream stands. */
  naming: () => XNaming
  keepAliveMs: number
  maxConnections: number
  allowsBackfill: boolean
  closing: AbortSignal
}

const PROBLEMS = 'https://api.twitter.com/2/problems'
const LONG_LINE_UNITS = 2 * 1024 * 1024

/** The connections of the filtered stream. What is posted while nobody listens is not sent, but for a backfill that was asked for. */
export class XStreams {
  readonly #options: XStreamsOptions
  readonly #connections = new Set<Connection>()
  #backlog: XPost[] = []

  constructor(options: XStreamsOptions) {
    this.#options = options
  }

  get open(): number {
    return this.#connections.size
  }

  connect(query: URLSearchParams): Answer | HeldAnswer {
    const { rules, maxConnections, allowsBackfill } = this.#options
    if (rules.all.length === 0) {
      const detail = 'You must define rules before connecting.'
      return problem(409, 'RuleConfigurationIssue', detail, `${PROBLEMS}/rule-cap`)
    }
    if (this.#connections.size >= maxConnections) return tooManyConnections
    const minutes = query.get('backfill_minutes')
    if (minutes !== null && !allowsBackfill) {
      const detail = 'The `backfill_minutes` query parameter is not available at your access level'
      return problem(400, 'Invalid Request', detail, `${PROBLEMS}/invalid-request`)
    }
    return { status: 200, hold: (outgoing) => this.#hold(outgoing, query, Number(minutes ?? 0)) }
  }

  #hold(outgoing: ServerResponse, query: URLSearchParams, backfillMinutes: number): void {
    const connection: Connection = { outgoing, asked: askedFor(query), isSilent: false }
    this.#connections.add(connection)
    outgoing.on('error', () => undefined)
    outgoing.on('close', () => this.#connections.delete(connection))
    const fromMs = this.#options.clock.now() - backfillMinutes * 60_000
    for (const post of this.#backlog) if (post.createdAtMs >= fromMs) this.#send(connection, post)
    this.#backlog = []
    void this.#keepAlive(connection)
  }

  async #keepAlive(connection: Connection): Promise<void> {
    const { clock, keepAliveMs, closing } = this.#options
    while (this.#connections.has(connection) && !closing.aborted) {
      if (!connection.isSilent) connection.outgoing.write('\r\n')
      await clock.sleep(keepAliveMs, closing).catch(() => undefined)
    }
  }

  publish(post: XPost): void {
    if (this.#connections.size === 0) this.#backlog.push(post)
    for (const connection of this.#connections) this.#send(connection, post)
  }

  #line(connection: Connection, post: XPost): string | undefined {
    const { rules, naming, timeline } = this.#options
    const matching = rules.matching(post)
    if (matching.length === 0) return undefined
    const { includes } = expand([post], connection.asked, naming(), timeline)
    const line: Json = { data: renderPost(post, connection.asked, naming(), timeline) }
    if (Object.keys(includes).length > 0) line['includes'] = includes
    return `${JSON.stringify({ ...line, matching_rules: matching })}\r\n`
  }

  #send(connection: Connection, post: XPost): void {
    const line = connection.isSilent ? undefined : this.#line(connection, post)
    if (line !== undefined) connection.outgoing.write(line)
  }

  /** Does it to every connection that stands; `lost` is the post in whose middle a `half-line` breaks. */
  break(fault: StreamFault, lost?: XPost): number {
    const standing = this.#connections.size
    for (const connection of this.#connections) {
      const { outgoing } = connection
      const destroy = () => outgoing.destroy()
      if (fault === 'close') outgoing.end()
      else if (fault === 'cut') destroy()
      else if (fault === 'silent') connection.isSilent = true
      else if (fault === 'garbage') outgoing.write('{"data":{"id":\r\n')
      else if (fault === 'long-line') outgoing.write(`{"data":{"text":"${'x'.repeat(LONG_LINE_UNITS)}"}}\r\n`)
      else if (fault === 'disconnect') outgoing.end(DISCONNECT)
      else {
        const line = Buffer.from((lost === undefined ? undefined : this.#line(connection, lost)) ?? '{"data":{"id":"1"')
        outgoing.write(line.subarray(0, Math.floor(line.length / 2)), destroy)
      }
      if (fault !== 'silent' && fault !== 'garbage' && fault !== 'long-line') this.#connections.delete(connection)
    }
    return standing
  }

  close(): void {
    for (const { outgoing } of this.#connections) outgoing.destroy()
    this.#connections.clear()
  }
}

const DISCONNECT = `${JSON.stringify({
  errors: [
    {
      title: 'operational-disconnect',
      disconnect_type: 'UpstreamOperationalDisconnect',
      detail: 'This stream has been disconnected upstream for operational reasons.',
      type: `${PROBLEMS}/operational-disconnect`,
    },
  ],
})}\r\n`

const tooManyConnections: Answer | HeldAnswer = {
  status: 429,
  body: JSON.stringify({
    title: 'ConnectionException',
    detail: 'This stream is currently at the maximum allowed connection limit.',
    connection_issue: 'TooManyConnections',
    type: `${PROBLEMS}/streaming-connection`,
  }),
}
