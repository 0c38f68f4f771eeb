import { createHmac, timingSafeEqual } from 'node:crypto'

/**
 * Whether Twilio signed this form for this address (`X-Twilio-Signature`: base64 HMAC-SHA1 by the auth token of the address and all parameters, sorted,
 * name and value without anything between). Twilio now and then writes the standard port into the address and now and then not: both count.
 * Takes any header, compares in constant time, never throws; an empty token signs nothing.
 */
export function verifyTwilioSignature(
  address: string,
  form: URLSearchParams,
  header: unknown,
  authToken: string,
): boolean {
  if (authToken === '' || typeof header !== 'string' || header.length > 200) return false
  const written = writtenOut(form)
  return formsOf(address)
    .map((url) => timingSafeSame(header, signed(url, written, authToken)))
    .some((fits) => fits)
}

const signed = (address: string, written: string, authToken: string): string =>
  createHmac('sha1', authToken).update(`${address}${written}`, 'utf8').digest('base64')

/** In one pass over the form: a stranger may send a hundred thousand names, and nobody knows yet that he is one. */
function writtenOut(form: URLSearchParams): string {
  const values = new Map<string, Set<string>>()
  for (const [name, value] of form) {
    const known = values.get(name)
    if (known === undefined) values.set(name, new Set([value]))
    else known.add(value)
  }
  return [...values.keys()]
    .sort()
    .map((name) =>
      [...(values.get(name) ?? [])]
        .sort()
        .map((value) => `${name}${value}`)
        .join(''),
    )
    .join('')
}

function timingSafeSame(given: string, right: string): boolean {
  const [a, b] = [Buffer.from(given), Buffer.from(right)]
  return a.length === b.length && timingSafeEqual(a, b)
}

/** The address as it is, with the port of its scheme, and without it. Made by hand: a URL object would change how the query is written. */
function formsOf(address: string): readonly string[] {
  const [, scheme = '', host = '', port, rest = ''] =
    /^(https?):\/\/([^/?#:]+|\[[^\]]+\])(?::(\d+))?(.*)$/is.exec(address) ?? []
  if (host === '') return [address]
  const standard = scheme.toLowerCase() === 'https' ? '443' : '80'
  const bare = `${scheme}://${host}${rest}`
  return port === undefined ? [address, `${scheme}://${host}:${standard}${rest}`] : [address, bare]
}
