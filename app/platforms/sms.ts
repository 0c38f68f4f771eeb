import { createHttpMedia } from '../../channels/http-media.js'
import { createAndroidHook } from '../../channels/sms/android/hook.js'
import { createAndroidClient } from '../../channels/sms/android/messages-api.js'
import type { SmsClient } from '../../channels/sms/client.js'
import { createKannelHook } from '../../channels/sms/kannel/hook.js'
import { createKannelClient } from '../../channels/sms/kannel/sendsms.js'
import { CENTRAL, createNumbers } from '../../channels/sms/numbers.js'
import { createSmppLink, type SmppLink } from '../../channels/sms/smpp/link.js'
import { createReceiptStore, type ReceiptStore } from '../../channels/sms/smpp/receipt-store.js'
import { createSmppSmsClient } from '../../channels/sms/smpp/sms-client.js'
import { createTwilioHook } from '../../channels/sms/twilio/hook.js'
import { createTwilioClient } from '../../channels/sms/twilio/messages-api.js'
import type { HookFormat } from '../../channels/hook.js'
import { createSmsParts } from '../../ingest/sms-parts.js'
import { createSmsPartsSource } from '../../ingest/sms-parts-source.js'
import { createSmsSmppSource } from '../../ingest/sms-smpp-source.js'
import type { PushSource } from '../../ingest/source.js'
import { createSmsSender } from '../../send/senders/sms-sender.js'
import type { Config } from '../config.js'
import type { Core } from '../core.js'
import { smsGateways, smsSendingGateway, type SmsGateway } from '../settings/sms.js'
import type { Platform } from './platform.js'

interface Smpp {
  readonly link: SmppLink
  readonly receipts: ReceiptStore
}

/** The gateways that are set up: each is read from; one of them sends. */
export function smsPlatform(config: Config, core: Core): Platform {
  const { clock, log, districts, stores } = core
  const gateways = smsGateways(config)
  const smpp = gateways.includes('smpp') ? openSmpp(config, core) : undefined
  const sendBy = smsSendingGateway(config)
  const numbers = createNumbers(districts, config.smsNumbers)
  const pushed: PushSource[] = []
  if (smpp !== undefined) {
    const parts = createSmsParts({ records: stores.records, clock })
    pushed.push(createSmsSmppSource({ ...smpp, parts, clock, log }), createSmsPartsSource({ parts, clock }))
  }
  return {
    polled: [],
    pushed,
    hooks: hooksOf(config, core, gateways),
    sender:
      sendBy === undefined
        ? undefined
        : createSmsSender({ client: clientOf(sendBy, config, core, smpp), defaultFrom: numbers.numberOf(CENTRAL) }),
    fetcher: gateways.includes('twilio')
      ? createHttpMedia({
          channel: 'sms',
          hosts: ['twilio.com', 'twiliocdn.com'],
          clock,
          loopbackOnly: config.demonstration,
        })
      : undefined,
  }
}

function openSmpp(config: Config, { clock, stores }: Core): Smpp {
  const { protocol, hostname, port } = new URL(config.smsSmppBaseUrl.replace(/^smpp/, 'http'))
  const isSecure = protocol === 'https:'
  const link = createSmppLink({
    host: hostname.replace(/^\[|\]$/g, ''),
    port: port === '' ? (isSecure ? 3550 : 2775) : Number(port),
    ...(isSecure ? { tls: {} } : {}),
    systemId: config.smsSmppSystemId,
    password: config.smsSmppPassword,
    systemType: config.smsSmppSystemType,
    bind: config.smsSmppBind,
    clock,
    loopbackOnly: config.demonstration,
  })
  return { link, receipts: createReceiptStore({ records: stores.records, clock }) }
}

function hooksOf(config: Config, { clock }: Core, gateways: readonly SmsGateway[]): ReadonlyMap<string, HookFormat> {
  const hooks = new Map<string, HookFormat>()
  if (gateways.includes('kannel')) hooks.set('/hooks/sms/kannel', createKannelHook({ secret: config.smsKannelSecret }))
  if (gateways.includes('twilio'))
    hooks.set(
      '/hooks/sms/twilio',
      createTwilioHook({ authToken: config.smsTwilioAuthToken, publicUrl: config.publicUrl }),
    )
  if (gateways.includes('android')) {
    const { smsAndroidSigningKey: signingKey, smsAndroidNumbers: numbers } = config
    hooks.set('/hooks/sms/android', createAndroidHook({ signingKey, numbers, clock }))
  }
  return hooks
}

function clientOf(gateway: SmsGateway, config: Config, { clock, log }: Core, smpp: Smpp | undefined): SmsClient {
  const common = { clock, loopbackOnly: config.demonstration }
  const { publicUrl } = config
  switch (gateway) {
    case 'kannel':
      return createKannelClient({
        ...common,
        baseUrl: config.smsKannelBaseUrl,
        username: config.smsKannelUsername,
        password: config.smsKannelPassword,
        receipts: publicUrl === '' ? undefined : { publicUrl, secret: config.smsKannelSecret },
      })
    case 'twilio':
      return createTwilioClient({
        ...common,
        baseUrl: config.smsTwilioBaseUrl,
        accountSid: config.smsTwilioAccountSid,
        authToken: config.smsTwilioAuthToken,
        publicUrl,
      })
    case 'android':
      return createAndroidClient({
        ...common,
        baseUrl: config.smsAndroidBaseUrl,
        username: config.smsAndroidUsername,
        password: config.smsAndroidPassword,
        numbers: config.smsAndroidNumbers,
      })
    case 'smpp': {
      if (smpp === undefined) throw new Error('SMPP sends without being set up')
      return createSmppSmsClient({ ...smpp, clock, log, perSecond: config.smsSmppPerSecond })
    }
  }
}
