import { FACEBOOK_ORIGIN, readFacebookWebhook } from '../channels/facebook/read-webhook.js'
import { ANDROID_ORIGIN, readAndroid } from '../channels/sms/android/read.js'
import { KANNEL_ORIGIN, readKannel } from '../channels/sms/kannel/read.js'
import { readTwilio, TWILIO_ORIGIN } from '../channels/sms/twilio/read.js'
import type { AndroidNumbers } from '../channels/sms/android/own-numbers.js'
import { accountName, type XAccount } from '../channels/x/accounts.js'
import { X_HOOK_NAME } from '../channels/x/hook.js'
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
import { mentionsSourceName } from './x-source.js'
import { prepareIntake, publishIntake, type Intake } from './publish.js'

interface ReopenParts {
  readonly bus: Bus
  readonly clock: Clock
  readonly metrics: Metrics
  readonly own: OwnAccounts
}

/** Who we are on the platforms, without which our own words would be read as a citizen's. */
export interface OwnAccounts {
  readonly x: readonly XAccount[]
  readonly facebookPages: readonly string[]
  readonly android: AndroidNumbers
}

type Read = (payload: unknown, context: { readonly receivedAt: string }) => Intake

function readerOf(origin: string, own: OwnAccounts): Read | undefined {
  switch (origin) {
    case 'hooks/whatsapp':
      return readWebhook
    case FACEBOOK_ORIGIN:
      return (payload, context) => readFacebookWebhook(payload, { ...context, ownIds: own.facebookPages })
    case `hooks/${X_HOOK_NAME}`:
      return (payload, context) => readActivity(payload, { ...context, source: X_HOOK_NAME, accounts: own.x })
    case KANNEL_ORIGIN:
      return readKannel
    case TWILIO_ORIGIN:
      return readTwilio
    case ANDROID_ORIGIN:
      return (payload, context) => readAndroid(payload, { ...context, numbers: own.android })
    default: {
      const [, source] = /^sources\/(.+)$/.exec(origin) ?? []
      return source === undefined ? undefined : readerOfSource(source, own)
    }
  }
}

/** A source's own letters, by the beginning of its name: there may be several of a kind. */
function readerOfSource(source: string, own: OwnAccounts): Read | undefined {
  if (source === 'x-stream')
    return (payload, context) => readStreamPayload(payload, { ...context, source, accounts: new Map() })
  if (source.startsWith('x-')) {
    const account = own.x.find((one, index) => mentionsSourceName(one, index) === source)
    const name = account === undefined ? null : accountName(account)
    return (payload, context) => readPosts(payload, { ...context, source, account: name })
  }
  if (source.startsWith('facebook-'))
    return (payload, { receivedAt }) => readFacebookPayload(payload, receivedAt, own.facebookPages[0])
  return undefined
}

/** The doors of ingest by the origin that their dead letters carry. */
export function createReopens(parts: ReopenParts): (origin: string) => Reopen | undefined {
  return (origin) => {
    const read = readerOf(origin, parts.own)
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
