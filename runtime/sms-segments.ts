/** GSM 03.38 (3GPP TS 23.038), the default alphabet: a character stands at its septet, the escape among them. */
export const GSM_BASIC =
  '@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞ\x1bÆæßÉ !"#¤%&\'()*+,-./0123456789:;<=>?¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà'
export const GSM_ESCAPE = 0x1b
/** What follows the escape for the characters of the extension table: each of these takes two places. */
export const GSM_EXTENSION: readonly (readonly [septet: number, character: string])[] = [
  [0x0a, '\f'],
  [0x14, '^'],
  [0x28, '{'],
  [0x29, '}'],
  [0x2f, '\\'],
  [0x3c, '['],
  [0x3d, '~'],
  [0x3e, ']'],
  [0x40, '|'],
  [0x65, '€'],
]

const GSM_WIDTHS: ReadonlyMap<string, number> = new Map([
  ...[...GSM_BASIC].flatMap((character, septet) => (septet === GSM_ESCAPE ? [] : [[character, 1] as const])),
  ...GSM_EXTENSION.map(([, character]) => [character, 2] as const),
])

/** The places of an SMS that goes alone, and of one that is joined to others: six octets of each part are its concatenation header. */
export const SMS_PLACES = { 'gsm-7': { single: 160, joined: 153 }, 'ucs-2': { single: 70, joined: 67 } } as const

/** `gsm-7` where every character is of that alphabet, else `ucs-2` for the whole text. */
export type SmsEncoding = keyof typeof SMS_PLACES

export interface SmsSegments {
  readonly encoding: SmsEncoding
  /** Places taken: septets of GSM-7, UTF-16 units of UCS-2. */
  readonly units: number
  /** How many SMS it costs; an empty text costs one. */
  readonly parts: number
  /** Places left before it costs one more. */
  readonly left: number
}

export interface SplitSms {
  readonly encoding: SmsEncoding
  /** Joined they are the text; none for an empty text. */
  readonly parts: readonly string[]
}

/** How a text is sent by SMS: its alphabet, the places it takes, and how many joined messages that makes. Pure; the pages use it too. */
export function segments(text: string): SmsSegments {
  const { encoding, units, parts, left } = fill(text)
  return { encoding, units, parts: Math.max(parts.length, 1), left }
}

/** The text cut into what each SMS carries. */
export function splitSms(text: string): SplitSms {
  const { encoding, parts } = fill(text)
  return { encoding, parts }
}

/** Neither an escaped character nor a surrogate pair is cut in two: it goes to the next part, and a place stays empty. */
function fill(text: string): SplitSms & { readonly units: number; readonly left: number } {
  const characters = [...text]
  const encoding = characters.every((character) => GSM_WIDTHS.has(character)) ? 'gsm-7' : 'ucs-2'
  const widthOf = (character: string) => (encoding === 'gsm-7' ? GSM_WIDTHS.get(character) : undefined) ?? character.length // prettier-ignore
  const units = characters.reduce((sum, character) => sum + widthOf(character), 0)
  const { single, joined } = SMS_PLACES[encoding]
  if (units <= single) return { encoding, units, parts: text === '' ? [] : [text], left: single - units }
  const parts: string[] = []
  let part = ''
  let used = 0
  for (const character of characters) {
    const width = widthOf(character)
    if (used + width > joined) {
      parts.push(part)
      part = ''
      used = 0
    }
    part += character
    used += width
  }
  return { encoding, units, parts: [...parts, part], left: joined - used }
}
