import { accountName } from '../../channels/x/accounts.js'
import { createHttpMedia, X_MEDIA_HOSTS } from '../../channels/http-media.js'
import { createXClient } from '../../channels/x/api-client.js'
import { createXHook } from '../../channels/x/hook.js'
import { createXStream } from '../../channels/x/stream-client.js'
import { createXMentionsSource, createXSearchSource, mentionsSourceName } from '../../ingest/x-source.js'
import { createXSpending } from '../../ingest/x-spending.js'
import { createXStreamSource } from '../../ingest/x-stream-source.js'
import { createXStreamWatch } from '../../ingest/x-stream-watch.js'
import { createSpendMeter } from '../../ingest/spend.js'
import { createXSender } from '../../send/senders/x-sender.js'
import type { Config } from '../config.js'
import type { Core } from '../core.js'
import { xAccounts } from '../own-accounts.js'
import type { Platform } from './platform.js'

export function xPlatform(config: Config, { clock, log, stores }: Core): Platform {
  const accounts = xAccounts(config)
  const [first] = accounts
  const { xApiKey: appKey, xApiSecret: appSecret, xAccessToken: accessToken, xAccessSecret: accessSecret } = config
  const common = {
    baseUrl: config.xBaseUrl,
    bearerToken: config.xBearerToken,
    clock,
    loopbackOnly: config.demonstration,
  }
  const ownedUserId = config.xOwnsApp === 'yes' ? first.userId : undefined
  const tokens = [...config.xAccountTokens].map(
    ([account, token]) => [account, { kind: 'oauth1', appKey, appSecret, ...token }] as const,
  )
  const client = createXClient({
    ...common,
    replyToken: appKey === '' ? undefined : { kind: 'oauth1', appKey, appSecret, accessToken, accessSecret },
    accountTokens: new Map(tokens),
    ownedUserId,
  })
  const spending = createXSpending({
    meter: createSpendMeter({ records: stores.records, clock, platform: 'x' }),
    clock,
    budgetDollars: config.xMonthlyBudgetDollars,
  })
  const watch = config.xStream === 'on' ? createXStreamWatch(clock) : undefined
  const parts = {
    client,
    clock,
    log,
    pollMs: config.xPollSeconds * 1000,
    spending,
    stream: watch,
    streamPollMs: config.xStreamPollSeconds * 1000,
  }
  const searchQuery = config.xSearchQuery === '' ? undefined : config.xSearchQuery
  const mentions = accounts.map((account, index) =>
    createXMentionsSource({
      ...parts,
      name: mentionsSourceName(account, index),
      userId: account.userId,
      account: accountName(account),
      isOwned: account.userId === ownedUserId,
      sharers: accounts.length,
    }),
  )
  const stream = {
    stream: createXStream({ ...common, backfillMinutes: config.xBackfillMinutes }),
    accounts,
    searchQuery,
    clock,
    log,
    spending,
  }
  return {
    polled: [
      ...mentions,
      ...(searchQuery === undefined ? [] : [createXSearchSource({ ...parts, query: searchQuery })]),
    ],
    pushed: watch === undefined ? [] : [createXStreamSource({ ...stream, watch })],
    hooks: new Map(appSecret === '' ? [] : [['/hooks/x', createXHook({ consumerSecret: appSecret, accounts })]]),
    sender: appKey === '' ? undefined : createXSender(client),
    fetcher: createHttpMedia({
      channel: 'x',
      hosts: X_MEDIA_HOSTS,
      trustedOrigins: [new URL(config.xBaseUrl).origin],
      clock,
      loopbackOnly: config.demonstration,
    }),
  }
}
