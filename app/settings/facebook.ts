import { integer, missing, secret, setting, url, type Mistake, type ValuesOf } from '../setting.js'
import { digits, graphVersion, sharedWords } from './words.js'

export const FACEBOOK_SETTINGS = {
  facebookBaseUrl: setting(
    'RABTA_FACEBOOK_BASE_URL',
    url('the address of the Graph API'),
    'https://graph.facebook.com',
  ),
  facebookVersion: setting('RABTA_FACEBOOK_VERSION', graphVersion, 'v26.0'),
  facebookPageId: setting('RABTA_FACEBOOK_PAGE_ID', digits('the id of the page', 30), ''),
  facebookPageToken: setting('RABTA_FACEBOOK_PAGE_TOKEN', secret, ''),
  facebookAppSecret: setting('RABTA_FACEBOOK_APP_SECRET', secret, ''),
  facebookVerifyToken: setting('RABTA_FACEBOOK_VERIFY_TOKEN', sharedWords('Meta'), ''),
  facebookPollSeconds: setting('RABTA_FACEBOOK_POLL_SECONDS', integer(1, 3600, 'seconds between two polls'), 60),
}

type FacebookValues = ValuesOf<typeof FACEBOOK_SETTINGS>

const NEEDS = ['facebookPageId', 'facebookPageToken', 'facebookAppSecret', 'facebookVerifyToken'] as const

export const facebookIsMeant = (values: FacebookValues) => NEEDS.some((key) => values[key] !== '')

export const checkFacebook = (values: FacebookValues, isRunning: boolean): Mistake[] =>
  isRunning ? missing('facebook', FACEBOOK_SETTINGS, values, NEEDS) : []
