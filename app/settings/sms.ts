import { readAndroidNumbers, type AndroidNumbers } from '../../channels/sms/android/own-numbers.js'
import { createNumbers, NumberMistakes, readNumberPairs } from '../../channels/sms/numbers.js'
import { loadDistrictTable } from '../../runtime/district-table.js'
import {
  integer,
  missing,
  oneOf,
  secret,
  setting,
  text,
  url,
  type Kind,
  type Mistake,
  type ValuesOf,
} from '../setting.js'

const smscUrl: Kind<string> = {
  secret: false,
  write: 'the address of the SMSC such as smpp://host:2775, or smpps://host:3550 with TLS',
  parse: (value) => (/^smpps?:\/\/[^\s/@]+(:\d{1,5})?\/?$/.test(value) ? value.replace(/\/$/, '') : undefined),
}

/** A secret that also goes into an address or a form: any printable letters, spaces inside too. */
const password: Kind<string> = { ...secret, parse: (value) => (/^[\x20-\x7e]+$/.test(value) ? value : undefined) }

const androidNumbers: Kind<AndroidNumbers> = {
  secret: false,
  write: 'which of our numbers each SIM has: 1=923…,2=923… by slot, DEVICE:1=923… with several phones, or *=923…',
  parse: readAndroidNumbers,
}

/** The numbers of the offices; which units there are is checked with the others of the table. */
const officeNumbers: Kind<readonly (readonly [unit: string, number: string])[]> = {
  secret: false,
  write: 'pairs with commas of an office and its number, such as dpo-peshawar=923001234567,rpo-mardan=…,central=…',
  parse: readNumberPairs,
}

export const SMS_SETTINGS = {
  smsNumbers: setting('RABTA_SMS_NUMBERS', officeNumbers, []),
  smsSendBy: setting('RABTA_SMS_SEND_BY', oneOf('first', 'kannel', 'twilio', 'android', 'smpp'), 'first' as const),
  smsKannelSecret: setting('RABTA_SMS_KANNEL_SECRET', secret, ''),
  smsKannelBaseUrl: setting('RABTA_SMS_KANNEL_BASE_URL', url('the address of Kannel’s smsbox'), ''),
  smsKannelUsername: setting('RABTA_SMS_KANNEL_USERNAME', text, ''),
  smsKannelPassword: setting('RABTA_SMS_KANNEL_PASSWORD', password, ''),
  smsTwilioBaseUrl: setting(
    'RABTA_SMS_TWILIO_BASE_URL',
    url('the address of the Twilio API'),
    'https://api.twilio.com',
  ),
  smsTwilioAccountSid: setting('RABTA_SMS_TWILIO_ACCOUNT_SID', text, ''),
  smsTwilioAuthToken: setting('RABTA_SMS_TWILIO_AUTH_TOKEN', secret, ''),
  smsAndroidBaseUrl: setting('RABTA_SMS_ANDROID_BASE_URL', url('the address of the Android gateway'), ''),
  smsAndroidUsername: setting('RABTA_SMS_ANDROID_USERNAME', text, ''),
  smsAndroidPassword: setting('RABTA_SMS_ANDROID_PASSWORD', password, ''),
  smsAndroidNumbers: setting('RABTA_SMS_ANDROID_NUMBERS', androidNumbers, { bySim: new Map<string, string>() }),
  smsAndroidSigningKey: setting('RABTA_SMS_ANDROID_SIGNING_KEY', secret, ''),
  smsSmppBaseUrl: setting('RABTA_SMS_SMPP_BASE_URL', smscUrl, ''),
  smsSmppSystemId: setting('RABTA_SMS_SMPP_SYSTEM_ID', text, ''),
  smsSmppPassword: setting('RABTA_SMS_SMPP_PASSWORD', password, ''),
  smsSmppSystemType: setting('RABTA_SMS_SMPP_SYSTEM_TYPE', text, ''),
  smsSmppBind: setting('RABTA_SMS_SMPP_BIND', oneOf('transceiver', 'receiver-transmitter'), 'transceiver' as const),
  smsSmppPerSecond: setting('RABTA_SMS_SMPP_PER_SECOND', integer(1, 1000, 'messages sent a second'), 10),
}

type SmsValues = ValuesOf<typeof SMS_SETTINGS>
export type SmsGateway = 'kannel' | 'twilio' | 'android' | 'smpp'

/** What each gateway cannot be read without, and what it cannot send without. */
const GATEWAYS: Record<SmsGateway, { receives: readonly (keyof SmsValues)[]; sends: readonly (keyof SmsValues)[] }> = {
  kannel: {
    receives: ['smsKannelSecret'],
    sends: ['smsKannelBaseUrl', 'smsKannelUsername', 'smsKannelPassword'],
  },
  twilio: { receives: ['smsTwilioAuthToken'], sends: ['smsTwilioAccountSid'] },
  android: {
    receives: ['smsAndroidSigningKey'],
    sends: ['smsAndroidBaseUrl', 'smsAndroidUsername', 'smsAndroidPassword'],
  },
  smpp: { receives: ['smsSmppBaseUrl', 'smsSmppSystemId', 'smsSmppPassword'], sends: [] },
}

/** The gateways that are set up, in the order in which they are preferred for sending. */
export const smsGateways = (values: SmsValues): SmsGateway[] =>
  (Object.keys(GATEWAYS) as SmsGateway[]).filter((gateway) =>
    [...GATEWAYS[gateway].receives, ...GATEWAYS[gateway].sends].some((key) => values[key] !== ''),
  )

/** The gateway that sends; undefined where those that are set up can only be read. */
export function smsSendingGateway(values: SmsValues): SmsGateway | undefined {
  const able = smsGateways(values).filter((gateway) => GATEWAYS[gateway].sends.every((key) => values[key] !== ''))
  return values.smsSendBy === 'first' ? able[0] : able.find((gateway) => gateway === values.smsSendBy)
}

export const smsIsMeant = (values: SmsValues) => smsGateways(values).length > 0

export function checkSms(values: SmsValues, isRunning: boolean): Mistake[] {
  const mistakes = wrongNumbers(values)
  if (!isRunning) return mistakes
  const gateways = smsGateways(values)
  if (gateways.length === 0)
    return [
      ...mistakes,
      {
        name: 'RABTA_SOURCES',
        problem: 'sms needs a gateway: set it up with RABTA_SMS_KANNEL_…, …_TWILIO_…, …_ANDROID_… or …_SMPP_…',
      },
    ]
  mistakes.push(...gateways.flatMap((gateway) => incomplete(gateway, values)))
  const { smsSendBy } = values
  if (smsSendBy !== 'first' && mistakes.length === 0 && smsSendingGateway(values) === undefined)
    mistakes.push({
      name: 'RABTA_SMS_SEND_BY',
      problem: `${smsSendBy} is not set up to send: write first, or another of ${gateways.join(', ')}`,
    })
  return mistakes
}

/** A gateway may be read without being able to send, and not the other way round; what sends is written whole or not at all. */
function incomplete(gateway: SmsGateway, values: SmsValues): Mistake[] {
  const { receives, sends } = GATEWAYS[gateway]
  const isSending = sends.some((key) => values[key] !== '')
  return missing(`sms by ${gateway}`, SMS_SETTINGS, values, isSending ? [...receives, ...sends] : receives)
}

function wrongNumbers({ smsNumbers }: SmsValues): Mistake[] {
  if (smsNumbers.length === 0) return []
  try {
    createNumbers(loadDistrictTable(), smsNumbers)
    return []
  } catch (error) {
    if (!(error instanceof NumberMistakes)) throw error
    return error.mistakes.map((problem) => ({ name: SMS_SETTINGS.smsNumbers.name, problem }))
  }
}
