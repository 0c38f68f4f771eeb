import { createWhatsAppClient } from '../channels/whatsapp/api-client.js'
import { createXClient } from '../channels/x/api-client.js'
import type { WhatsAppClient } from '../channels/whatsapp/client.js'
import type { XClient } from '../channels/x/client.js'
import { createWhatsAppWebhook, type WhatsAppWebhook } from '../ingest/webhook.js'
import type { Channel } from '../schemas/mention.js'
import type { Config } from './config.js'
import type { Core } from './core.js'

/** The platforms that are set up here, each with its client. */
export interface Channels {
  readonly x: XClient | undefined
  readonly whatsapp: { readonly client: WhatsAppClient; readonly webhook: WhatsAppWebhook } | undefined
  /** Those that can be answered by. */
  readonly answered: ReadonlySet<Channel>
}

function xClient(config: Config, { clock }: Core): XClient {
  const { xApiKey: appKey, xApiSecret: appSecret, xAccessToken: accessToken, xAccessSecret: accessSecret } = config
  return createXClient({
    baseUrl: config.xBaseUrl,
    bearerToken: config.xBearerToken,
    replyToken: appKey === '' ? undefined : { kind: 'oauth1', appKey, appSecret, accessToken, accessSecret },
    clock,
    loopbackOnly: config.demonstration,
  })
}

function whatsapp(config: Config, { clock, log, metrics, stores: { bus } }: Core): NonNullable<Channels['whatsapp']> {
  return {
    client: createWhatsAppClient({
      baseUrl: config.whatsappBaseUrl,
      version: config.whatsappVersion,
      phoneNumberId: config.whatsappPhoneNumberId,
      accessToken: config.whatsappAccessToken,
      clock,
      loopbackOnly: config.demonstration,
    }),
    webhook: createWhatsAppWebhook({
      appSecret: config.whatsappAppSecret,
      verifyToken: config.whatsappVerifyToken,
      bus,
      clock,
      log,
      metrics,
    }),
  }
}

/** The clients of the sources that run; a demonstration's can't leave this machine. */
export function createChannels(config: Config, core: Core): Channels {
  const runs = (source: 'x' | 'whatsapp') => config.demonstration || config.sources.includes(source)
  const answered = new Set<Channel>()
  if (runs('x') && config.xApiKey !== '') answered.add('x')
  if (runs('whatsapp')) answered.add('whatsapp')
  return {
    x: runs('x') ? xClient(config, core) : undefined,
    whatsapp: runs('whatsapp') ? whatsapp(config, core) : undefined,
    answered,
  }
}
