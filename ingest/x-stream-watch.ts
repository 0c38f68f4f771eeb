import type { Clock } from '../runtime/clock.js'

/** Whether the stream brings what the polls would: they ask less often meanwhile, and at their own pace as soon as it does not. */
export interface XStreamWatch {
  isWell(): boolean
  /** A sign of life came. */
  alive(): void
  lost(): void
}

/** X says every 20 s that the stream lives. */
const WELL_FOR_MS = 60_000

export function createXStreamWatch(clock: Clock): XStreamWatch {
  let aliveAtMs: number | undefined
  return {
    isWell: () => aliveAtMs !== undefined && Math.abs(clock.now() - aliveAtMs) <= WELL_FOR_MS,
    alive: () => {
      aliveAtMs = clock.now()
    },
    lost: () => {
      aliveAtMs = undefined
    },
  }
}
