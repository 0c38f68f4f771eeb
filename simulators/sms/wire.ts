import { createHmac } from 'node:crypto'
import type { HookCall } from './deliveries.js'

export interface ReceivedText {
  readonly id: string
  readonly from: string
  readonly to: string
  readonly text: string
  readonly atMs: number
}

/** `recoded` is UTF-8, as with `mo-recode = true`; otherwise what needs Unicode comes as bare UTF-16BE. */
export function kannelCall(hook: string, secret: string, sms: ReceivedText, recoded: boolean): HookCall {
  const isWide = !recoded && /[^\p{ASCII}]/u.test(sms.text)
  const bytes = isWide ? Buffer.from(sms.text, 'utf16le').swap16() : Buffer.from(sms.text, 'utf8')
  const query = [
    `secret=${encodeURIComponent(secret)}`,
    `from=${encodeURIComponent(sms.from)}`,
    `to=${encodeURIComponent(sms.to)}`,
    `text=${kannelEncode(bytes)}`,
    `coding=${isWide ? 2 : 0}`,
    `charset=${isWide ? 'UTF-16BE' : 'UTF-8'}`,
    'smsc=simulated',
    `id=${sms.id}`,
    `time=${Math.floor(sms.atMs / 1000)}`,
  ]
  return { method: 'GET', url: `${hook}?${query.join('&')}` }
}

/** As Kannel writes it: letters and digits bare, a space as plus, everything else by its bytes. */
function kannelEncode(bytes: Buffer): string {
  return [...bytes]
    .map((byte) => {
      const character = String.fromCharCode(byte)
      if (/[A-Za-z0-9]/.test(character)) return character
      return byte === 0x20 ? '+' : `%${byte.toString(16).toUpperCase().padStart(2, '0')}`
    })
    .join('')
}

export function twilioCall(hook: string, authToken: string, form: Readonly<Record<string, string>>): HookCall {
  const written = Object.keys(form)
    .sort()
    .map((name) => `${name}${form[name] ?? ''}`)
  const sign = createHmac('sha1', authToken).update(`${hook}${written.join('')}`, 'utf8')
  return {
    method: 'POST',
    url: hook,
    headers: {
      'content-type': 'application/x-www-form-urlencoded; charset=utf-8',
      'x-twilio-signature': sign.digest('base64'),
      'user-agent': 'TwilioProxy/1.1',
    },
    body: Buffer.from(new URLSearchParams(form).toString()),
  }
}

export function androidCall(hook: string, signingKey: string, parts: { event: object; nowMs: number }): HookCall {
  const body = Buffer.from(JSON.stringify(parts.event))
  const timestamp = String(Math.floor(parts.nowMs / 1000))
  return {
    method: 'POST',
    url: hook,
    headers: {
      'content-type': 'application/json; charset=UTF-8',
      'x-signature': createHmac('sha256', signingKey).update(body).update(timestamp).digest('hex'),
      'x-timestamp': timestamp,
    },
    body,
  }
}

/** What Kannel puts into a `dlr-url` when the receipt comes. */
export function fillReceipt(pattern: string, values: { type: number; atMs: number; words: string }): string {
  const filled = new Map([
    ['d', String(values.type)],
    ['T', String(Math.floor(values.atMs / 1000))],
    ['i', 'simulated'],
    ['A', kannelEncode(Buffer.from(values.words))],
  ])
  return pattern.replace(/%([a-zA-Z])/g, (whole, code: string) => filled.get(code) ?? whole)
}
