/** A message from a phone. */
export interface MobileMessage {
  readonly from: string
  readonly to: string
  readonly text: string
  /** Default: 0 where the text is plain ASCII without the characters GSM moves about, else 8. */
  readonly dataCoding?: number
  /** How its parts say that they belong together. Default `udh8`. */
  readonly joinedBy?: 'udh8' | 'udh16' | 'sar'
  /** One PDU with `message_payload`, however long. */
  readonly asPayload?: boolean
  readonly reference?: number
  /** The sequence numbers of the parts in the order in which they are brought; one that is missing is lost, one named twice comes twice. Default in order. */
  readonly order?: readonly number[]
  /** Waited before each part after the first. */
  readonly gapMs?: number
}

export type DeliverFields = Readonly<Record<string, unknown>>

const UCS2 = 8
const HEADER_INDICATOR = 0x40
const ISDN = { ton: 1, npi: 1 }

/** The `deliver_sm` of each part, as a phone and its network make them. */
export function deliverFields(message: MobileMessage, nextReference: () => number): DeliverFields[] {
  const dataCoding = message.dataCoding ?? (isPlain(message.text) ? 0 : UCS2)
  const isWide = dataCoding === UCS2
  const pieces =
    message.asPayload === true ? [message.text] : piecesOf(message.text, isWide ? 70 : 160, isWide ? 66 : 152)
  const encoded = pieces.map((piece) => encode(piece, dataCoding))
  const base: DeliverFields = {
    ...address('source', message.from),
    ...address('dest', message.to),
    data_coding: dataCoding,
  }
  if (message.asPayload === true) return encoded.map((bytes) => ({ ...base, message_payload: bytes }))
  if (encoded.length === 1) return encoded.map((bytes) => ({ ...base, short_message: bytes }))
  const reference = message.reference ?? nextReference()
  const parts = encoded.map((bytes, index): DeliverFields =>
    part({ base, bytes, reference, total: encoded.length, sequence: index + 1 }, message),
  )
  return (message.order ?? parts.map((_, index) => index + 1))
    .map((sequence) => parts[sequence - 1])
    .filter((each) => each !== undefined)
}

function part(
  {
    base,
    bytes,
    reference,
    total,
    sequence,
  }: { base: DeliverFields; bytes: Buffer; reference: number; total: number; sequence: number },
  { joinedBy = 'udh8' }: MobileMessage,
): DeliverFields {
  if (joinedBy === 'sar') {
    const segment = { sar_msg_ref_num: reference & 0xffff, sar_total_segments: total, sar_segment_seqnum: sequence }
    return { ...base, short_message: bytes, ...segment }
  }
  const header =
    joinedBy === 'udh16'
      ? [6, 8, 4, (reference >> 8) & 0xff, reference & 0xff, total, sequence]
      : [5, 0, 3, reference & 0xff, total, sequence]
  return { ...base, esm_class: HEADER_INDICATOR, short_message: Buffer.concat([Buffer.from(header), bytes]) }
}

function address(side: 'source' | 'dest', number: string): DeliverFields {
  const digits = number.replace(/^\+/, '')
  const isFull = /^\d{8,}$/.test(digits)
  return {
    [`${side}_addr_ton`]: isFull ? ISDN.ton : 0,
    [`${side}_addr_npi`]: isFull ? ISDN.npi : 0,
    [side === 'source' ? 'source_addr' : 'destination_addr']: digits,
  }
}

/** Characters that GSM 03.38 has at their ASCII places. */
const isPlain = (text: string) => /^[\nA-Za-z0-9 !"#%&'()*+,\-./:;<=>?]*$/.test(text)

function encode(text: string, dataCoding: number): Buffer {
  if (dataCoding === UCS2) return Buffer.from(text, 'utf16le').swap16()
  return Buffer.from(text, 'latin1')
}

function piecesOf(text: string, alone: number, joined: number): string[] {
  if (text.length <= alone) return [text]
  const pieces: string[] = []
  let piece = ''
  for (const character of text) {
    if (piece.length + character.length > joined) {
      pieces.push(piece)
      piece = ''
    }
    piece += character
  }
  return [...pieces, piece]
}
