import type { Failure } from '../runtime/failure.js'
import { backOffMs } from '../runtime/back-off.js'
import type { Unstored, WantedMedia } from '../runtime/media/media-rows.js'
import type { FailureReason } from '../schemas/failure-reason.js'
import type { MediaReason } from '../schemas/media-state.js'

const FIRST_WAIT_MS = 5_000
const MAX_WAIT_MS = 3_600_000
/** A file may be named before its host has it; after this it is gone. */
const NOT_FOUND_FOR_MS = 24 * 3_600_000
/** A file that comes broken each time is broken. */
const BROKEN_TRIES = 6

const REASONS = new Map<FailureReason, MediaReason>([
  ['not-found', 'not-found'],
  ['unauthorized', 'token'],
  ['forbidden', 'token'],
  ['rate-limited', 'rate-limited'],
  ['timeout', 'timeout'],
  ['storage-full', 'disk-full'],
  ['conflict', 'hash-mismatch'],
  ['invalid-payload', 'unreadable'],
])

const FINAL = new Map<FailureReason, MediaReason>([
  ['too-large', 'too-large'],
  ['refused', 'address-refused'],
])

/** When a try of this number is followed by the next, should it store nothing. */
export function nextTryMs(attempts: number, nowMs: number, random: () => number): number {
  return nowMs + backOffMs(attempts - 1, random, FIRST_WAIT_MS, MAX_WAIT_MS)
}

/** What a failed try means for the file: another, later, until the platform's time for it is over, or none. */
export function outcomeOf(
  failure: Failure,
  wanted: WantedMedia,
  { nowMs, lifeMs, random }: { readonly nowMs: number; readonly lifeMs: number; readonly random: () => number },
): Unstored {
  const final = FINAL.get(failure.reason)
  if (final !== undefined) return { status: 'refused', reason: final }
  const reason = REASONS.get(failure.reason) ?? 'unreachable'
  const ageMs = nowMs - wanted.wantedAtMs
  if (failure.reason === 'not-found' && ageMs >= NOT_FOUND_FOR_MS) return { status: 'gone', reason }
  const isBroken = failure.reason === 'conflict' || failure.reason === 'invalid-payload'
  if (isBroken && wanted.attempts >= BROKEN_TRIES) return { status: 'failed', reason }
  // Our own full disk is no fault of the file.
  if (ageMs >= lifeMs && failure.reason !== 'storage-full') return { status: 'failed', reason }
  const waitMs = Math.max(failure.retryAfterMs ?? 0, nextTryMs(wanted.attempts, 0, random))
  return { status: 'wanted', reason, nextAtMs: nowMs + Math.min(waitMs, MAX_WAIT_MS) }
}

/** What an officer or an administrator can do about a platform that gives no files; undefined where it is the file's own fault. */
export function problemOf(failure: Failure): string | undefined {
  switch (failure.reason) {
    case 'unauthorized':
    case 'forbidden':
    case 'unavailable':
    case 'rate-limited':
    case 'timeout':
    case 'storage-full':
      return `files that came with messages cannot be fetched now, messages are not held up: ${failure.message}`
    default:
      return undefined
  }
}
