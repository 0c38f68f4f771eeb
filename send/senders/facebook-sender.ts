import type { FacebookClient } from '../../channels/facebook/client.js'
import { Failure } from '../../runtime/failure.js'
import type { Sender } from '../sender.js'

type Writer = Pick<FacebookClient, 'pageId' | 'reply' | 'sendMessage'>

/** Answers in the name of the page that was written to: a person on Messenger where there is a recipient, else under the comment or post. */
export function createFacebookSender(clients: readonly [Writer, ...Writer[]]): Sender {
  return {
    channel: 'facebook',
    send: async ({ id, account, to, inReplyTo, text }, signal) => {
      const client = account === null || account === undefined ? clients[0] : clientOf(clients, account)
      if (to !== null) return client.sendMessage({ to, text }, signal)
      if (inReplyTo === null) {
        throw new Failure(
          'invalid-payload',
          `outbound ${id} answers nothing: Facebook is only written to as an answer`,
          {
            retryable: false,
          },
        )
      }
      return client.reply(inReplyTo, text, signal)
    },
  }
}

/** A page-scoped id means nothing to another page: an answer from the wrong one would fail, or reach somebody else. */
function clientOf(clients: readonly Writer[], account: string): Writer {
  const client = clients.find(({ pageId }) => pageId === account)
  if (client !== undefined) return client
  throw new Failure(
    'forbidden',
    `the Facebook page ${account} is not set up here: an administrator must add its token in RABTA_FACEBOOK_PAGE_TOKEN`,
    { retryable: false },
  )
}
