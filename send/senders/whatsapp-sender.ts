import type { WhatsAppClient } from '../../channels/whatsapp/client.js'
import { Failure } from '../../runtime/failure.js'
import type { Sender } from '../sender.js'

/** An approved template with one placeholder, for what falls outside the 24 hours in which WhatsApp takes free text. */
export interface ForwardTemplate {
  readonly name: string
  /** Meta's code of the language it was approved in. */
  readonly language: string
}

/** A placeholder takes no line breaks, no tabs, and no more than four spaces in a row. */
const inOneLine = (text: string) => text.replace(/\s*\n\s*/g, ' · ').replace(/\t|\s{2,}/g, ' ')

/** Writes to a citizen or a unit by WhatsApp; an answer quotes the message it answers, a forward goes by the template where one is set. */
export function createWhatsAppSender(
  client: Pick<WhatsAppClient, 'sendText' | 'sendTemplate'>,
  template?: ForwardTemplate,
): Sender {
  return {
    channel: 'whatsapp',
    send: async ({ id, kind, to, inReplyTo, text }, signal) => {
      if (to === null) throw new Failure('invalid-payload', `outbound ${id} has no recipient`, { retryable: false })
      if (kind === 'reply' || template === undefined) {
        return client.sendText({ to, body: text, contextMessageId: inReplyTo }, signal)
      }
      return client.sendTemplate({ to, ...template, parameters: [inOneLine(text)] }, signal)
    },
  }
}
