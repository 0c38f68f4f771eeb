import smpp from 'smpp'
import { Failure } from '../../../runtime/failure.js'
import type { FailureReason } from '../../../schemas/failure-reason.js'

const NAMES = new Map(Object.entries(smpp.errors).map(([name, code]) => [code, name]))

/** `ESME_RTHROTTLED (0x58)` */
export function statusName(status: number): string {
  const name = NAMES.get(status)
  const code = `0x${status.toString(16).padStart(2, '0')}`
  return name === undefined ? code : `${name} (${code})`
}

export const STATUS = {
  ok: 0x00,
  invalidCommand: 0x03,
  wrongBindStatus: 0x04,
  alreadyBound: 0x05,
  systemError: 0x08,
  bindFailed: 0x0d,
  wrongPassword: 0x0e,
  wrongSystemId: 0x0f,
  queueFull: 0x14,
  throttled: 0x58,
  tryAgain: 0x64,
  notUnderstood: 0x65,
} as const

/** What a refusal of one submit means for the message. */
export function submitFailure(status: number): Failure {
  const said = `the SMSC refused the message: ${statusName(status)}`
  if (status === STATUS.throttled) return new Failure('rate-limited', said, { retryable: true, retryAfterMs: 1_000 })
  if (status === STATUS.queueFull) return new Failure('rate-limited', said, { retryable: true, retryAfterMs: 10_000 })
  if (status === STATUS.systemError || status === STATUS.tryAgain || status === STATUS.wrongBindStatus)
    return new Failure('unavailable', `${said}; nothing was sent`, { retryable: true })
  const [reason, advice] = SUBMIT_REFUSALS.get(status) ?? ['refused', 'ask the operator what it means']
  return new Failure(reason, `${said}: ${advice}`, { retryable: false })
}

const SUBMIT_REFUSALS = new Map<number, readonly [FailureReason, string]>([
  [0x0a, ['forbidden', 'our number is not one that this account may send from']],
  [0x0b, ['not-found', 'the number of the recipient is not one it can reach']],
  [0x01, ['too-large', 'it takes no message of this length']],
  [0x45, ['refused', 'it could not take this one; ask the operator']],
  [0x48, ['forbidden', 'the type of our number is wrong: look at the source TON setting']],
  [0x50, ['invalid-payload', 'the type of the recipient’s number is wrong']],
  [0x67, ['forbidden', 'the account has no right to send']],
])

const NEEDS_PERSON_MS = 60_000

export function bindFailure(status: number): Failure {
  const said = `the SMSC refused the sign-in: ${statusName(status)}`
  if (status === STATUS.wrongPassword || status === STATUS.wrongSystemId || status === STATUS.bindFailed) {
    return new Failure(
      'unauthorized',
      `${said}: compare system id, password, system type and this machine’s address with what the operator gave`,
      { retryable: true, retryAfterMs: NEEDS_PERSON_MS },
    )
  }
  if (status === STATUS.throttled) return new Failure('rate-limited', said, { retryable: true, retryAfterMs: 10_000 })
  if (status === STATUS.alreadyBound)
    return new Failure(
      'conflict',
      `${said}: another session of this account is open, or the old one has not ended yet`,
      {
        retryable: true,
        retryAfterMs: 10_000,
      },
    )
  return new Failure('unavailable', said, { retryable: true })
}

export function linkFailure(why: string, cause?: unknown): Failure {
  return new Failure('unavailable', `the connection to the SMSC ended: ${why}`, { retryable: true, cause })
}

export function notBound(): Failure {
  return new Failure('unavailable', 'the connection to the SMSC is down; nothing was sent', { retryable: true })
}

export function mayHaveBeenSent(why: string): Failure {
  return new Failure('timeout', `the message may have been sent: ${why}. Ask the person before sending it again`, {
    retryable: false,
  })
}
