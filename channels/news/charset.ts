/** Beyond this share of broken characters a text that claims to be UTF-8 is something else. */
const BROKEN_SHARE = 0.1
const HEAD_BYTES = 1_024
/** What old Urdu, Pashto and Arabic sites are in where nobody says. */
const UNSAID = 'windows-1256'

/**
 * The text of a feed. A byte order mark decides; then bytes that are well-formed UTF-8 are UTF-8, whatever the server or the document calls them, since no
 * other charset looks so by accident; then the HTTP header, then the XML declaration, then windows-1256. Never throws; the mark itself is dropped.
 */
export function decodeFeed(bytes: Buffer, contentType: string | undefined): string {
  const marked = byMark(bytes)
  if (marked !== undefined) return marked
  const strict = decode(bytes, 'utf-8', true)
  if (strict !== undefined && /[^\0-\x7f]/.test(strict)) return strict
  const named = [charsetOf(contentType), declaredCharset(bytes)].filter((name) => name !== undefined)
  for (const name of named.filter((candidate) => !isUtf8(candidate))) {
    const text = decode(bytes, name, false)
    if (text !== undefined) return text
  }
  if (strict !== undefined) return strict
  const lenient = bytes.toString('utf8')
  if (named.some(isUtf8) && brokenShare(lenient) < BROKEN_SHARE) return lenient
  return decode(bytes, UNSAID, false) ?? lenient
}

function byMark(bytes: Buffer): string | undefined {
  const [first, second, third, fourth] = bytes
  if (first === 0xef && second === 0xbb && third === 0xbf) return bytes.toString('utf8', 3)
  if (first === 0xff && second === 0xfe) return decode(bytes, 'utf-16le', false)
  if (first === 0xfe && second === 0xff) return decode(bytes, 'utf-16be', false)
  if (first === 0x3c && second === 0 && third !== 0 && fourth === 0) return decode(bytes, 'utf-16le', false)
  if (first === 0 && second === 0x3c && third === 0) return decode(bytes, 'utf-16be', false)
  return undefined
}

function decode(bytes: Buffer, charset: string, fatal: boolean): string | undefined {
  try {
    return new TextDecoder(charset, { fatal }).decode(bytes)
  } catch {
    return undefined
  }
}

const charsetOf = (contentType: string | undefined): string | undefined =>
  /charset\s*=\s*["']?([\w.:-]{2,40})/i.exec(contentType ?? '')?.[1]

const declaredCharset = (bytes: Buffer): string | undefined =>
  /<\?xml[^>]*?encoding\s*=\s*["']([\w.:-]{2,40})["']/i.exec(bytes.toString('latin1', 0, HEAD_BYTES))?.[1]

// A document that declares UTF-16 and is read as single bytes so far cannot be UTF-16.
const isUtf8 = (name: string): boolean => /^(utf-?8|us-ascii|ascii|utf-?16(le|be)?|ucs-?2)$/i.test(name)

function brokenShare(text: string): number {
  let broken = 0
  let beyond = 0
  for (const char of text) {
    if (char > '\x7f') beyond++
    if (char === '\ufffd') broken++
  }
  return beyond === 0 ? 0 : broken / beyond
}
