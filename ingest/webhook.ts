import { verifyHandshake, verifySignature } from '../channels/whatsapp/signature.js'
import { readWebhook } from '../channels/whatsapp/read-webhook.js'
import type { Bus } from '../runtime/bus.js'
import type { Clock } from '../runtime/clock.js'
import { Failure } from '../runtime/failure.js'
import type { Log } from '../runtime/log.js'
import type { Metrics } from '../runtime/metrics.js'
import type { FailureReason } from '../schemas/failure-reason.js'
import type { SourceHealth } from '../schemas/source-health.js'
import { createHealthReporter } from './health.js'
import { prepareIntake, publishIntake } from './publish.js'

export const MAX_WEBHOOK_BYTES = 3 * 1024 * 1024
const WARN_EVERY_MS = 60_000
const STAGE = 'ingest'

/** To be sent as `text/plain`: the body repeats what the asker sent, or says in a few words what was wrong. */
export interface WebhookAnswer {
  readonly status: 200 | 400 | 401 | 403 | 413 | 503
  readonly body: string
}

/**
 * The door that WhatsApp knocks at. `receive` answers 200 only once the bus has everything the body held; 503 asks the platform to bring it again.
 * It takes the bytes as they came: the signature is over them, not over what a parser made of them. Neither method throws.
 */
export interface WhatsAppWebhook {
  handshake(query: Readonly<Record<string, unknown>>): WebhookAnswer
  receive(request: { readonly rawBody: Buffer; readonly signature: unknown }): Promise<WebhookAnswer>
  /** Tells its health: to be called at the start and about each minute. */
  heartbeat(): Promise<void>
}

export interface WhatsAppWebhookOptions {
  readonly appSecret: string
  readonly verifyToken: string
  readonly bus: Bus
  readonly clock: Clock
  readonly log: Log
  readonly metrics: Metrics
  readonly onHealth?: (health: SourceHealth) => void
}

export function createWhatsAppWebhook(options: WhatsAppWebhookOptions): WhatsAppWebhook {
  const { appSecret, verifyToken, bus, clock, log, metrics } = options
  const health = createHealthReporter({
    source: 'whatsapp',
    channel: 'whatsapp',
    bus,
    clock,
    log,
    onHealth: options.onHealth,
  })
  let warnedAt = -Infinity

  /** A stranger who knocks all day must fill neither the log nor the disk. */
  function refuse(status: WebhookAnswer['status'], body: string, reason: FailureReason): WebhookAnswer {
    metrics.failures.inc({ stage: STAGE, reason })
    if (clock.now() - warnedAt >= WARN_EVERY_MS) {
      warnedAt = clock.now()
      log.warn('a request to the whatsapp webhook was refused', { status, reason })
    }
    return { status, body }
  }

  async function receive({ rawBody, signature }: { rawBody: Buffer; signature: unknown }): Promise<WebhookAnswer> {
    if (rawBody.length > MAX_WEBHOOK_BYTES) return refuse(413, `larger than ${MAX_WEBHOOK_BYTES} bytes`, 'too-large')
    if (!verifySignature(rawBody, signature, appSecret)) {
      if (health.current.lastOkAt === null) {
        await health.note(
          'bodies arrive whose signature does not fit: compare RABTA_WHATSAPP_APP_SECRET with the Meta app',
        )
      }
      return refuse(401, 'wrong signature', 'unauthorized')
    }
    let payload: unknown
    try {
      payload = JSON.parse(rawBody.toString('utf8'))
    } catch {
      return refuse(400, 'not JSON', 'invalid-payload')
    }
    return take(payload)
  }

  async function take(payload: unknown): Promise<WebhookAnswer> {
    const receivedAt = clock.iso()
    try {
      const { items, dead, skipped } = await publish(payload, receivedAt)
      if (dead > 0) log.error('a part of a whatsapp webhook body is set aside', { letters: dead })
      if (skipped > 0) log.info('a part of a whatsapp webhook body is no message', { skipped })
      await health.ok(items)
      return { status: 200, body: 'ok' }
    } catch (error) {
      const reason = error instanceof Failure ? error.reason : 'unexpected'
      metrics.failures.inc({ stage: STAGE, reason })
      log.error('a whatsapp webhook body could not be stored: whatsapp is asked to bring it again', { reason })
      await health.failed(
        error instanceof Failure ? error.message : 'what arrived could not be stored: look at the log',
      )
      return { status: 503, body: 'cannot be stored now, send it again' }
    }
  }

  async function publish(
    payload: unknown,
    receivedAt: string,
  ): Promise<{ items: number; dead: number; skipped: number }> {
    const reading = readWebhook(payload, { receivedAt })
    const prepared = prepareIntake(reading, receivedAt)
    await publishIntake(prepared, { bus, metrics, stage: STAGE, at: receivedAt })
    return { items: reading.changes.length, dead: prepared.dead.length, skipped: reading.skipped.length }
  }

  return {
    handshake: (query) => {
      const answer = verifyHandshake(query, verifyToken)
      return answer.ok ? { status: 200, body: answer.challenge } : refuse(403, 'wrong verify token', 'forbidden')
    },
    receive,
    heartbeat: () => health.heartbeat(),
  }
}
