/** Marks that steer direction and show nothing; phones put them anywhere into dates, names and notices. */
const DIRECTION_MARKS = /[\u061c\u200b\u200e\u200f\u202a-\u202e\u2060\u2066-\u2069\ufeff]/g
const SPACES = /[\t\u00a0\u1680\u2000-\u200a\u202f\u205f\u3000 ]+/g

export const withoutMarks = (text: string): string => text.replace(DIRECTION_MARKS, '')

/** One line as it is compared: no marks, every run of blanks one space, composed letters. */
export const plainLine = (text: string): string => withoutMarks(text).replace(SPACES, ' ').trim().normalize('NFC')

export const isMark = (unit: number): boolean =>
  unit === 0x200e ||
  unit === 0x200f ||
  unit === 0x061c ||
  unit === 0x200b ||
  unit === 0x2060 ||
  unit === 0xfeff ||
  (unit >= 0x202a && unit <= 0x202e) ||
  (unit >= 0x2066 && unit <= 0x2069)

export const isBlank = (unit: number): boolean =>
  unit === 0x20 ||
  unit === 0x09 ||
  unit === 0xa0 ||
  unit === 0x202f ||
  unit === 0x205f ||
  unit === 0x3000 ||
  (unit >= 0x2000 && unit <= 0x200a)

/** The digit as ASCII where it is Arabic-Indic, Extended Arabic-Indic or Devanagari. */
export function asciiDigit(unit: number): number | undefined {
  for (const zero of [0x0660, 0x06f0, 0x0966]) if (unit >= zero && unit <= zero + 9) return unit - zero + 0x30
  return undefined
}
