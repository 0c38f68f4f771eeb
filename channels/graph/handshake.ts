import { createHash, timingSafeEqual } from 'node:crypto'
import type { HookAnswer, HookRequest } from '../hook.js'

export type Handshake = { readonly ok: true; readonly challenge: string } | { readonly ok: false }

const CHALLENGE = /^[\w.-]{1,256}$/

/** The answer to Meta's handshake by GET, also where it is refused; undefined for any other request. */
export function answerHandshake({ method, query }: HookRequest, verifyToken: string): HookAnswer | undefined {
  if (method !== 'GET') return undefined
  const answer = verifyHandshake(query, verifyToken)
  return answer.ok ? { status: 200, body: answer.challenge } : { status: 403, body: 'wrong verify token' }
}

/** Meta's question whether this address is ours: the verify token in constant time, and a challenge that is safe to repeat. */
export function verifyHandshake(query: Readonly<Record<string, unknown>>, verifyToken: string): Handshake {
  const token = query['hub.verify_token']
  const challenge = query['hub.challenge']
  const knowsToken =
    verifyToken !== '' && typeof token === 'string' && timingSafeEqual(digest(token), digest(verifyToken))
  if (!knowsToken || query['hub.mode'] !== 'subscribe') return { ok: false }
  return typeof challenge === 'string' && CHALLENGE.test(challenge) ? { ok: true, challenge } : { ok: false }
}

/** Two digests are of one length, whatever was digested. */
function digest(text: string): Buffer {
  return createHash('sha256').update(text).digest()
}
