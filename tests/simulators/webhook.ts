import { startLoopbackServer, type LoopbackServer } from '../../simulators/loopback.js'
import type { Json } from '../../simulators/whatsapp/wire.js'

interface Delivery {
  raw: Buffer
  signature: string
  body: { object: string; entry: { id: string; changes: { field: string; value: Json }[] }[] }
}

/** A webhook that keeps what it is sent and answers what it is told to. */
export interface Webhook {
  url: string
  /** What was answered 200. */
  deliveries: Delivery[]
  /** Every POST, refused ones too. */
  attempts: Buffer[]
  messages(): Json[]
  statuses(): Json[]
  /** Status codes of the next answers; 200 after them. */
  answers: number[]
  handshakes: number
  close(): Promise<void>
}

export async function startWebhook(verifyToken: string): Promise<Webhook> {
  const deliveries: Delivery[] = []
  const gather = (list: 'messages' | 'statuses') =>
    deliveries.flatMap(({ body }) =>
      body.entry.flatMap(({ changes }) => changes.flatMap(({ value }) => (value[list] ?? []) as Json[])),
    )
  const webhook: Omit<Webhook, 'url' | 'close'> = {
    deliveries,
    attempts: [],
    answers: [],
    handshakes: 0,
    messages: () => gather('messages'),
    statuses: () => gather('statuses'),
  }
  const server: LoopbackServer = await startLoopbackServer(async ({ method, query, headers, body }) => {
    if (method === 'GET') {
      webhook.handshakes += 1
      const isRight = query.get('hub.mode') === 'subscribe' && query.get('hub.verify_token') === verifyToken
      return isRight ? { status: 200, body: query.get('hub.challenge') ?? '' } : { status: 403, body: 'no' }
    }
    webhook.attempts.push(body)
    const status = webhook.answers.shift() ?? 200
    if (status === 200) {
      deliveries.push({
        raw: body,
        signature: String(headers['x-hub-signature-256']),
        body: JSON.parse(body.toString()) as Delivery['body'],
      })
    }
    return { status, body: '' }
  })
  return Object.assign(webhook, { url: `${server.url}/hooks/whatsapp`, close: () => server.close() })
}
