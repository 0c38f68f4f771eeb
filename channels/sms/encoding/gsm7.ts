import { GSM_BASIC as BASIC, GSM_ESCAPE as ESCAPE, GSM_EXTENSION as EXTENSION } from '../../../runtime/sms-segments.js'

const SEPTETS = new Map<string, readonly number[]>([
  ...[...BASIC].flatMap((character, septet) => (septet === ESCAPE ? [] : [[character, [septet]] as const])),
  ...EXTENSION.map(([septet, character]) => [character, [ESCAPE, septet]] as const),
])
const EXTENDED = new Map(EXTENSION)

/** One octet a septet, as SMPP carries it; throws a RangeError for a character of another alphabet: `splitSms` says which texts fit. National shift tables are not among what this reads or writes. */
export function encodeGsm7(text: string): Uint8Array {
  const septets: number[] = []
  for (const character of text) {
    const own = SEPTETS.get(character)
    if (own === undefined) throw new RangeError('a character that is not in GSM 03.38')
    septets.push(...own)
  }
  return Uint8Array.from(septets)
}

/**
 * Reads one octet a septet. `odd` says that octets over 0x7f were there, which are no septets: they are read as Latin-1. An escape at the very end
 * stays as U+001B, so that a character cut in two by its sender is whole again once the next part is put behind it (`mendEscapes`).
 */
export function decodeGsm7(bytes: Uint8Array): { readonly text: string; readonly odd: boolean } {
  let text = ''
  let odd = false
  for (let at = 0; at < bytes.length; at++) {
    const byte = bytes[at] ?? 0
    if (byte === ESCAPE) {
      const next = bytes[at + 1]
      if (next === undefined) return { text: `${text}\x1b`, odd }
      const extended = EXTENDED.get(next)
      // An unknown extension is shown as the character of the main table; an escape of an escape as a space.
      text += extended ?? (next === ESCAPE ? ' ' : '')
      if (extended !== undefined || next === ESCAPE) at += 1
    } else if (byte > 0x7f) {
      odd = true
      text += String.fromCharCode(byte)
    } else text += BASIC[byte] ?? ''
  }
  return { text, odd }
}

/** Joins characters that were cut between two parts: an escape and what followed it in the next part. */
export function mendEscapes(text: string): string {
  if (!text.includes('\x1b')) return text
  // eslint-disable-next-line no-control-regex -- the escape is what is looked for
  return text.replace(/\x1b([\s\S]?)/g, (_, next: string) => {
    const septet = SEPTETS.get(next)
    return septet?.length === 1 ? (EXTENDED.get(septet[0] ?? 0) ?? next) : next
  })
}
