import { decodeText, type DefaultCoding } from './coding.js'
import { readUserData, type Concatenation } from './udh.js'

export interface ReadPart {
  readonly text: string
  readonly coding: string
  readonly concatenation: Concatenation | undefined
  /** `header-malformed`, `national-alphabet`, `coding-guessed`. */
  readonly mended: readonly string[]
}

const WIDE = new Set([0x08, 0x18, 0x19, 0x1a, 0x1b])

/** The octets of one SMS, with or without a header, as text and its place in a longer message. Takes any octets. */
export function readPart(
  bytes: Uint8Array,
  parts: { readonly dataCoding: number; readonly hasHeader: boolean; readonly defaultCoding?: DefaultCoding },
): ReadPart {
  const data = parts.hasHeader
    ? readUserData(bytes, WIDE.has(parts.dataCoding))
    : { concatenation: undefined, body: bytes, mended: [] }
  const { text, coding, guessed } = decodeText(data.body, parts.dataCoding, parts.defaultCoding)
  return {
    text,
    coding,
    concatenation: data.concatenation,
    mended: [...data.mended, ...(guessed ? ['coding-guessed'] : [])],
  }
}
