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
  return formsOf(address)
    .map((url) => timingSafeSame(header, signatureOf(url, form, authToken)))
    .some((fits) => fits)
}

export function signatureOf(address: string, form: URLSearchParams, authToken: string): string {
  const names = [...new Set(form.keys())].sort()
  const written = names.map((name) =>
    [...new Set(form.getAll(name))]
      .sort()
      .map((value) => `${name}${value}`)
      .join(''),
  )
  return createHmac('sha1', authToken)
    .update(`${address}${written.join('')}`, 'utf8')
    .digest('base64')
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
