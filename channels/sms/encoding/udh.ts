/** Which part of which message: `scheme` tells references of different length apart. */
export interface Concatenation {
  readonly scheme: 'udh8' | 'udh16' | 'sar'
  readonly reference: number
  readonly total: number
  /** From 1. */
  readonly sequence: number
}

export interface UserData {
  readonly concatenation: Concatenation | undefined
  readonly body: Uint8Array
  /** `header-malformed`: the header is none, and all octets are the body. `national-alphabet`: a shift table that is not read. */
  readonly mended: readonly string[]
}

/** A header of one octet counts the parts. */
export const MAX_PARTS = 255

const CONCAT_8 = 0x00
const CONCAT_16 = 0x08
const NATIONAL_SINGLE = 0x24
const NATIONAL_LOCKING = 0x25

/** Concatenation as a platform names it, or nothing where it makes no sense (part 0, part 4 of 3) or there is but one part. */
export function concatenationOf(
  scheme: Concatenation['scheme'],
  reference: number,
  total: number,
  sequence: number,
): Concatenation | undefined {
  const isSound = Number.isInteger(reference) && reference >= 0 && total >= 2 && sequence >= 1 && sequence <= total
  return isSound && total <= MAX_PARTS ? { scheme, reference, total, sequence } : undefined
}

/**
 * Takes the user data header off. Elements other than concatenation are passed over. Octets that are no header (a length beyond the end, elements that
 * do not add up) stay in the body: a message is never lost for its header. `isWide` says that the body is UTF-16, which must begin at a whole unit.
 */
export function readUserData(bytes: Uint8Array, isWide: boolean): UserData {
  const length = bytes[0]
  const elements = length === undefined ? undefined : elementsOf(bytes.subarray(1, 1 + length), length)
  if (length === undefined || elements === undefined) {
    const from = isWide && bytes.length % 2 === 1 ? 1 : 0
    return { concatenation: undefined, body: bytes.subarray(from), mended: ['header-malformed'] }
  }
  let concatenation: Concatenation | undefined
  const mended: string[] = []
  for (const { id, value } of elements) {
    const [a = 0, b = 0, c = 0, d = 0] = value
    if (id === CONCAT_8 && value.length === 3) concatenation = concatenationOf('udh8', a, b, c)
    if (id === CONCAT_16 && value.length === 4) concatenation = concatenationOf('udh16', (a << 8) | b, c, d)
    if (id === NATIONAL_SINGLE || id === NATIONAL_LOCKING) mended.push('national-alphabet')
  }
  return { concatenation, body: bytes.subarray(1 + length), mended: [...new Set(mended)] }
}

/** The elements, if they add up to exactly the length that the header names. */
function elementsOf(header: Uint8Array, length: number): { id: number; value: Uint8Array }[] | undefined {
  if (header.length !== length) return undefined
  const elements: { id: number; value: Uint8Array }[] = []
  for (let at = 0; at < length;) {
    const [id, size] = [header[at], header[at + 1]]
    if (id === undefined || size === undefined || at + 2 + size > length) return undefined
    elements.push({ id, value: header.subarray(at + 2, at + 2 + size) })
    at += 2 + size
  }
  return elements
}

/** The header of one of several parts, with a reference of one octet. */
export function concatenationHeader(reference: number, total: number, sequence: number): Uint8Array {
  return Uint8Array.of(5, CONCAT_8, 3, reference & 0xff, total, sequence)
}
