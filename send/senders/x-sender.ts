import type { XClient } from '../../channels/x/client.js'
import { Failure } from '../../runtime/failure.js'
import type { Sender } from '../sender.js'

/** Answers a post on X, under it. */
export function createXSender(client: Pick<XClient, 'reply'>): Sender {
  return {
    channel: 'x',
    send: async ({ id, inReplyTo, text }, signal) => {
      if (inReplyTo === null) {
        throw new Failure('invalid-payload', `outbound ${id} answers no post: X is only written to as an answer`, {
          retryable: false,
        })
      }
      return client.reply(inReplyTo, text, signal)
    },
  }
}
