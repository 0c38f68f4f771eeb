const NEVER_WRITTEN = new Set([
  'ECONNREFUSED',
  'ENOTFOUND',
  'EAI_AGAIN',
  'EAI_FAIL',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'EADDRNOTAVAIL',
  'EMFILE',
  'ENFILE',
  'UND_ERR_CONNECT_TIMEOUT',
  'CERT_HAS_EXPIRED',
  'DEPTH_ZERO_SELF_SIGNED_CERT',
  'SELF_SIGNED_CERT_IN_CHAIN',
  'UNABLE_TO_VERIFY_LEAF_SIGNATURE',
  'ERR_TLS_CERT_ALTNAME_INVALID',
])

const MAX_DEPTH = 5

/** The code of a network error, however deep the library wrapped it; undefined where there is none. */
export function networkCode(error: unknown, depth = 0): string | undefined {
  if (typeof error !== 'object' || error === null || depth > MAX_DEPTH) return undefined
  const { code, cause, errors } = error as { code?: unknown; cause?: unknown; errors?: unknown }
  if (typeof code === 'string') return code
  const inner = Array.isArray(errors) ? networkCode(errors[0], depth + 1) : undefined
  return inner ?? networkCode(cause, depth + 1)
}

/** Whether the error happened before a byte of the request could have left: only then is it certain that nothing was done. */
export function neverWritten(error: unknown): boolean {
  const code = networkCode(error)
  return code !== undefined && NEVER_WRITTEN.has(code)
}
