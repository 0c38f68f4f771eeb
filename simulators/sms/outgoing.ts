import type { Answer, ReceivedRequest } from '../loopback.js'

export type SmsGatewayName = 'kannel' | 'twilio' | 'android'

/** A message that was handed to a gateway: what it means, beside the request in its wire form. */
export interface TakenSms {
  readonly gateway: SmsGatewayName
  readonly from: string
  readonly to: string
  readonly text: string
  /** The gateway's id of it; Kannel gives none. */
  readonly id: string | null
  /** Where its receipts go: Kannel's `dlr-url`, Twilio's `StatusCallback`. */
  readonly callback: string | null
}

export interface Credentials {
  readonly kannel: { readonly username: string; readonly password: string }
  readonly twilio: { readonly accountSid: string; readonly authToken: string }
  readonly android: { readonly username: string; readonly password: string }
}

export interface Handled {
  readonly gateway: SmsGatewayName
  readonly answer: Answer
  readonly taken?: TakenSms
}

const text = (status: number, body: string): Answer => ({ status, headers: { 'content-type': 'text/html' }, body })
const json = (status: number, body: object): Answer => ({ status, body: JSON.stringify(body) })
const basic = (user: string, password: string) => `Basic ${Buffer.from(`${user}:${password}`).toString('base64')}`

export function gatewayOf(path: string): SmsGatewayName | undefined {
  if (path === '/cgi-bin/sendsms') return 'kannel'
  if (path.startsWith('/2010-04-01/')) return 'twilio'
  return path === '/messages' || path === '/message' ? 'android' : undefined
}

/** What each gateway answers when it is overloaded, away, or asked with a password that ran out. */
export function trouble(gateway: SmsGatewayName, status: 401 | 429 | 500 | 503): Answer {
  if (gateway === 'kannel') {
    if (status === 401) return text(403, 'Authorization failed for sendsms')
    return text(503, 'Temporal failure, try again later.')
  }
  if (gateway === 'twilio') {
    const code = status === 401 ? 20003 : status === 429 ? 20429 : 20500
    return json(status, {
      code,
      message: 'Try again later',
      more_info: `https://www.twilio.com/docs/errors/${code}`,
      status,
    })
  }
  return json(status, { message: status === 401 ? 'Unauthorized' : 'Try again later' })
}

export function handleKannel(request: ReceivedRequest, { kannel }: Credentials): Handled {
  const of = (name: string) => request.query.get(name) ?? ''
  if (of('username') !== kannel.username || of('password') !== kannel.password)
    return { gateway: 'kannel', answer: trouble('kannel', 401) }
  if (of('to') === '' || !/^\+?\d+$/.test(of('to')))
    return { gateway: 'kannel', answer: text(400, "Garbage 'to' field, rejected.") }
  if (of('from') === '') return { gateway: 'kannel', answer: text(400, 'Sender missing and no global set, rejected') }
  const callback = request.query.get('dlr-url')
  const taken = { gateway: 'kannel' as const, from: of('from'), to: of('to'), text: of('text'), id: null, callback }
  return { gateway: 'kannel', answer: text(202, '0: Accepted for delivery'), taken }
}

export function handleTwilio(request: ReceivedRequest, { twilio }: Credentials, newId: () => string): Handled {
  const gateway = 'twilio' as const
  const isOurs = request.path === `/2010-04-01/Accounts/${twilio.accountSid}/Messages.json`
  if (request.headers.authorization !== basic(twilio.accountSid, twilio.authToken) || !isOurs)
    return { gateway, answer: trouble(gateway, 401) }
  const form = new URLSearchParams(request.body.toString('utf8'))
  const of = (name: string) => form.get(name) ?? ''
  if (!/^\+\d{7,15}$/.test(of('To')))
    return { gateway, answer: json(400, { code: 21211, message: "Invalid 'To' Phone Number", status: 400 }) }
  if (of('Body') === '')
    return { gateway, answer: json(400, { code: 21602, message: 'Message body is required.', status: 400 }) }
  const id = newId()
  const answer = json(201, {
    sid: id,
    status: 'queued',
    from: of('From'),
    to: of('To'),
    body: of('Body'),
    error_code: null,
  })
  const taken = { gateway, from: of('From'), to: of('To'), text: of('Body'), id, callback: form.get('StatusCallback') }
  return { gateway, answer, taken }
}

export function handleAndroid(request: ReceivedRequest, { android }: Credentials, known: ReadonlySet<string>): Handled {
  const gateway = 'android' as const
  if (request.headers.authorization !== basic(android.username, android.password))
    return { gateway, answer: trouble(gateway, 401) }
  const body = parsed(request.body.toString('utf8'))
  const phones = body['phoneNumbers']
  const words = (body['textMessage'] as { text?: unknown } | undefined)?.text ?? body['message']
  if (!Array.isArray(phones) || typeof phones[0] !== 'string' || typeof words !== 'string' || words === '')
    return {
      gateway,
      answer: json(400, { message: 'Must specify exactly one of: textMessage, dataMessage, or message' }),
    }
  const id = typeof body['id'] === 'string' ? body['id'] : 'no-id'
  if (known.has(id)) return { gateway, answer: json(409, { message: 'Message already exists' }) }
  const answer = json(202, { id, state: 'Pending', recipients: [{ phoneNumber: phones[0], state: 'Pending' }] })
  const sim = typeof body['simNumber'] === 'number' ? `sim ${body['simNumber']}` : 'default'
  return { gateway, answer, taken: { gateway, from: sim, to: phones[0], text: words, id, callback: null } }
}

function parsed(raw: string): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(raw)
    return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {}
  } catch {
    return {}
  }
}
