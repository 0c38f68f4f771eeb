import { unread, type Unread } from '../../unread.js'
import type { DefaultCoding } from '../encoding/coding.js'
import { readPart } from '../encoding/read-part.js'
import { concatenationOf, type Concatenation } from '../encoding/udh.js'
import { normaliseNumber } from '../phone-number.js'
import { bytesField, numberField, textField, type Pdu } from './pdu.js'
import { isReceipt, readReceipt, type SmppReceipt } from './receipt.js'

/** An SMS from a phone, or a part of one. Numbers are normalised. */
export interface SmppMessage {
  readonly from: string
  readonly to: string
  readonly text: string
  readonly encoding: string
  readonly concatenation: Concatenation | undefined
  readonly mended: readonly string[]
}

export type DeliveryReading =
  | { readonly kind: 'message'; readonly message: SmppMessage }
  | { readonly kind: 'receipt'; readonly receipt: SmppReceipt }
  | { readonly kind: 'unread'; readonly unread: Unread }

const HEADER_INDICATOR = 0x40
const INTERNATIONAL = 1
const ORIGIN = 'sms-smpp'

/** What a `deliver_sm` or `data_sm` is. Takes any PDU, also one that could not be decoded, and never throws; nothing of it is lost. */
export function readDelivery(pdu: Pdu | undefined, frame: Buffer, defaultCoding?: DefaultCoding): DeliveryReading {
  if (pdu === undefined) return lost(frame, 'a PDU whose fields do not add up')
  const from = addressOf(pdu, 'source_addr')
  const bytes = contentOf(pdu)
  const dataCoding = numberField(pdu, 'data_coding') ?? 0
  const hasHeader = ((numberField(pdu, 'esm_class') ?? 0) & HEADER_INDICATOR) !== 0
  const part = readPart(bytes, { dataCoding, hasHeader, ...(defaultCoding === undefined ? {} : { defaultCoding }) })
  if (isReceipt(pdu)) {
    const receipt = readReceipt(pdu, part.text)
    return receipt === undefined ? lost(frame, 'a receipt that names no message') : { kind: 'receipt', receipt }
  }
  if (from === '') return lost(frame, 'a message without a sender')
  return {
    kind: 'message',
    message: {
      from,
      to: addressOf(pdu, 'dest'),
      text: part.text,
      encoding: `dc${dataCoding}`,
      concatenation: part.concatenation ?? segmentOf(pdu),
      mended: part.mended,
    },
  }
}

function lost(frame: Buffer, detail: string): DeliveryReading {
  // The sequence number is the connection's, not the message's: brought again, it is the same letter.
  const octets = Buffer.concat([frame.subarray(0, 12), Buffer.alloc(4), frame.subarray(16)])
  return { kind: 'unread', unread: unread(ORIGIN, { pdu: octets.toString('hex') }, detail) }
}

/** `short_message`, or `message_payload` where that is empty; an SMSC that fills both against the rule has both read. */
function contentOf(pdu: Pdu): Buffer {
  const short = bytesField(pdu, 'short_message')
  const payload = bytesField(pdu, 'message_payload')
  if (short.length === 0 || short.equals(payload)) return payload.length === 0 ? short : payload
  return payload.length === 0 ? short : Buffer.concat([short, payload])
}

function segmentOf(pdu: Pdu): Concatenation | undefined {
  const reference = numberField(pdu, 'sar_msg_ref_num')
  if (reference === undefined) return undefined
  return concatenationOf(
    'sar',
    reference,
    numberField(pdu, 'sar_total_segments') ?? 0,
    numberField(pdu, 'sar_segment_seqnum') ?? 0,
  )
}

function addressOf(pdu: Pdu, side: 'source_addr' | 'dest'): string {
  const number = textField(pdu, side === 'dest' ? 'destination_addr' : side)
  const type = numberField(pdu, side === 'dest' ? 'dest_addr_ton' : 'source_addr_ton')
  return normaliseNumber(type === INTERNATIONAL && /^[1-9]\d{7,14}$/.test(number) ? `+${number}` : number)
}
