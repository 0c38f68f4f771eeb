import { answerHandshake } from '../graph/handshake.js'
import { verifySignature } from '../graph/signature.js'
import type { HookFormat } from '../hook.js'
import { readFacebookWebhook } from './read-webhook.js'

export interface FacebookHookOptions {
  readonly appSecret: string
  readonly verifyToken: string
  /** The ids of all our pages. */
  readonly pageIds?: readonly string[]
}

/** `/hooks/facebook`: Meta's handshake by GET, bodies signed with the app's secret by POST. */
export function createFacebookHook({ appSecret, verifyToken, pageIds = [] }: FacebookHookOptions): HookFormat {
  return {
    name: 'facebook',
    channel: 'facebook',
    delivers: ['POST'],
    handshake: (request) => answerHandshake(request, verifyToken),
    verify: ({ rawBody, headers }) => verifySignature(rawBody, headers['x-hub-signature-256'], appSecret),
    verifyAdvice: 'bodies arrive whose signature does not fit: compare RABTA_FACEBOOK_APP_SECRET with the Meta app',
    parse: ({ rawBody }) => JSON.parse(rawBody.toString('utf8')) as unknown,
    read: (payload, { receivedAt }) => readFacebookWebhook(payload, { receivedAt, ownIds: pageIds }),
  }
}
