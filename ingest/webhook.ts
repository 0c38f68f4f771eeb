import type { HookAnswer, HookFormat, HookRequest } from '../channels/hook.js'
import type { Bus } from '../runtime/bus.js'
import type { Clock } from '../runtime/clock.js'
import { Failure } from '../runtime/failure.js'
import type { Log } from '../runtime/log.js'
import type { Metrics } from '../runtime/metrics.js'
import type { FailureReason } from '../schemas/failure-reason.js'
import type { SourceHealth } from '../schemas/source-health.js'
import { createHealthReporter } from './health.js'
import type { HookDoor } from './hook-door.js'
import { prepareIntake, publishIntake } from './publish.js'

export const MAX_WEBHOOK_BYTES = 3 * 1024 * 1024
const WARN_EVERY_MS = 60_000
const STAGE = 'ingest'
const OK: HookAnswer = { status: 200, body: 'ok' }

export interface Webhook extends HookDoor {
  readonly name: string
  /** Tells its health: to be called at the start and about each minute. */
  heartbeat(): Promise<void>
}

export interface WebhookOptions {
  readonly format: HookFormat
  readonly bus: Bus
  readonly clock: Clock
  readonly log: Log
  readonly metrics: Metrics
  readonly onHealth?: (health: SourceHealth) => void
}

/** The door of one platform, whatever it speaks. */
export function createWebhook(options: WebhookOptions): Webhook {
  const { format, bus, clock, log, metrics } = options
  const { name, channel } = format
  const health = createHealthReporter({ source: name, channel, bus, clock, log, onHealth: options.onHealth })
  let warnedAt = -Infinity

  /** A stranger who knocks all day must fill neither the log nor the disk. */
  function refuse(answer: HookAnswer, reason: FailureReason): HookAnswer {
    metrics.failures.inc({ stage: STAGE, reason })
    if (clock.now() - warnedAt >= WARN_EVERY_MS) {
      warnedAt = clock.now()
      log.warn('a request to a webhook was refused', { source: name, status: answer.status, reason })
    }
    return answer
  }

  async function receive(request: HookRequest): Promise<HookAnswer> {
    if (request.rawBody.length > MAX_WEBHOOK_BYTES)
      return refuse({ status: 413, body: `larger than ${MAX_WEBHOOK_BYTES} bytes` }, 'too-large')
    if (!format.verify(request)) {
      if (health.current.lastOkAt === null) await health.note(format.verifyAdvice)
      return refuse({ status: 401, body: 'wrong signature' }, 'unauthorized')
    }
    let payload: unknown
    try {
      payload = format.parse(request)
    } catch {
      return refuse({ status: 400, body: 'malformed' }, 'invalid-payload')
    }
    return take(payload)
  }

  async function take(payload: unknown): Promise<HookAnswer> {
    const receivedAt = clock.iso()
    try {
      const reading = format.read(payload, { receivedAt })
      const prepared = prepareIntake(reading, receivedAt)
      await publishIntake(prepared, { bus, metrics, stage: STAGE, at: receivedAt })
      const letters = prepared.dead.length
      const skipped = reading.skipped.length
      if (letters > 0) log.error('a part of a webhook body is set aside', { source: name, letters })
      if (skipped > 0) log.info('a part of a webhook body is no message', { source: name, skipped })
      await health.ok(reading.changes.length)
      return format.stored ?? OK
    } catch (error) {
      const reason = error instanceof Failure ? error.reason : 'unexpected'
      metrics.failures.inc({ stage: STAGE, reason })
      log.error('a webhook body could not be stored: the platform is asked to bring it again', { source: name, reason })
      await health.failed(
        error instanceof Failure ? error.message : 'what arrived could not be stored: look at the log',
        reason,
      )
      return { status: 503, body: 'cannot be stored now, send it again' }
    }
  }

  return {
    name,
    methods: format.handshake === undefined ? format.delivers : [...new Set(['GET' as const, ...format.delivers])],
    handle: async (request) => {
      const greeting = format.handshake?.(request)
      if (greeting !== undefined) return greeting.status === 200 ? greeting : refuse(greeting, 'forbidden')
      if (!format.delivers.includes(request.method)) return { status: 405, body: 'not by this method' }
      return receive(request)
    },
    heartbeat: () => health.heartbeat(),
  }
}
