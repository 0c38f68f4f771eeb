import { createHmac, timingSafeEqual } from 'node:crypto'

const HEADER = /^sha256=([A-Za-z0-9+/]{43}=)$/

const digest = (secret: string, signed: Buffer | string): Buffer => createHmac('sha256', secret).update(signed).digest()

const OBJECT_OPENS = 0x7b

/**
 * Whether X signed exactly these bytes (`x-twitter-webhooks-signature: sha256=<base64 HMAC-SHA256(consumer secret, raw body)>`) as an event. What holds no
 * JSON object is none, however well it is signed: anybody may have a text without braces signed as a challenge.
 * Takes any header and any length, compares in constant time, never throws; an empty secret signs nothing.
 */
export function verifyXSignature(rawBody: Buffer, header: unknown, consumerSecret: string): boolean {
  if (consumerSecret === '' || typeof header !== 'string' || !rawBody.includes(OBJECT_OPENS)) return false
  const given = HEADER.exec(header)?.[1]
  if (given === undefined) return false
  const bytes = Buffer.from(given, 'base64')
  const wanted = digest(consumerSecret, rawBody)
  return bytes.length === wanted.length && timingSafeEqual(bytes, wanted)
}

const MAX_TOKEN_UNITS = 1_024

/**
 * The answer to X's challenge, which it sends at registration and each hour; undefined for what is no challenge. What a token may look like is not said
 * by X, but a JSON object is never one: who could have an event's body signed as a challenge could forge that event.
 */
export function crcAnswer(token: unknown, consumerSecret: string): string | undefined {
  const isToken =
    typeof token === 'string' && token !== '' && token.length <= MAX_TOKEN_UNITS && !/[{}[\]\p{Cc}]/u.test(token)
  if (!isToken || consumerSecret === '') return undefined
  return JSON.stringify({ response_token: `sha256=${digest(consumerSecret, token).toString('base64')}` })
}
