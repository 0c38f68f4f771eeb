import { fitsGsm7, septetsOf } from './gsm7.js'

export type SmsEncoding = 'gsm7' | 'ucs2'

export interface Segments {
  readonly encoding: SmsEncoding
  /** How many messages it costs; 0 for an empty text. */
  readonly parts: number
  /** What still fits into the last part, in the units of the encoding (an extension character and an emoji take two). */
  readonly charactersLeft: number
  /** 160 or 153, 70 or 67. */
  readonly perPart: number
}

const ALONE: Readonly<Record<SmsEncoding, number>> = { gsm7: 160, ucs2: 70 }
/** Six octets of each part are its concatenation header. */
const JOINED: Readonly<Record<SmsEncoding, number>> = { gsm7: 153, ucs2: 67 }
/** A header of one octet counts them. */
export const MAX_PARTS = 255

/** How a text goes out as SMS. Needs nothing but the language, so that a page can count with it too. */
export function segmentsOf(text: string): Segments {
  const { encoding, parts, perPart, used } = split(text)
  return { encoding, parts: parts.length, charactersLeft: perPart - used, perPart }
}

/** The text cut into what each SMS carries: joined they are the text, and no character (surrogate pair, extension) is cut in two. */
export function splitText(text: string): { readonly encoding: SmsEncoding; readonly parts: readonly string[] } {
  const { encoding, parts } = split(text)
  return { encoding, parts }
}

function split(text: string) {
  const encoding: SmsEncoding = fitsGsm7(text) ? 'gsm7' : 'ucs2'
  const unitsOf =
    encoding === 'gsm7' ? (character: string) => septetsOf(character) ?? 1 : (character: string) => character.length
  let units = 0
  for (const character of text) units += unitsOf(character)
  if (units <= ALONE[encoding])
    return { encoding, parts: text === '' ? [] : [text], perPart: ALONE[encoding], used: units }
  const perPart = JOINED[encoding]
  const parts: string[] = []
  let part = ''
  let used = 0
  for (const character of text) {
    const own = unitsOf(character)
    if (used + own > perPart) {
      parts.push(part)
      part = ''
      used = 0
    }
    part += character
    used += own
  }
  parts.push(part)
  return { encoding, parts, perPart, used }
}
