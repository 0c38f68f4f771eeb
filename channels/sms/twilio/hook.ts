import type { HookFormat, HookRequest } from '../../hook.js'
import { readTwilio, TWILIO_SOURCE } from './read.js'
import { verifyTwilioSignature } from './signature.js'

export const TWILIO_HOOK_PATH = '/hooks/sms/twilio'

export interface TwilioHookOptions {
  readonly authToken: string
  /** The address under which Twilio reaches the desk (`https://desk.example`): behind a proxy it is not the one we are called by. Empty: as called. */
  readonly publicUrl: string
}

/** Twilio brings messages and statuses (`StatusCallback`) as signed forms. Its console needs `https://DESK/hooks/sms/twilio#rc=5&rp=all`, or it tries once. */
export function createTwilioHook(options: TwilioHookOptions): HookFormat {
  const base = options.publicUrl.replace(/\/+$/, '')
  return {
    name: TWILIO_SOURCE,
    channel: 'sms',
    delivers: ['POST'],
    verify: (request) => {
      const address = base === '' ? request.url : `${base}${TWILIO_HOOK_PATH}${searchOf(request.url)}`
      return verifyTwilioSignature(address, formOf(request), request.headers['x-twilio-signature'], options.authToken)
    },
    verifyAdvice:
      'compare RABTA_SMS_TWILIO_AUTH_TOKEN with the Twilio console, and RABTA_PUBLIC_URL with the address that is entered there',
    parse: (request) => {
      const form = formOf(request)
      if (form.size === 0) throw new Error('a form without fields')
      return Object.fromEntries(form)
    },
    read: readTwilio,
    // Twilio reads the answer as instructions: anything else would be sent to the citizen, or counted as an error.
    stored: {
      status: 200,
      body: '<?xml version="1.0" encoding="UTF-8"?><Response/>',
      type: 'text/xml; charset=utf-8',
    },
  }
}

const formOf = ({ rawBody }: HookRequest): URLSearchParams => new URLSearchParams(rawBody.toString('utf8'))

function searchOf(address: string): string {
  const at = address.indexOf('?')
  return at < 0 ? '' : address.slice(at)
}
