import { integer, listOf, networks, numbersByName, oneOf, secret, setting, text, url } from '../setting.js'
import { isOneLine } from './words.js'

/** What is not of one platform. */
export const DESK_SETTINGS = {
  data: setting('RABTA_DATA', text, ''),
  host: setting('RABTA_HOST', text, '127.0.0.1'),
  port: setting('RABTA_PORT', integer(0, 65_535, 'a port'), 4100),
  publicUrl: setting('RABTA_PUBLIC_URL', url('the address under which people reach the desk'), ''),
  trustedProxies: setting('RABTA_TRUSTED_PROXIES', networks, []),
  healthPort: setting(
    'RABTA_HEALTH_PORT',
    integer(0, 65_535, 'the port on which a process says how it does, 0 for none'),
    0,
  ),
  adminPassword: setting(
    'RABTA_ADMIN_PASSWORD',
    {
      ...secret,
      write: 'a password of 12 to 256 characters in one line, with no space at its ends',
      parse: (value) => (value.length >= 12 && value.length <= 256 && isOneLine(value) ? value : undefined),
    },
    '',
  ),
  logLevel: setting('RABTA_LOG_LEVEL', oneOf('info', 'warn', 'error', 'silent'), 'info' as const),
  sources: setting('RABTA_SOURCES', listOf('x', 'facebook', 'whatsapp', 'sms', 'news', 'demo'), []),
  unjudgedMinutes: setting(
    'RABTA_UNJUDGED_MINUTES',
    integer(1, 240, 'minutes until a message that nobody could judge rings'),
    10,
  ),
  retentionDays: setting('RABTA_RETENTION_DAYS', integer(1, 3650, 'days for which mentions are kept'), 365),
  unitNumbers: setting('RABTA_UNIT_NUMBERS', numbersByName, new Map<string, string>()),
  demoSeconds: setting(
    'RABTA_DEMO_SECONDS',
    integer(1, 3600, 'seconds in which the story of the demonstration plays'),
    180,
  ),
}
