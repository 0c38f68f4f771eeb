import { createHash, createHmac, timingSafeEqual } from 'node:crypto'

const HEADER = /^sha256=([0-9a-f]{64})$/i

/**
 * Whether Meta signed exactly these bytes (`X-Hub-Signature-256: sha256=<hex HMAC-SHA256(app secret, raw body)>`).
 * Takes any header and any length, compares in constant time, never throws; an empty secret signs nothing.
 */
export function verifySignature(rawBody: Buffer, header: unknown, appSecret: string): boolean {
  if (appSecret === '' || typeof header !== 'string') return false
  const given = HEADER.exec(header)?.[1]
  if (given === undefined) return false
  return timingSafeEqual(Buffer.from(given, 'hex'), createHmac('sha256', appSecret).update(rawBody).digest())
}

export type Handshake = { readonly ok: true; readonly challenge: string } | { readonly ok: false }

const CHALLENGE = /^[\w.-]{1,256}$/

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
