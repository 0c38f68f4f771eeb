import type { XClient } from '../../channels/x/client.js'
import { directMessageId } from '../../channels/x/direct-id.js'
import { Failure } from '../../runtime/failure.js'
import type { Sender } from '../sender.js'

/** Answers a post on X under it, and a direct message by one; from the account that was written to where it has keys, else from the first. */
export function createXSender(client: Pick<XClient, 'reply'> & Partial<Pick<XClient, 'sendDirect'>>): Sender {
  return {
    channel: 'x',
    send: async ({ id, to, inReplyTo, text, account }, signal) => {
      if (inReplyTo === null) {
        throw new Failure('invalid-payload', `outbound ${id} answers no post: X is only written to as an answer`, {
          retryable: false,
        })
      }
      if (directMessageId(inReplyTo) === undefined) return client.reply(inReplyTo, text, signal, account)
      if (to === null || client.sendDirect === undefined) {
        throw new Failure(
          'invalid-payload',
          `outbound ${id} answers a direct message and does not say whose: answer it in the X app`,
          { retryable: false },
        )
      }
      return client.sendDirect(to, text, signal, account)
    },
  }
}
