import { readFacebookWebhook } from '../channels/facebook/read-webhook.js'
import { ANDROID_ORIGIN, readAndroid } from '../channels/sms/android/read.js'
import { KANNEL_ORIGIN, readKannel } from '../channels/sms/kannel/read.js'
import { readTwilio, TWILIO_ORIGIN } from '../channels/sms/twilio/read.js'
import { readActivity } from '../channels/x/read-activity.js'
import { readStreamPayload } from '../channels/x/read-stream.js'
import { readFacebookPayload } from './read-facebook.js'
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

type Read = (payload: unknown, context: { readonly receivedAt: string }) => Intake

const BY_ORIGIN: ReadonlyMap<string, Read> = new Map<string, Read>([
  ['hooks/whatsapp', readWebhook],
  ['hooks/facebook', (payload, context) => readFacebookWebhook(payload, { ...context, ownIds: [] })],
  ['hooks/x-activity', (payload, context) => readActivity(payload, { ...context, source: 'x-activity', accounts: [] })],
  [KANNEL_ORIGIN, readKannel],
  [TWILIO_ORIGIN, readTwilio],
  [ANDROID_ORIGIN, (payload, context) => readAndroid(payload, { ...context, numbers: { bySim: new Map() } })],
])

/** A source's own letters, by the beginning of its name: there may be several of a kind. */
const BY_SOURCE: readonly (readonly [start: string, read: (source: string) => Read])[] = [
  [
    'x-stream',
    (source) => (payload, context) => readStreamPayload(payload, { ...context, source, accounts: new Map() }),
  ],
  ['x-', (source) => (payload, context) => readPosts(payload, { ...context, source, account: null })],
  [
    'facebook-',
    () =>
      (payload, { receivedAt }) =>
        readFacebookPayload(payload, receivedAt),
  ],
]

function readerOf(origin: string): Read | undefined {
  const known = BY_ORIGIN.get(origin)
  if (known !== undefined) return known
  const [, source] = /^sources\/(.+)$/.exec(origin) ?? []
  if (source === undefined) return undefined
  return BY_SOURCE.find(([start]) => source.startsWith(start))?.[1](source)
}

/** The doors of ingest by the origin that their dead letters carry. */
export function createReopens(parts: ReopenParts): (origin: string) => Reopen | undefined {
  return (origin) => {
    const read = readerOf(origin)
    return read === undefined ? undefined : reopenWith(parts, read)
  }
}

function reopenWith({ bus, clock, metrics }: ReopenParts, read: Read): Reopen {
  return async (letter) => {
    const at = clock.iso()
    const prepared = prepareIntake(read(letter.value, { receivedAt: at }), at)
    const [still] = prepared.dead
    if (still !== undefined)
      throw new Failure('invalid-payload', `it still cannot be read: ${still.detail}`, { retryable: false })
    await publishIntake(prepared, { bus, metrics, stage: 'ingest', at })
  }
}
