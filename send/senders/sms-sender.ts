import type { SmsClient } from '../../channels/sms/client.js'
import { canBeWrittenTo, normaliseNumber } from '../../channels/sms/phone-number.js'
import { Failure } from '../../runtime/failure.js'
import type { Sender } from '../sender.js'

export interface SmsSenderParts {
  readonly client: SmsClient
  /** The number that messages go out from which answer nobody's (forwards, notifications). */
  readonly defaultFrom?: string | undefined
}

/** Writes an SMS to a citizen, from the number that the person wrote to, or to an officer. */
export function createSmsSender({ client, defaultFrom }: SmsSenderParts): Sender {
  return {
    channel: 'sms',
    send: async ({ id, to, account, text }, signal) => {
      if (to === null || to.trim() === '')
        throw new Failure('invalid-payload', `outbound ${id} has no recipient`, { retryable: false })
      const recipient = normaliseNumber(to)
      if (!canBeWrittenTo(recipient)) {
        throw new Failure(
          'refused',
          'the message came from a sender with a name in place of a number: nobody can answer it by SMS',
          { retryable: false },
        )
      }
      const from = account ?? defaultFrom ?? ''
      if (from.trim() === '') {
        throw new Failure(
          'invalid-payload',
          `outbound ${id} says no number to send from: fill in RABTA_SMS_NUMBERS, with central=… for what answers nobody`,
          { retryable: false },
        )
      }
      return client.send({ from: normaliseNumber(from), to: recipient, text, id }, signal)
    },
  }
}
