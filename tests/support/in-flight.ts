/** What is under way at a server: a fake clock stands still meanwhile, as if it took no time. */
export const inFlight = { count: 0 }

/** Longer than any answer of a server nearby; a statement that waits for a lock of who waits here is not waited for. */
const AT_MOST_MS = 250
const QUIET_TURNS = 3

const turn = () => new Promise<void>((resolve) => setImmediate(resolve))

/** Resolves when nothing is under way, also not what follows upon what was. */
export async function nothingInFlight(): Promise<void> {
  const untilMs = performance.now() + AT_MOST_MS
  for (let quiet = 0; quiet < QUIET_TURNS && performance.now() < untilMs;) {
    await turn()
    quiet = inFlight.count === 0 ? quiet + 1 : 0
  }
}

export async function counted<Result>(work: Promise<Result>): Promise<Result> {
  inFlight.count++
  try {
    return await work
  } finally {
    inFlight.count--
  }
}
