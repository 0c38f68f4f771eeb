import { readPosts } from '../channels/x/read.js'
import { readWebhook } from '../channels/whatsapp/read-webhook.js'
import type { Bus } from '../runtime/bus.js'
import type { Clock } from '../runtime/clock.js'
import type { Reopen } from '../runtime/dead-letters.js'
import { Failure } from '../runtime/failure.js'
import type { Metrics } from '../runtime/metrics.js'
import { prepareIntake, publishIntake, type Intake } from './publish.js'

interface ReopenParts {
  readonly bus: Bus
  readonly clock: Clock
  readonly metrics: Metrics
}

/** The doors of ingest by the origin that their dead letters carry. */
export function createReopens(parts: ReopenParts): ReadonlyMap<string, Reopen> {
  const xSource = (source: string) =>
    reopenWith(parts, (payload, receivedAt) => readPosts(payload, { source, account: null, receivedAt }))
  return new Map([
    ['hooks/whatsapp', reopenWith(parts, (payload, receivedAt) => readWebhook(payload, { receivedAt }))],
    ['sources/x-mentions', xSource('x-mentions')],
    ['sources/x-search', xSource('x-search')],
  ])
}

function reopenWith(
  { bus, clock, metrics }: ReopenParts,
  read: (payload: unknown, receivedAt: string) => Intake,
): Reopen {
  return async (letter) => {
    const at = clock.iso()
    const prepared = prepareIntake(read(letter.value, at), at)
    const [still] = prepared.dead
    if (still !== undefined)
      throw new Failure('invalid-payload', `it still cannot be read: ${still.detail}`, { retryable: false })
    await publishIntake(prepared, { bus, metrics, stage: 'ingest', at })
  }
}
