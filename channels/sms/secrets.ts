import { createHash, timingSafeEqual } from 'node:crypto'

/** Compares in constant time, whatever the lengths; nothing equals an empty secret. */
export function isSecret(given: unknown, secret: string): boolean {
  return secret !== '' && typeof given === 'string' && timingSafeEqual(digest(given), digest(secret))
}

/** Two digests are of one length, whatever was digested. */
function digest(text: string): Buffer {
  return createHash('sha256').update(text).digest()
}
