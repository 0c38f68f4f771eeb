import { decodeGsm7 } from './gsm7.js'
import { decodeUcs2 } from './ucs2.js'

/** What an SMSC means by `data_coding` 0: the standard says GSM 03.38, and some are set up otherwise. */
export type DefaultCoding = 'gsm7' | 'latin1' | 'utf8'

export interface DecodedText {
  readonly text: string
  /** The coding it was read in: part of what tells one message's parts from another's. */
  readonly coding: string
  /** The coding is unknown, or the bytes were not what it says: the text is the best guess. */
  readonly guessed: boolean
}

const LABELLED: Readonly<Record<number, string>> = {
  0x05: 'shift_jis',
  0x06: 'iso-8859-5',
  0x07: 'iso-8859-8',
  0x0a: 'iso-2022-jp',
  0x0d: 'euc-jp',
  0x0e: 'euc-kr',
}

/** Reads the octets of one SMS by SMPP's `data_coding`; takes any octets and any coding, and never gives less than it was given. */
export function decodeText(bytes: Uint8Array, dataCoding: number, defaultCoding: DefaultCoding = 'gsm7'): DecodedText {
  const scheme = schemeOf(dataCoding)
  if (scheme === 'default') return decodeDefault(bytes, defaultCoding)
  if (scheme === 'ascii') {
    return bytes.some((byte) => byte > 0x7f) ? guess(bytes) : { text: latin1(bytes), coding: 'ascii', guessed: false }
  }
  if (scheme === 'latin1') return { text: latin1(bytes), coding: 'latin1', guessed: false }
  if (scheme === 'ucs2') {
    const { text, odd } = decodeUcs2(bytes)
    return { text, coding: 'ucs2', guessed: odd }
  }
  if (scheme === 'unknown') return guess(bytes)
  return { text: new TextDecoder(scheme).decode(bytes), coding: scheme, guessed: true }
}

/** SMPP's own values up to 0x0f; above them those of GSM 03.38: general, message waiting, message class. */
function schemeOf(dataCoding: number): string {
  if (dataCoding === 0x00) return 'default'
  if (dataCoding === 0x01) return 'ascii'
  if (dataCoding === 0x03) return 'latin1'
  if (dataCoding === 0x08) return 'ucs2'
  if (dataCoding < 0x10) return LABELLED[dataCoding] ?? 'unknown'
  // The compressed form has no reader anywhere.
  if (dataCoding < 0x40) return (dataCoding & 0x20) !== 0 ? 'unknown' : alphabetOf((dataCoding >> 2) & 3)
  if (dataCoding >= 0xc0 && dataCoding < 0xe0) return 'default'
  if (dataCoding >= 0xe0 && dataCoding < 0xf0) return 'ucs2'
  if (dataCoding >= 0xf0) return (dataCoding & 0x04) === 0 ? 'default' : 'unknown'
  return 'unknown'
}

const alphabetOf = (bits: number) => (bits === 0 ? 'default' : bits === 2 ? 'ucs2' : 'unknown')

function decodeDefault(bytes: Uint8Array, defaultCoding: DefaultCoding): DecodedText {
  if (looksLikeUcs2(bytes)) return { text: decodeUcs2(bytes).text, coding: 'ucs2', guessed: true }
  if (defaultCoding === 'latin1') return { text: latin1(bytes), coding: 'latin1', guessed: false }
  if (defaultCoding === 'utf8') {
    const text = utf8(bytes)
    return text === undefined ? guess(bytes) : { text, coding: 'utf8', guessed: false }
  }
  const { text, odd } = decodeGsm7(bytes)
  return odd ? guess(bytes) : { text, coding: 'gsm7', guessed: false }
}

/** Nobody said what it is, or what was said is wrong: Urdu in UTF-16, UTF-8, and Latin-1, which takes everything. */
function guess(bytes: Uint8Array): DecodedText {
  if (looksLikeUcs2(bytes)) return { text: decodeUcs2(bytes).text, coding: 'ucs2', guessed: true }
  const text = utf8(bytes)
  return text === undefined
    ? { text: latin1(bytes), coding: 'latin1', guessed: true }
    : { text, coding: 'utf8', guessed: true }
}

const LEAST_UNITS = 2

/** Nearly every unit is of the Arabic block, Latin, or a presentation form, and one at least Arabic: as GSM 03.38 it would be every other letter `ù`. */
function looksLikeUcs2(bytes: Uint8Array): boolean {
  if (bytes.length % 2 !== 0 || bytes.length < LEAST_UNITS * 2) return false
  let arabic = 0
  let latin = 0
  for (let at = 0; at < bytes.length; at += 2) {
    const high = bytes[at] ?? 0
    if (high === 0x06 || high === 0x07 || high === 0xfb || high === 0xfe) arabic += 1
    else if (high === 0x00 || high === 0x20) latin += 1
  }
  return arabic > 0 && (arabic + latin) * 10 >= bytes.length * 4.5
}

function utf8(bytes: Uint8Array): string | undefined {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: false }).decode(bytes)
  } catch {
    return undefined
  }
}

function latin1(bytes: Uint8Array): string {
  let text = ''
  for (const byte of bytes) text += String.fromCharCode(byte)
  return text
}
