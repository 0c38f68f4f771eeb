import type { Config } from '../config.js'
import { EXIT } from '../exit-codes.js'

const WAIT_MS = 4_000

/** Asks the process of this container how it does: exit code 0 where it is alive, 3 where it does not answer. */
export async function health({ host, healthPort }: Config, errors: NodeJS.WritableStream): Promise<number> {
  if (healthPort === 0) {
    errors.write('rabta: set RABTA_HEALTH_PORT, on which the process says how it does\n')
    return EXIT.usage
  }
  const there = host === '0.0.0.0' || host === '::' ? '127.0.0.1' : host
  const name = there.includes(':') ? `[${there}]` : there
  try {
    const answer = await fetch(`http://${name}:${healthPort}/healthz`, { signal: AbortSignal.timeout(WAIT_MS) })
    return answer.ok ? EXIT.done : EXIT.failed
  } catch {
    return EXIT.notReachable
  }
}
