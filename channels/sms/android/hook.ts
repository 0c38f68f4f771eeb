import type { HookFormat } from '../../hook.js'
import type { Clock } from '../../../runtime/clock.js'
import type { AndroidNumbers } from './own-numbers.js'
import { ANDROID_SOURCE, readAndroid } from './read.js'
import { verifyAndroidSignature } from './signature.js'

export interface AndroidHookOptions {
  /** The signing key in the app's Settings → Webhooks. */
  readonly signingKey: string
  readonly numbers: AndroidNumbers
  readonly clock: Pick<Clock, 'now'>
  /** How far the phone's clock may be off. Default 5 minutes. */
  readonly windowMs?: number
}

const DEFAULT_WINDOW_MS = 5 * 60_000

/**
 * SMS Gateway for Android brings events by POST. A webhook of the app is registered for one event each: `sms:received`, `mms:received` and
 * `mms:downloaded`, `sms:data-received`, `sms:sent`, `sms:delivered`, `sms:failed`, all with the address `https://DESK/hooks/sms/android`.
 */
export function createAndroidHook(options: AndroidHookOptions): HookFormat {
  return {
    name: ANDROID_SOURCE,
    channel: 'sms',
    delivers: ['POST'],
    verify: ({ rawBody, headers }) =>
      verifyAndroidSignature(
        rawBody,
        { signature: headers['x-signature'], timestamp: headers['x-timestamp'] },
        {
          signingKey: options.signingKey,
          nowMs: options.clock.now(),
          windowMs: options.windowMs ?? DEFAULT_WINDOW_MS,
        },
      ),
    verifyAdvice:
      'compare RABTA_SMS_ANDROID_SIGNING_KEY with Settings → Webhooks → Signing Key of the app, and the phone’s clock with ours',
    parse: ({ rawBody }) => JSON.parse(rawBody.toString('utf8')) as unknown,
    read: (payload, { receivedAt }) => readAndroid(payload, { receivedAt, numbers: options.numbers }),
  }
}
