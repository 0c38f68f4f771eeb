import { createWhatsAppClient } from '../../channels/whatsapp/api-client.js'
import { createWhatsAppHook } from '../../channels/whatsapp/hook.js'
import { createWhatsAppMedia } from '../../channels/whatsapp/media.js'
import { createWhatsAppSender } from '../../send/senders/whatsapp-sender.js'
import type { Config } from '../config.js'
import type { Core } from '../core.js'
import type { Platform } from './platform.js'

export function whatsappPlatform(config: Config, { clock }: Core): Platform {
  const { whatsappForwardTemplate: name, whatsappAppSecret: appSecret, whatsappVerifyToken: verifyToken } = config
  const common = {
    baseUrl: config.whatsappBaseUrl,
    version: config.whatsappVersion,
    accessToken: config.whatsappAccessToken,
    clock,
    loopbackOnly: config.demonstration,
  }
  const client = createWhatsAppClient({ ...common, phoneNumberId: config.whatsappPhoneNumberId })
  return {
    polled: [],
    pushed: [],
    hooks: new Map([['/hooks/whatsapp', createWhatsAppHook({ appSecret, verifyToken })]]),
    sender: createWhatsAppSender(client, name === '' ? undefined : { name, language: 'en' }),
    fetcher: createWhatsAppMedia(common),
  }
}
