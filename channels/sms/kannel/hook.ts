import type { HookFormat } from '../../hook.js'
import { isSecret } from '../secrets.js'
import { KANNEL_SOURCE, readKannel } from './read.js'
import { queryOf, readRawQuery, timesGiven, withoutParameter } from './raw-query.js'

/**
 * Kannel brings messages (`get-url`) and receipts (`dlr-url`) by GET. Its configuration, under `group = smsbox` and the one `group = sms-service`:
 *
 *     mo-recode = true
 *     http-request-retry = 100000
 *     http-queue-delay = 10
 *
 *     keyword = default
 *     catch-all = true
 *     max-messages = 0
 *     omit-empty = true
 *     concatenation = true
 *     get-url = "https://DESK/hooks/sms/kannel?secret=SECRET&from=%p&to=%P&text=%b&coding=%c&charset=%C&smsc=%i&id=%I&time=%T"
 *
 * The smsbox has no `smsbox-id`: a named one gets no messages without a route. Without `http-request-retry` Kannel tries once and drops the message;
 * without `max-messages = 0` it sends the citizen what we answer.
 */
export function createKannelHook(options: { readonly secret: string }): HookFormat {
  return {
    name: KANNEL_SOURCE,
    channel: 'sms',
    delivers: ['GET'],
    verify: ({ url }) => {
      const query = queryOf(url)
      if (timesGiven(query, 'secret') !== 1) return false
      return isSecret(readRawQuery(query).get('secret')?.toString('utf8'), options.secret)
    },
    verifyAdvice: 'compare RABTA_SMS_KANNEL_SECRET with secret=… in the get-url of Kannel’s sms-service',
    parse: ({ url }) => {
      const query = withoutParameter(queryOf(url), 'secret')
      if (!query.includes('=')) throw new Error('a request without parameters')
      return { query }
    },
    read: readKannel,
    // Whatever stands here would be sent to the citizen by a Kannel that was not told `max-messages = 0`.
    stored: { status: 200, body: '' },
  }
}
