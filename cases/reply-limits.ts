import { segments, SMS_PLACES } from '../runtime/sms-segments.js'
import type { Mention } from '../schemas/mention.js'
import { X_MAX_WEIGHT, xLength } from './x-length.js'

export const WHATSAPP_MAX_LENGTH = 4096
const X_DIRECT_MAX_LENGTH = 10_000
const FACEBOOK_COMMENT_MAX_LENGTH = 8000
const MESSENGER_MAX_LENGTH = 2000
const OTHER_MAX_LENGTH = 2000
/** Beyond ten parts gateways cut or refuse, and a citizen's phone may show them in pieces. */
const SMS_MAX_PARTS = 10
const SMS_MAX_UNITS = {
  'gsm-7': SMS_PLACES['gsm-7'].joined * SMS_MAX_PARTS,
  'ucs-2': SMS_PLACES['ucs-2'].joined * SMS_MAX_PARTS,
}

type Answered = Pick<Mention, 'channel' | 'private'>

/** How long one answer may be, as its channel counts. For SMS the most of GSM-7; Urdu and Pashto have less than half of it, so the parts decide. */
export function replyLimit({ channel, private: isPrivate }: Answered): {
  readonly maxLength: number
  readonly maxParts: number | null
} {
  switch (channel) {
    case 'x':
      return { maxLength: isPrivate ? X_DIRECT_MAX_LENGTH : X_MAX_WEIGHT, maxParts: null }
    case 'whatsapp':
      return { maxLength: WHATSAPP_MAX_LENGTH, maxParts: null }
    case 'facebook':
      return { maxLength: isPrivate ? MESSENGER_MAX_LENGTH : FACEBOOK_COMMENT_MAX_LENGTH, maxParts: null }
    case 'sms':
      return { maxLength: SMS_MAX_UNITS['gsm-7'], maxParts: SMS_MAX_PARTS }
    case 'news':
      return { maxLength: OTHER_MAX_LENGTH, maxParts: null }
  }
}

/** Why an answer is too long for its channel, in words for the officer; undefined where it is not. */
export function tooLong(text: string, answered: Answered): string | undefined {
  const { maxLength, maxParts } = replyLimit(answered)
  if (answered.channel === 'sms') {
    const { parts, encoding, units } = segments(text)
    if (maxParts === null || parts <= maxParts) return undefined
    return `an SMS takes ${maxParts} parts, which is ${SMS_MAX_UNITS[encoding]} characters here; these are ${units}`
  }
  const isWeighed = answered.channel === 'x' && !answered.private
  const length = isWeighed ? xLength(text) : text.length
  if (length <= maxLength) return undefined
  const name = { x: 'X', whatsapp: 'WhatsApp', facebook: answered.private ? 'Messenger' : 'a Facebook comment' }
  const who = answered.channel === 'news' ? 'an answer' : name[answered.channel]
  return `${who} takes ${maxLength} characters, these ${isWeighed ? 'count' : 'are'} ${length}`
}
