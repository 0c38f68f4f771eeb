import type { AddressInfo } from 'node:net'
import smpp, { type Session } from 'smpp'
import { encodeGsm7 } from '../../../channels/sms/encoding/gsm7.js'
import { encodeUcs2 } from '../../../channels/sms/encoding/ucs2.js'
import { splitSms } from '../../../runtime/sms-segments.js'

interface ShortMessage {
  readonly message: string
  readonly udh?: readonly Buffer[]
}

/** A message that Kannel submitted, its parts joined. */
export interface Submitted {
  readonly from: string
  readonly to: string
  readonly text: string
  readonly parts: number
}

/** As small an SMSC as can speak with a real Kannel: it brings messages in parts, takes messages in parts, and tells what became of them. */
export interface TestSmsc {
  readonly port: number
  readonly bound: Promise<void>
  /** Brings a message; the parts go out in the order given. Resolves once Kannel took all of them. */
  bring(sms: { from: string; to: string; text: string; order?: (parts: number) => readonly number[] }): Promise<number>
  submitted(): readonly Submitted[]
  close(): Promise<void>
}

const UDHI = 0x40
const RECEIPT = 0x04

export async function startTestSmsc(options: { isDeliverable: (to: string) => boolean }): Promise<TestSmsc> {
  const taken: Submitted[] = []
  const waiting = new Map<string, (string | undefined)[]>()
  let session: Session | undefined
  let count = 0
  let reference = 0
  let markBound: () => void = () => undefined
  const bound = new Promise<void>((resolve) => (markBound = resolve))

  function join(from: string, to: string, short: ShortMessage): Submitted | undefined {
    const header = short.udh?.find((element) => element[0] === 0 && element.length >= 5)
    if (header === undefined) return { from, to, text: short.message, parts: 1 }
    const [, , ref = 0, total = 0, sequence = 0] = header
    const key = `${from} ${to} ${ref} ${total}`
    const parts = waiting.get(key) ?? Array.from({ length: total }, () => undefined)
    parts[sequence - 1] = short.message
    waiting.set(key, parts)
    if (parts.some((part) => part === undefined)) return undefined
    waiting.delete(key)
    return { from, to, text: parts.join(''), parts: total }
  }

  function receipt(from: string, to: string, id: string): void {
    const state = options.isDeliverable(to) ? 'DELIVRD' : 'UNDELIV'
    const error = options.isDeliverable(to) ? '000' : '00B'
    const words = `id:${id} sub:001 dlvrd:001 submit date:2611220400 done date:2611220401 stat:${state} err:${error} text:Salam`
    session?.send(
      new smpp.PDU('deliver_sm', {
        source_addr: to,
        destination_addr: from,
        esm_class: RECEIPT,
        data_coding: 0,
        short_message: Buffer.from(words),
        receipted_message_id: id,
        message_state: options.isDeliverable(to) ? 2 : 5,
      }),
    )
  }

  const server = smpp.createServer({}, (connected) => {
    session = connected
    connected.on('error', () => undefined)
    connected.on('pdu', (pdu: InstanceType<typeof smpp.PDU>) => {
      if (pdu.command === 'bind_transceiver') {
        connected.send(pdu.response({ system_id: 'test' }))
        markBound()
      } else if (pdu.command === 'enquire_link' || pdu.command === 'unbind') connected.send(pdu.response())
      else if (pdu.command === 'submit_sm') {
        const id = `m${(count += 1)}`
        connected.send(pdu.response({ message_id: id }))
        const [from, to] = [String(pdu['source_addr']), String(pdu['destination_addr'])]
        const joined = join(from, to, pdu['short_message'] as ShortMessage)
        if (joined !== undefined) taken.push(joined)
        if ((Number(pdu['registered_delivery']) & 3) !== 0) receipt(from, to, id)
      }
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))

  return {
    port: (server.address() as AddressInfo).port,
    bound,
    submitted: () => taken,
    bring: async ({ from, to, text, order }) => {
      const { encoding, parts } = splitSms(text)
      reference = (reference + 1) % 256
      const own = reference
      const bytes = (part: string) => Buffer.from(encoding === 'gsm-7' ? encodeGsm7(part) : encodeUcs2(part))
      const numbers = order?.(parts.length) ?? parts.map((_, index) => index)
      const answers = numbers.map((index) => {
        const header = Buffer.from([5, 0, 3, own, parts.length, index + 1])
        const body = bytes(parts[index] ?? '')
        const pdu = new smpp.PDU('deliver_sm', {
          source_addr: from,
          destination_addr: to,
          esm_class: parts.length > 1 ? UDHI : 0,
          data_coding: encoding === 'gsm-7' ? 0 : 8,
          short_message: parts.length > 1 ? Buffer.concat([header, body]) : body,
        })
        return new Promise<void>((resolve, reject) => {
          if (session === undefined) return reject(new Error('Kannel is not bound'))
          session.send(pdu, (answer) =>
            answer.command_status === 0 ? resolve() : reject(new Error(`Kannel answered ${answer.command_status}`)),
          )
        })
      })
      await Promise.all(answers)
      return parts.length
    },
    close: async () => {
      for (const one of server.sessions) one.destroy()
      await new Promise<void>((resolve) => server.close(() => resolve()))
    },
  }
}
