import { createHmac, timingSafeEqual } from 'node:crypto'

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
