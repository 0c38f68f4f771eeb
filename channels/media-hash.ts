const HEX = /^[0-9a-f]{64}$/i
const BASE64 = /^[\w+/-]{43}=?$/

/** A SHA-256 as platforms write it, in hex or in base64 of either alphabet, as lower-case hex; null for anything else. */
export function sha256Of(text: string | null): string | null {
  const trimmed = text?.trim() ?? ''
  if (HEX.test(trimmed)) return trimmed.toLowerCase()
  if (!BASE64.test(trimmed)) return null
  const bytes = Buffer.from(trimmed, 'base64url')
  return bytes.length === 32 ? bytes.toString('hex') : null
}
