export interface KannelText {
  readonly text: string
  /** `charset-guessed` where the bytes are not what was said of them, `content-unsupported` where they are no words. */
  readonly mended: readonly string[]
}

const WIDE = /^(utf-?16(-?be)?|ucs-?2(-?be)?|iso-10646-ucs-2)$/i
const WIDE_LITTLE = /^(utf-?16-?le|ucs-?2-?le)$/i
const WESTERN = /^(iso-?8859-?1(5)?|latin-?1|windows-?1252|cp-?1252)$/i
const BINARY = /^(8-?bit|binary)$/i
// eslint-disable-next-line no-control-regex -- what no words hold: its presence tells UTF-16 and binary from text
const CONTROLS = /[\u0000-\u0008\u000b\u000c\u000e-\u001f]/

/**
 * The words in the bytes of `%b`. With `mo-recode = true` they are UTF-8; without it Unicode comes as bare UTF-16BE (`charset=UTF-16BE`, `coding=2`).
 * What was said of them is believed only while the bytes agree: no message is lost to a wrong setting.
 */
export function decodeKannelText(bytes: Buffer, said: { charset: string; coding: string }): KannelText {
  const charset = said.charset.trim()
  if (bytes.length === 0) return { text: '', mended: [] }
  if (BINARY.test(charset) || (charset === '' && said.coding === '1')) return binaryText(bytes)
  if (WIDE_LITTLE.test(charset) && bytes.length % 2 === 0) return { text: utf16(bytes, 'le'), mended: [] }
  if (WIDE.test(charset)) return wideText(bytes)
  if (WESTERN.test(charset)) return { text: western(bytes), mended: [] }
  return narrowText(bytes, charset === '' && said.coding === '2')
}

function wideText(bytes: Buffer): KannelText {
  if (bytes.length % 2 === 0) return { text: utf16(bytes, 'be'), mended: [] }
  const narrow = strictUtf8(bytes)
  if (narrow !== undefined && !CONTROLS.test(narrow)) return { text: narrow, mended: ['charset-guessed'] }
  return { text: utf16(bytes.subarray(0, bytes.length - 1), 'be'), mended: ['charset-guessed'] }
}

function narrowText(bytes: Buffer, isWideByCoding: boolean): KannelText {
  const narrow = strictUtf8(bytes)
  if (narrow !== undefined && !CONTROLS.test(narrow)) return { text: narrow, mended: [] }
  const wide = bytes.length % 2 === 0 ? utf16(bytes, 'be') : undefined
  if (wide !== undefined && isWideByCoding) return { text: wide, mended: [] }
  if (wide !== undefined && looksWide(bytes, wide)) return { text: wide, mended: ['charset-guessed'] }
  if (narrow !== undefined) return { text: narrow, mended: [] }
  const lossy = bytes.toString('utf8')
  // Cut or damaged UTF-8 still holds whole letters beyond ASCII; Latin text in another charset holds none.
  const isDamaged = /[^\p{ASCII}\ufffd]/u.test(lossy)
  return { text: isDamaged ? lossy : western(bytes), mended: ['charset-guessed'] }
}

/** 8-bit messages are mostly data for a phone, and now and then the text of an old one. */
function binaryText(bytes: Buffer): KannelText {
  const narrow = strictUtf8(bytes)
  return narrow !== undefined && !CONTROLS.test(narrow)
    ? { text: narrow, mended: ['charset-guessed'] }
    : { text: '', mended: ['content-unsupported'] }
}

/** Every other byte is a page of the scripts people write here: Latin, Arabic and its extensions, punctuation, the halves of emoji. */
function looksWide(bytes: Buffer, wide: string): boolean {
  let pages = 0
  for (let at = 0; at < bytes.length; at += 2) {
    const page = bytes[at] ?? 0
    const isCommon = [0x00, 0x06, 0x07, 0x08, 0x20, 0xfb, 0xfd, 0xfe].includes(page) || (page >= 0xd8 && page <= 0xdf)
    if (isCommon) pages += 1
  }
  return pages * 2 >= bytes.length * 0.8 && !CONTROLS.test(wide)
}

function strictUtf8(bytes: Buffer): string | undefined {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: false }).decode(bytes)
  } catch {
    return undefined
  }
}

function utf16(bytes: Buffer, order: 'be' | 'le'): string {
  const copy = Buffer.from(bytes)
  return (order === 'be' ? copy.swap16() : copy).toString('utf16le').replace(/^\ufeff/, '')
}

const western = (bytes: Buffer): string => new TextDecoder('windows-1252').decode(bytes)
