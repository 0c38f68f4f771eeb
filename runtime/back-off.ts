/** How long to wait before try number `attempt` (0 is the first repeat): doubling from `firstMs` to `maxMs`, with half of it left to chance so that many do not come back at once. */
export function backOffMs(attempt: number, random: () => number, firstMs = 250, maxMs = 30_000): number {
  const full = Math.min(maxMs, firstMs * 2 ** Math.min(attempt, 30))
  return Math.round(full / 2 + (full / 2) * random())
}
