import { createFacebookClient } from '../../channels/facebook/api-client.js'
import { createFacebookMedia } from '../../channels/facebook/media.js'
import { createFacebookHook } from '../../channels/facebook/webhook.js'
import {
  createFacebookFeedSource,
  createFacebookMessagesSource,
  createFacebookTaggedSource,
} from '../../ingest/facebook-source.js'
import { createFacebookSender } from '../../send/senders/facebook-sender.js'
import type { Config } from '../config.js'
import type { Core } from '../core.js'
import type { Platform } from './platform.js'

export function facebookPlatform(config: Config, { clock, log }: Core): Platform {
  const { facebookAppSecret: appSecret, facebookVerifyToken: verifyToken, facebookPageId: pageId } = config
  const client = createFacebookClient({
    baseUrl: config.facebookBaseUrl,
    version: config.facebookVersion,
    pageId,
    pageToken: config.facebookPageToken,
    appSecret,
    clock,
    loopbackOnly: config.demonstration,
  })
  const parts = { client, clock, log, pollMs: config.facebookPollSeconds * 1000 }
  return {
    polled: [createFacebookFeedSource(parts), createFacebookTaggedSource(parts), createFacebookMessagesSource(parts)],
    pushed: [],
    hooks: new Map([['/hooks/facebook', createFacebookHook({ appSecret, verifyToken, pageIds: [pageId] })]]),
    sender: createFacebookSender([client]),
    fetcher: createFacebookMedia({
      clock,
      loopbackOnly: config.demonstration,
      trustedOrigins: [new URL(config.facebookBaseUrl).origin],
    }),
  }
}
