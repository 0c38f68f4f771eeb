/**
 * Folding: the one way in which Rabta makes spellings equal, for search, for word lists and for place names.
 * Works code point by code point, so that every folded character knows where it came from.
 */

const ARABIC: Readonly<Record<string, string>> = {
  ك: 'ک',
  ڪ: 'ک',
  ګ: 'گ',
  ڭ: 'گ',
  ڰ: 'گ',
  ي: 'ی',
  ى: 'ی',
  ې: 'ی',
  ۍ: 'ی',
  ے: 'ی',
  ۓ: 'ی',
  ئ: 'ی',
  ێ: 'ی',
  ۑ: 'ی',
  ؠ: 'ی',
  ݷ: 'ی',
  ہ: 'ه',
  ۀ: 'ه',
  ة: 'ه',
  ۃ: 'ه',
  ۂ: 'ه',
  ە: 'ه',
  ھ: 'ه',
  ۿ: 'ه',
  أ: 'ا',
  إ: 'ا',
  آ: 'ا',
  ٱ: 'ا',
  ٲ: 'ا',
  ٳ: 'ا',
  ؤ: 'و',
  ۇ: 'و',
  ۆ: 'و',
  ۈ: 'و',
  ۋ: 'و',
  ء: '',
  ٴ: '',
  ٵ: 'ا',
  ٶ: 'و',
  ٷ: 'و',
  ٸ: 'ی',
  ں: 'ن',
  ـ: '',
  '٬': '',
  '٫': '.',
  '۔': '.',
  '،': ',',
  '؛': ';',
  '؟': '?',
  '٪': '%',
}

/** What leaves no trace: diacritics and other combining marks, joiners, direction marks, variation selectors, invisible characters. By code point, both ends included. */
const DROPPED: readonly (readonly [first: number, last: number])[] = [
  [0x0300, 0x036f],
  [0x0483, 0x0489],
  [0x0610, 0x061a],
  [0x064b, 0x065f],
  [0x0670, 0x0670],
  [0x06d6, 0x06dc],
  [0x06df, 0x06e8],
  [0x06ea, 0x06ed],
  [0x0898, 0x089f],
  [0x08ca, 0x08ff],
  [0x093c, 0x093c],
  [0x00ad, 0x00ad],
  [0x034f, 0x034f],
  [0x061c, 0x061c],
  [0x115f, 0x115f],
  [0x1160, 0x1160],
  [0x17b4, 0x17b4],
  [0x17b5, 0x17b5],
  [0x180b, 0x180f],
  [0x1ab0, 0x1aff],
  [0x1dc0, 0x1dff],
  [0x200b, 0x200f],
  [0x202a, 0x202e],
  [0x2060, 0x206f],
  [0x20d0, 0x20ff],
  [0x3164, 0x3164],
  [0xfc5e, 0xfc63],
  [0xfcf2, 0xfcf4],
  [0xfe00, 0xfe0f],
  [0xfe20, 0xfe2f],
  [0xfe70, 0xfe7f],
  [0xfeff, 0xfeff],
  [0xffa0, 0xffa0],
  [0xe0000, 0xe0fff],
]

const DIGIT_BLOCKS = [0x0660, 0x06f0, 0x0966, 0x09e6] as const

function foldCodePoint(char: string): string {
  const code = char.codePointAt(0) ?? 0
  if (code < 0x80) return code >= 0x41 && code <= 0x5a ? char.toLowerCase() : char
  if (DROPPED.some(([first, last]) => code >= first && code <= last)) return ''
  const known = ARABIC[char]
  if (known !== undefined) return known
  for (const zero of DIGIT_BLOCKS) if (code >= zero && code <= zero + 9) return String(code - zero)
  if (code >= 0x0600 && code <= 0x06ff) return char
  const decomposed = char.normalize('NFKD')
  if (decomposed === char) return char.toLowerCase()
  let folded = ''
  for (const part of decomposed) folded += part === char ? part.toLowerCase() : foldCodePoint(part)
  return folded
}

/** By UTF-16 unit: each is folded once in the life of a process. */
const ofUnits: (string | undefined)[] = Array.from({ length: 0x10000 })
/** By code point beyond those. */
const ofPairs = new Map<number, string>()

function foldCached(code: number): string {
  if (code <= 0xffff) return (ofUnits[code] ??= foldCodePoint(String.fromCharCode(code)))
  let folded = ofPairs.get(code)
  if (folded === undefined) {
    folded = foldCodePoint(String.fromCodePoint(code))
    if (ofPairs.size < 20_000) ofPairs.set(code, folded)
  }
  return folded
}

/** Here a unit folds to no unit or to several, or is half of a pair, or has not been met. */
const NOT_ONE = 0xffff
/** By UTF-16 unit: the one unit it folds to. */
const ones = new Uint16Array(0x10000).fill(NOT_ONE)

/** A text being folded: its units, and where in the original the character of each starts. Kept for the next text but where it is huge. */
let room = roomFor(1_024)
const MOST_KEPT = 700_000

interface Room {
  readonly units: Uint16Array
  readonly starts: Uint32Array
}

function roomFor(length: number, held?: Room): Room {
  const room = { units: new Uint16Array(length), starts: new Uint32Array(length) }
  if (held !== undefined) {
    room.units.set(held.units)
    room.starts.set(held.starts)
  }
  return room
}

/** Folds into `room`, and says how many units there are. */
function foldIntoRoom(original: string): number {
  const { length } = original
  if (room.units.length < length || room.units.length > MOST_KEPT) room = roomFor(Math.max(length, 1_024))
  let { units, starts } = room
  let size = 0
  for (let at = 0; at < length;) {
    const unit = original.charCodeAt(at)
    const one = ones[unit] as number
    if (one !== NOT_ONE) {
      units[size] = one
      starts[size++] = at++
      continue
    }
    const code = original.codePointAt(at) ?? 0
    const folded = foldCached(code)
    if (folded.length === 1 && (unit & 0xf800) !== 0xd800) ones[unit] = folded.charCodeAt(0)
    const wanted = size + folded.length + length - at
    if (wanted > units.length) ({ units, starts } = room = roomFor(2 * wanted, room))
    for (let part = 0; part < folded.length; part++) {
      units[size] = folded.charCodeAt(part)
      starts[size++] = at
    }
    at += code > 0xffff ? 2 : 1
  }
  return size
}

/** The first units of `room`. */
function textInRoom(size: number): string {
  const { units } = room
  let all = 0
  for (let at = 0; at < size; at++) all |= units[at] as number
  // Strings of bytes are read faster than the same of pairs of bytes.
  return all < 0x100
    ? Buffer.from(units.subarray(0, size)).toString('latin1')
    : Buffer.from(units.buffer, 0, 2 * size).toString('utf16le')
}

const FOLDED_ALREADY = /^[a-z0-9 ]*$/

/** The folded form of `text`: lower case, one form for each letter that is keyed in several, ASCII digits, no diacritics or joiners. */
export function fold(text: string): string {
  return FOLDED_ALREADY.test(text) ? text : textInRoom(foldIntoRoom(text))
}

export interface FoldedText {
  readonly text: string
  /** For each UTF-16 unit of `text`, the offset in the original where the character it came from starts; one more entry at the end: the original's length. */
  readonly starts: Uint32Array
}

/** `fold` with the way back: a match at `[a, b)` of the folded text covers `[starts[a], originalEnd(folded, b))` of the original. */
export function foldWithOffsets(original: string): FoldedText {
  const size = foldIntoRoom(original)
  const starts = new Uint32Array(size + 1)
  starts.set(room.starts.subarray(0, size))
  starts[size] = original.length
  return { text: textInRoom(size), starts }
}

/** Where, in the original, the character that holds folded unit `end - 1` ends (before any dropped marks of the next). */
export function originalEnd(folded: FoldedText, original: string, end: number): number {
  if (end <= 0) return 0
  const start = folded.starts[end - 1] ?? original.length
  const code = original.codePointAt(start) ?? 0
  return Math.min(original.length, start + (code > 0xffff ? 2 : 1))
}
