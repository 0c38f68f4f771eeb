import type { Clock } from '../../runtime/clock.js'
import { createHttpMedia } from '../http-media.js'
import type { MediaFetcher } from '../media.js'

export interface FacebookMediaOptions {
  readonly clock: Clock
  /** Origins of the house that stand in for Facebook's. */
  readonly trustedOrigins?: readonly string[]
  readonly loopbackOnly?: boolean
  readonly timeoutMs?: number
}

/** Facebook's own: pictures and films of posts, and attachments of Messenger. */
const HOSTS = ['fbcdn.net', 'fbsbx.com']

/**
 * Files of Facebook come by a signed address inside the payload, which needs no token and lives some days; `https://www.facebook.com/…` of an
 * attachment is a page, not a file, and is not fetched.
 */
export function createFacebookMedia(options: FacebookMediaOptions): MediaFetcher {
  return createHttpMedia({ channel: 'facebook', hosts: HOSTS, ...options })
}
