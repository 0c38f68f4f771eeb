import { missing, secret, setting, text, url, type Mistake, type ValuesOf } from '../setting.js'
import { digits, graphVersion, sharedWords } from './words.js'

export const WHATSAPP_SETTINGS = {
  whatsappBaseUrl: setting(
    'RABTA_WHATSAPP_BASE_URL',
    url('the address of the Graph API'),
    'https://graph.facebook.com',
  ),
  whatsappVersion: setting('RABTA_WHATSAPP_VERSION', graphVersion, 'v26.0'),
  whatsappPhoneNumberId: setting(
    'RABTA_WHATSAPP_PHONE_NUMBER_ID',
    digits('the id of the business phone number', 30),
    '',
  ),
  whatsappAccessToken: setting('RABTA_WHATSAPP_ACCESS_TOKEN', secret, ''),
  whatsappAppSecret: setting('RABTA_WHATSAPP_APP_SECRET', secret, ''),
  whatsappVerifyToken: setting('RABTA_WHATSAPP_VERIFY_TOKEN', sharedWords('Meta'), ''),
  whatsappForwardTemplate: setting('RABTA_WHATSAPP_FORWARD_TEMPLATE', text, ''),
}

type WhatsAppValues = ValuesOf<typeof WHATSAPP_SETTINGS>

const NEEDS = ['whatsappAccessToken', 'whatsappAppSecret', 'whatsappVerifyToken', 'whatsappPhoneNumberId'] as const

export const whatsappIsMeant = (values: WhatsAppValues) => NEEDS.some((key) => values[key] !== '')

export const checkWhatsApp = (values: WhatsAppValues, isRunning: boolean): Mistake[] =>
  isRunning ? missing('whatsapp', WHATSAPP_SETTINGS, values, NEEDS) : []
