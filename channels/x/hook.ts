import type { HookAnswer, HookFormat, HookRequest } from '../hook.js'
import type { XAccount } from './accounts.js'
import { readActivity } from './read-activity.js'
import { crcAnswer, verifyXSignature } from './signature.js'

export interface XHookOptions {
  /** The app's consumer secret (API secret): neither the bearer token nor an access token. */
  readonly consumerSecret: string
  /** What they write themselves is no message to the police. */
  readonly accounts: readonly XAccount[]
}

export const X_HOOK_NAME = 'x-activity'

/** X's webhooks: Account Activity (v1.1 shapes) and X Activity (v2 events), told apart by what arrives. */
export function createXHook({ consumerSecret, accounts }: XHookOptions): HookFormat {
  return {
    name: X_HOOK_NAME,
    channel: 'x',
    delivers: ['POST'],
    handshake: (request) => (request.method === 'GET' ? challenged(request, consumerSecret) : undefined),
    verify: ({ rawBody, headers }) =>
      verifyXSignature(rawBody, headers['x-twitter-webhooks-signature'], consumerSecret),
    verifyAdvice:
      'bodies arrive whose signature does not fit: compare RABTA_X_API_SECRET with the consumer secret of the X app',
    parse: ({ rawBody }) => JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(rawBody)) as unknown,
    read: (payload, { receivedAt }) => readActivity(payload, { source: X_HOOK_NAME, receivedAt, accounts }),
  }
}

function challenged({ query }: HookRequest, consumerSecret: string): HookAnswer {
  const body = crcAnswer(query['crc_token'], consumerSecret)
  return body === undefined
    ? { status: 400, body: 'no crc_token' }
    : { status: 200, body, type: 'application/json; charset=utf-8' }
}
