import type { PDU } from 'smpp'

/** One `submit_sm` as it came. */
export interface SubmitRecord {
  readonly atMs: number
  readonly messageId: string
  readonly from: string
  readonly to: string
  readonly dataCoding: number
  readonly esmClass: number
  readonly registeredDelivery: number
  readonly text: string
  readonly reference: number | undefined
  readonly total: number
  readonly sequence: number
  /** The PDU in hex. */
  readonly wire: string
}

/** A message as a phone would show it: whole once all its parts are there. */
export interface SentSms {
  readonly from: string
  readonly to: string
  readonly text: string
  readonly messageIds: readonly string[]
  readonly isWhole: boolean
}

/** What the package made of the octets; it knows UDH as a list of elements. */
interface ReadMessage {
  readonly udh?: readonly Buffer[]
  readonly message?: string | Buffer
}

export function submitRecord(pdu: PDU, parts: { atMs: number; messageId: string; wire: string }): SubmitRecord {
  const content = readable(pdu['short_message'])
  const { udh = [], message = '' } =
    content.message === '' || content.message === undefined
      ? { ...content, ...readable(pdu['message_payload']) }
      : content
  const narrow = udh.find((element) => element[0] === 0 && element[1] === 3)
  const wide = udh.find((element) => element[0] === 8 && element[1] === 4)
  return {
    ...parts,
    from: word(pdu['source_addr']),
    to: word(pdu['destination_addr']),
    dataCoding: count(pdu['data_coding']) ?? 0,
    esmClass: count(pdu['esm_class']) ?? 0,
    registeredDelivery: count(pdu['registered_delivery']) ?? 0,
    text: typeof message === 'string' ? message : message.toString('latin1'),
    reference: narrow?.[2] ?? wide?.readUInt16BE(2) ?? count(pdu['sar_msg_ref_num']),
    total: narrow?.[3] ?? wide?.[4] ?? count(pdu['sar_total_segments']) ?? 1,
    sequence: narrow?.[4] ?? wide?.[5] ?? count(pdu['sar_segment_seqnum']) ?? 1,
  }
}

/** Puts parts together as phones do: by sender, recipient, reference and total, whatever their order. */
export function reassembled(records: readonly SubmitRecord[]): SentSms[] {
  const messages: { parts: Map<number, SubmitRecord>; total: number; key: string }[] = []
  const open = new Map<string, (typeof messages)[number]>()
  for (const record of records) {
    const { from, to, reference, total, sequence } = record
    const key = JSON.stringify([from, to, reference, total])
    const waiting = total === 1 ? undefined : open.get(key)
    const message =
      waiting === undefined || waiting.parts.has(sequence) || waiting.parts.size === total
        ? { parts: new Map<number, SubmitRecord>(), total, key }
        : waiting
    if (message !== waiting) messages.push(message)
    message.parts.set(sequence, record)
    open.set(key, message)
  }
  return messages.map(({ parts, total }) => {
    const inOrder = [...parts.values()].sort((a, b) => a.sequence - b.sequence)
    const [first] = inOrder
    return {
      from: first?.from ?? '',
      to: first?.to ?? '',
      text: inOrder.map((part) => part.text).join(''),
      messageIds: inOrder.map((part) => part.messageId),
      isWhole: parts.size === total,
    }
  })
}

const word = (value: unknown) => (typeof value === 'string' ? value : '')
const count = (value: unknown) => (typeof value === 'number' ? value : undefined)
const readable = (value: unknown): ReadMessage => (typeof value === 'object' && value !== null ? value : {})
