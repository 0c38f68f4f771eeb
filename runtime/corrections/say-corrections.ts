import type { Bus } from '../bus.js'
import type { Clock } from '../clock.js'
import { Failure } from '../failure.js'
import type { Log } from '../log.js'
import type { CorrectionNotice } from '../../schemas/correction.js'
import type { Corrections } from './correction-store.js'

const SWEEP_EVERY_MS = 15_000
const SWEEP_LIMIT = 200

/** Puts on the bus that mentions were corrected. Said twice is as good as once. */
export interface CorrectionsDoor {
  /** Says one at once. Never throws: what could not be said now is said by a sweep. */
  say(id: string, revision: number): Promise<void>
  /** Says what is kept and not known to be on the bus; resolves with how many. Throws the bus's and the records' Failure. */
  sweep(): Promise<number>
  /** Sweeps at once and then again and again until the signal aborts: whoever kept a correction may have died before saying it. */
  run(signal: AbortSignal): Promise<void>
}

export function createCorrectionsDoor(parts: {
  corrections: Pick<Corrections, 'unsaid' | 'markSaid'>
  bus: Bus
  clock: Clock
  log: Log
}): CorrectionsDoor {
  const { corrections, bus, clock, log } = parts

  async function put(made: readonly { readonly id: string; readonly revision: number }[]): Promise<void> {
    await bus.publish(
      'mentions.corrected',
      made.map(({ id, revision }) => {
        const value: CorrectionNotice = { schema: 'rabta.corrected/1', id, revision }
        return { key: id, value }
      }),
    )
    await corrections.markSaid(made)
  }

  async function sweep(): Promise<number> {
    for (let swept = 0; ;) {
      const unsaid = await corrections.unsaid(SWEEP_LIMIT)
      if (unsaid.length === 0) return swept
      await put(unsaid)
      swept += unsaid.length
    }
  }

  const waits = (error: unknown) => {
    if (!(error instanceof Failure) || !error.retryable) throw error
    log.warn('corrections wait for the bus', { reason: error.reason, detail: error.message })
  }

  return {
    say: (id, revision) =>
      put([{ id, revision }]).catch((error: unknown) =>
        log.warn('a correction waits for a sweep', {
          id,
          reason: error instanceof Failure ? error.reason : 'unexpected',
        }),
      ),
    sweep,
    run: async (signal) => {
      while (!signal.aborted) {
        await sweep().catch(waits)
        await clock.sleep(SWEEP_EVERY_MS, signal).catch((error: unknown) => {
          if (!signal.aborted) throw error
        })
      }
    },
  }
}
