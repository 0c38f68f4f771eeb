import { createHash, randomUUID } from 'node:crypto'
import type { Transaction } from 'kysely'
import type { Bus } from '../runtime/bus.js'
import type { Clock } from '../runtime/clock.js'
import { Failure } from '../runtime/failure.js'
import type { Log } from '../runtime/log.js'
import { outboundRow } from '../runtime/records/outbound-row.js'
import type { Records, Tables } from '../runtime/records/tables.js'
import type { Outbound } from '../schemas/outbound.js'

const SWEEP_EVERY_MS = 15_000
const SWEEP_LIMIT = 200

/** The same person's same click on the same mention is the same message; without a key every call is another. */
export function outboundId(parts: {
  by: string
  kind: Outbound['kind']
  mentionId: string
  key: string | undefined
}): string {
  const { by, kind, mentionId, key } = parts
  if (key === undefined) return `out:${randomUUID()}`
  return `out:${createHash('sha256')
    .update(JSON.stringify([by, kind, mentionId, key]))
    .digest('hex')
    .slice(0, 32)}`
}

/** The conversation's key keeps what one recipient gets in order. */
const busKey = (outbound: Outbound) => outbound.to ?? outbound.mentionId ?? outbound.id

/** Records a message that is to go out; false if the same one is recorded already, and a Failure if its id stands for another. */
export async function recordOutbound(transaction: Transaction<Tables>, outbound: Outbound): Promise<boolean> {
  const known = await transaction.selectFrom('outbound').select('body').where('id', '=', outbound.id).executeTakeFirst()
  if (known !== undefined) {
    const { text, unit, to } = JSON.parse(known.body) as Outbound
    if (text === outbound.text && unit === outbound.unit && to === outbound.to) return false
    throw new Failure(
      'conflict',
      'this was sent already, with another text: look at what was sent before writing again',
      { retryable: false },
    )
  }
  await transaction.insertInto('outbound').values(outboundRow(outbound, false)).execute()
  return true
}

export interface OutboxDoor {
  /** Puts a recorded message on the bus. Never throws: what could not be put there now is put there by a sweep. */
  publish(outbound: Outbound): Promise<void>
  /** Publishes what is recorded and not known to be on the bus; the same message twice is one message. Throws the bus's Failure. */
  sweepUnpublished(): Promise<number>
  /** Sweeps at once and then again and again until the signal aborts. */
  run(signal: AbortSignal): Promise<void>
}

export function createOutboxDoor(parts: { records: Records; bus: Bus; clock: Clock; log: Log }): OutboxDoor {
  const { records, bus, clock, log } = parts

  async function put(outbound: readonly Outbound[]): Promise<void> {
    await bus.publish(
      'messages.outbound',
      outbound.map((value) => ({ key: busKey(value), value })),
    )
    await records
      .updateTable('outbound')
      .set({ published: 1 })
      .where(
        'id',
        'in',
        outbound.map(({ id }) => id),
      )
      .execute()
  }

  async function sweepUnpublished(): Promise<number> {
    let swept = 0
    for (;;) {
      const rows = await records
        .selectFrom('outbound')
        .select('body')
        .where('published', '=', 0)
        .orderBy('requested_at')
        .limit(SWEEP_LIMIT)
        .execute()
      if (rows.length === 0) return swept
      await put(rows.map((row) => JSON.parse(row.body) as Outbound))
      swept += rows.length
    }
  }

  const waits = (error: unknown, what: string) => {
    if (!(error instanceof Failure) || !error.retryable) throw error
    log.warn(what, { reason: error.reason, detail: error.message })
  }

  return {
    publish: (outbound) =>
      put([outbound]).catch((error: unknown) =>
        log.warn('outbound message waits for a sweep', {
          id: outbound.id,
          reason: error instanceof Failure ? error.reason : 'unexpected',
        }),
      ),
    sweepUnpublished,
    run: async (signal) => {
      while (!signal.aborted) {
        await sweepUnpublished().catch((error: unknown) => waits(error, 'outbound messages wait for the bus'))
        await clock.sleep(SWEEP_EVERY_MS, signal).catch((error: unknown) => {
          if (!signal.aborted) throw error
        })
      }
    },
  }
}
