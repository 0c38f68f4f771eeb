const TCP_STEP_MS = 250
const TCP_MAX_MS = 16_000
const HTTP_FIRST_MS = 5_000
const HTTP_MAX_MS = 320_000
const RATE_FIRST_MS = 60_000
const RATE_MAX_MS = 15 * 60_000

export type StreamTrouble = 'tcp' | 'http' | 'rate'

/** How long X wants to be left alone before the stream is asked for again: a broken connection +250 ms each time, an HTTP error from 5 s and a 429 from 60 s doubling. */
export function createStreamBackOff() {
  const tries: Record<StreamTrouble, number> = { tcp: 0, http: 0, rate: 0 }
  return {
    /** Something arrived: what follows is a first failure again. */
    well(): void {
      tries.tcp = tries.http = tries.rate = 0
    },
    nextMs(trouble: StreamTrouble): number {
      const before = tries[trouble]
      tries[trouble] += 1
      const doubled = 2 ** Math.min(before, 20)
      if (trouble === 'tcp') return Math.min(TCP_MAX_MS, TCP_STEP_MS * (before + 1))
      return trouble === 'http'
        ? Math.min(HTTP_MAX_MS, HTTP_FIRST_MS * doubled)
        : Math.min(RATE_MAX_MS, RATE_FIRST_MS * doubled)
    },
  }
}
