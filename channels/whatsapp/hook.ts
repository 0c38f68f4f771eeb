import type { HookFormat } from '../hook.js'
import { readWebhook } from './read-webhook.js'
import { answerHandshake } from '../graph/handshake.js'
import { verifySignature } from '../graph/signature.js'

export interface WhatsAppHookOptions {
  readonly appSecret: string
  readonly verifyToken: string
}

/** `/hooks/whatsapp`: Meta's handshake by GET, bodies signed with the app's secret by POST. */
export function createWhatsAppHook({ appSecret, verifyToken }: WhatsAppHookOptions): HookFormat {
  return {
    name: 'whatsapp',
    channel: 'whatsapp',
    delivers: ['POST'],
    handshake: (request) => answerHandshake(request, verifyToken),
    verify: ({ rawBody, headers }) => verifySignature(rawBody, headers['x-hub-signature-256'], appSecret),
    verifyAdvice: 'bodies arrive whose signature does not fit: compare RABTA_WHATSAPP_APP_SECRET with the Meta app',
    parse: ({ rawBody }) => JSON.parse(rawBody.toString('utf8')) as unknown,
    read: readWebhook,
  }
}
