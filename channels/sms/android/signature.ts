import { createHmac, timingSafeEqual } from 'node:crypto'

/**
 * Whether the phone signed these bytes just now: `X-Signature` is the hex HMAC-SHA256, by its signing key, of the body followed by `X-Timestamp`
 * (seconds). Takes any headers, compares in constant time, never throws; an empty key signs nothing. A try again is signed anew.
 */
export function verifyAndroidSignature(
  rawBody: Buffer,
  headers: { readonly signature: unknown; readonly timestamp: unknown },
  options: { readonly signingKey: string; readonly nowMs: number; readonly windowMs: number },
): boolean {
  const { signature, timestamp } = headers
  if (options.signingKey === '' || typeof signature !== 'string' || typeof timestamp !== 'string') return false
  if (!/^[0-9a-f]{64}$/i.test(signature) || !/^\d{1,12}$/.test(timestamp)) return false
  const right = createHmac('sha256', options.signingKey).update(rawBody).update(timestamp, 'utf8').digest()
  const isRight = timingSafeEqual(Buffer.from(signature, 'hex'), right)
  return isRight && Math.abs(options.nowMs - Number(timestamp) * 1000) <= options.windowMs
}
