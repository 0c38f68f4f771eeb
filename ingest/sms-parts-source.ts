import type { Clock } from '../runtime/clock.js'
import type { SmsParts } from './sms-parts.js'
import type { PushSource } from './source.js'

const EVERY_MS = 1_000
const ALIVE_EVERY_MS = 60_000

/**
 * Gives out what waited too long for its other parts, and what a crash left stored and unpublished. It needs no connection, so that a dead line to the
 * SMSC does not hold back what came before it died; one of it runs wherever parts are joined.
 */
export function createSmsPartsSource(options: { readonly parts: SmsParts; readonly clock: Clock }): PushSource {
  const { parts, clock } = options
  return {
    name: 'sms-parts',
    channel: 'sms',
    receive: async (door, signal) => {
      let aliveAt = -Infinity
      for (;;) {
        if (signal.aborted) return
        const changes = await parts.due(clock.now())
        if (changes.length > 0) {
          await door.take({ changes })
          await parts.given(changes)
        }
        if (clock.now() - aliveAt >= ALIVE_EVERY_MS) {
          aliveAt = clock.now()
          await door.alive()
        }
        try {
          await clock.sleep(EVERY_MS, signal)
        } catch {
          return
        }
      }
    },
  }
}
