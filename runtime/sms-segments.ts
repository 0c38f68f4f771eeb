/** The default alphabet of GSM 03.38, without the escape, and the table that the escape opens: each of these takes two places. */
const BASIC = new Set(
  '@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !"#¤%&\'()*+,-./0123456789:;<=>?¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà',
)
const EXTENDED = new Set('\f^{}\\[~]|€')

const LIMITS = { 'gsm-7': { single: 160, joined: 153 }, 'ucs-2': { single: 70, joined: 67 } } as const

export interface SmsSegments {
  /** `gsm-7` where every character is of that alphabet, else `ucs-2` for the whole text. */
  readonly encoding: keyof typeof LIMITS
  /** Places taken: septets of GSM-7, UTF-16 units of UCS-2. */
  readonly units: number
  /** How many SMS it costs; an empty text costs one. */
  readonly parts: number
  /** Places left before it costs one more. */
  readonly left: number
}

/** The places that each character takes; undefined where one is not of GSM-7. */
function gsmWidths(text: string): number[] | undefined {
  const widths: number[] = []
  for (const character of text) {
    if (BASIC.has(character)) widths.push(1)
    else if (EXTENDED.has(character)) widths.push(2)
    else return undefined
  }
  return widths
}

/** Neither an escaped character nor a surrogate pair is cut in two: it goes to the next part, and a place stays empty. */
function fill(widths: readonly number[], room: number): { parts: number; left: number } {
  let parts = 1
  let used = 0
  for (const width of widths) {
    if (used + width > room) {
      parts++
      used = 0
    }
    used += width
  }
  return { parts, left: room - used }
}

/** How a text is sent by SMS: its alphabet, the places it takes, and how many joined messages that makes. Pure; the pages use it too. */
export function segments(text: string): SmsSegments {
  const gsm = gsmWidths(text)
  const encoding = gsm === undefined ? 'ucs-2' : 'gsm-7'
  const widths = gsm ?? [...text].map((character) => character.length)
  const units = widths.reduce((sum, width) => sum + width, 0)
  const { single, joined } = LIMITS[encoding]
  return { encoding, units, ...(units <= single ? { parts: 1, left: single - units } : fill(widths, joined)) }
}
