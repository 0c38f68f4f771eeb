import type { FacebookClient } from '../channels/facebook/client.js'
import { graphTime, readComment, readListedMessage, readPost } from '../channels/facebook/read-objects.js'
import { fields, label, list } from '../channels/fields.js'
import { instant } from '../channels/instants.js'
import type { Clock } from '../runtime/clock.js'
import { Failure } from '../runtime/failure.js'
import type { Log } from '../runtime/log.js'
import type { SourceDetails } from '../schemas/source-health.js'
import { createSweepSource, type Listed } from './facebook-sweep.js'
import type { Source } from './source.js'

const HOUR_MS = 3_600_000

export interface FacebookSourceOptions {
  readonly client: FacebookClient
  readonly clock: Clock
  readonly log: Log
  /** Its name where there are several pages: the cursor is kept by it. */
  readonly name?: string
  readonly pollMs?: number
  /** How old a post may be whose comments are still looked for; default 14 days. */
  readonly lookBackMs?: number
  /** How often everything in that window is read again; default one hour. */
  readonly deepEveryMs?: number
}

/** What others wrote on the page, and all comments and replies under its posts. It also watches over the token. */
export function createFacebookFeedSource(options: FacebookSourceOptions): Source {
  const { client, clock, log, name = 'facebook-feed' } = options
  const context = (receivedAt: string) => ({ source: name, pageId: client.pageId, receivedAt })
  const source = createSweepSource(
    name,
    {
      isByActivity: false,
      list: (query, signal) => client.feed(query, signal),
      listUnder: (id, query, signal) => client.comments(id, query, signal),
      readListed: (value, receivedAt) => {
        const post = fields(value)
        const createdMs = graphTime(post?.['created_time'])
        const updatedMs = graphTime(post?.['updated_time'])
        const id = label(post?.['id'])
        return {
          reading: readPost(value, context(receivedAt)),
          orderMs: createdMs,
          activeMs: updatedMs,
          changedMs: updatedMs,
          under: id === undefined ? undefined : { id, isBusy: updatedMs !== undefined && updatedMs !== createdMs },
        }
      },
      readUnder: (value, post, receivedAt) => plain(readComment(value, post, context(receivedAt)), value),
    },
    { ...options, pollMs: options.pollMs ?? 60_000 },
  )
  const watch = createTokenWatch(client, clock, log)
  return {
    ...source,
    poll: async (cursor, signal) => {
      const ends = await watch(signal)
      const polled = await source.poll(cursor, signal)
      return { ...polled, ...(ends === undefined ? {} : { details: { ...polled.details, ...ends } }) }
    },
  }
}

/** Posts elsewhere that name the page. */
export function createFacebookTaggedSource(options: FacebookSourceOptions): Source {
  const { client, name = 'facebook-tagged' } = options
  return createSweepSource(
    name,
    {
      isByActivity: true,
      list: ({ limit, token }, signal) => client.tagged({ ...(limit === undefined ? {} : { limit }), token }, signal),
      readListed: (value, receivedAt) => {
        const post = fields(value)
        const taggedMs = graphTime(post?.['tagged_time']) ?? graphTime(post?.['created_time'])
        const reading = readPost(value, { source: name, pageId: client.pageId, receivedAt })
        return { reading, orderMs: taggedMs, activeMs: taggedMs, changedMs: undefined, under: undefined }
      },
    },
    { ...options, pollMs: options.pollMs ?? 120_000 },
  )
}

/** What was written on Messenger: the webhook brings it at once, this finds what it did not bring. */
export function createFacebookMessagesSource(options: FacebookSourceOptions): Source {
  const { client, name = 'facebook-messages' } = options
  /** Who is at the other end of a conversation, for messages that do not say who wrote them. */
  const partners = new Map<string, string>()
  return createSweepSource(
    name,
    {
      isByActivity: true,
      list: ({ limit, token }, signal) =>
        client.conversations({ ...(limit === undefined ? {} : { limit }), token }, signal),
      listUnder: (id, query, signal) => client.messages(id, query, signal),
      readListed: (value) => {
        const conversation = fields(value)
        const id = label(conversation?.['id'])
        const updatedMs = graphTime(conversation?.['updated_time'])
        const others = list(fields(conversation?.['participants'])?.['data'])
          .map((participant) => label(fields(participant)?.['id']))
          .filter((participant) => participant !== undefined && participant !== client.pageId)
        const [partner] = others
        if (id !== undefined && partner !== undefined && others.length === 1) partners.set(id, partner)
        return {
          reading: id === undefined ? { unread: 'a conversation without an id' } : { skipped: 'a conversation' },
          orderMs: updatedMs,
          activeMs: updatedMs,
          changedMs: undefined,
          under: id === undefined ? undefined : { id, isBusy: true },
        }
      },
      readUnder: (value, id, receivedAt) =>
        plain(readListedMessage(value, partners.get(id), { source: name, pageId: client.pageId, receivedAt }), value),
    },
    { ...options, pollMs: options.pollMs ?? 300_000 },
  )
}

function plain(reading: Listed['reading'], value: unknown): Listed {
  const writtenMs = graphTime(fields(value)?.['created_time'])
  return { reading, orderMs: writtenMs, activeMs: writtenMs, changedMs: undefined, under: undefined }
}

/** Asks now and then until when the token holds. That it cannot be asked is no reason to stop reading; that it ended is. */
function createTokenWatch(client: FacebookClient, clock: Clock, log: Log) {
  let askedAt = -Infinity
  return async (signal: AbortSignal): Promise<Partial<SourceDetails> | undefined> => {
    const ageMs = clock.now() - askedAt
    if (ageMs >= 0 && ageMs < HOUR_MS) return undefined
    try {
      const { isValid, endsAtMs } = await client.tokenState(signal)
      if (!isValid) {
        throw new Failure(
          'unauthorized',
          'the Facebook sign-in expired: sign in again and set the new page token in RABTA_FACEBOOK_PAGE_TOKEN',
          { retryable: false },
        )
      }
      askedAt = clock.now()
      return { tokenExpiresAt: endsAtMs === undefined ? null : instant(endsAtMs) }
    } catch (error) {
      if (!(error instanceof Failure) || error.reason === 'unauthorized' || error.reason === 'stopped') throw error
      askedAt = clock.now()
      log.info('facebook does not say until when the token holds', { problem: error.message })
      return undefined
    }
  }
}
