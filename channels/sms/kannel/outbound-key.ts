const FORM = /^[A-Za-z0-9_-]{1,700}$/

/**
 * Our outbound's id as it goes into a `dlr-url`: Kannel takes a percent sign before some letters for an escape of its own (`%D8` would lose its first
 * half), so that it must not hold one.
 */
export function outboundKey(id: string): string {
  return Buffer.from(id, 'utf8').toString('base64url')
}

/** The id in a key; undefined where it is none. */
export function readOutboundKey(key: string): string | undefined {
  if (!FORM.test(key)) return undefined
  const id = Buffer.from(key, 'base64url').toString('utf8')
  return outboundKey(id) === key ? id : undefined
}
