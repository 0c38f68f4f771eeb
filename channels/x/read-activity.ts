import { fields, label, list, type Fields } from '../fields.js'
import { epochOfIso, epochOfSeconds } from '../instants.js'
import type { Reading } from '../hook.js'
import { createActivitySink, readingOf, type ActivityContext, type ActivitySink } from './activity-sink.js'
import { readDirectMessages, readEncryptedChat } from './read-direct.js'
import { readPosts } from './read.js'
import { readDeletion, readV1Deletion, readV1Post } from './read-v1.js'

/** Lists of an Account Activity body that bring no message, by name, with what they are. */
const V1_SKIPPED = new Map([
  ['favorite_events', 'a like'],
  ['follow_events', 'a follow or unfollow'],
  ['unfollow_events', 'an unfollow'],
  ['block_events', 'a block or unblock'],
  ['unblock_events', 'an unblock'],
  ['mute_events', 'a mute or unmute'],
  ['unmute_events', 'an unmute'],
  ['direct_message_indicate_typing_events', 'somebody is typing'],
  ['direct_message_mark_read_events', 'a read receipt'],
  ['user_event', 'an account withdrew its consent'],
])
const V1_BESIDE = new Set(['for_user_id', 'user_has_blocked', 'is_blocked_by', 'users', 'apps', 'source', 'target'])

/** What the v2 events that bring no message are, by the first part of their names. */
const V2_SKIPPED = new Map([
  ['like', 'a like'],
  ['follow', 'a follow or unfollow'],
  ['profile', 'a change of a profile'],
  ['mute', 'a mute or unmute'],
  ['block', 'a block or unblock'],
  ['spaces', 'a Space'],
  ['news', 'a news summary by X'],
  ['oauth', 'an account withdrew its consent'],
])

/** Reads a webhook body of X in either shape; takes any value and never throws. Every part of it is in one of the four lists. */
export function readActivity(payload: unknown, context: ActivityContext): Reading {
  const sink = createActivitySink(context)
  const body = fields(payload)
  if (body === undefined) {
    sink.fail(payload, 'a body that is no JSON object')
    return readingOf(sink)
  }
  const events = v2Events(body)
  for (const event of events) readV2Event(event, sink)
  const isV1 = readV1(body, sink)
  const isKnown = isV1 || Object.keys(body).every((name) => V1_BESIDE.has(name) || name === 'data')
  if (events.length === 0 && !isKnown) sink.fail(payload, 'a body of an unknown shape')
  const { changes, skipped, unread } = sink.reading
  if (changes.length + skipped.length + unread.length === 0) sink.skip('a body without events')
  return readingOf(sink)
}

function v2Events(body: Fields): readonly unknown[] {
  const { data } = body as { data?: unknown }
  if (Array.isArray(data)) return data as unknown[]
  if (data !== undefined && data !== null) return [data]
  return body['event_type'] === undefined ? [] : [body]
}

/** True where the body held any list of an Account Activity body. */
function readV1(body: Fields, sink: ActivitySink): boolean {
  const forUserId = body['for_user_id']
  let isV1 = false
  for (const [name, value] of Object.entries(body)) {
    if (V1_BESIDE.has(name) || name === 'data') continue
    const skipped = V1_SKIPPED.get(name)
    const wrap = (entry: unknown) => ({ for_user_id: forUserId ?? null, [name]: [entry] })
    if (name === 'tweet_create_events' || name === 'post_create_events')
      for (const post of items(value)) readV1Post(post, forUserId, sink, wrap)
    else if (name === 'tweet_delete_events' || name === 'post_delete_events')
      for (const entry of items(value)) readV1Deletion(entry, sink, wrap)
    else if (name === 'direct_message_events')
      readDirectMessages(items(value), body['users'], forUserId, sink, (entry) => ({
        ...wrap(entry),
        users: body['users'] ?? null,
      }))
    else if (skipped !== undefined) items(value).forEach(() => sink.skip(skipped))
    else if (!name.endsWith('_events') && !name.endsWith('_event')) continue
    else for (const entry of items(value)) sink.fail(wrap(entry), 'an event of an unknown kind')
    isV1 = true
  }
  return isV1
}

/** A list, or one entry where X sends it bare; nothing for null. */
function items(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? (value as unknown[]) : value === null || value === undefined ? [] : [value]
}

function readV2Event(value: unknown, sink: ActivitySink): void {
  const event = fields(value)
  const type = label(event?.['event_type'])
  const payload = fields(event?.['payload'])
  if (event === undefined || type === undefined) return sink.fail({ data: value }, 'an event without its type')
  const [family = ''] = type.split('.')
  const skipped =
    V2_SKIPPED.get(family) ??
    (/^Profile|^Follow|^News/.test(type) ? 'a change of a profile, a follow, or news' : undefined)
  if (skipped !== undefined) return sink.skip(skipped)
  if (payload === undefined) return sink.fail({ data: value }, 'an event without its payload')
  const forUserId = fields(event['filter'])?.['user_id']
  const isRead =
    family === 'dm' || family === 'chat'
      ? readPrivate(type, event, payload, forUserId, sink)
      : readPost(type, event, payload, forUserId, sink)
  if (!isRead) sink.fail({ data: value }, `an event ${type.slice(0, 60)} that cannot be read`)
}

function readPrivate(type: string, event: Fields, payload: Fields, forUserId: unknown, sink: ActivitySink): boolean {
  if (/read|typing|conversation_join/.test(type)) {
    sink.skip('a read receipt, somebody typing, or somebody joining')
    return true
  }
  if (type.startsWith('chat')) return readEncryptedChat(payload, fields(event['includes'])?.['users'], forUserId, sink)
  const messages = list(payload['direct_message_events'])
  const wrap = (entry: unknown) => ({ data: { ...event, payload: { ...payload, direct_message_events: [entry] } } })
  readDirectMessages(messages, payload['users'], forUserId, sink, wrap)
  return messages.length > 0
}

/** Every event whose payload is a post, also one of a kind that X has not thought of yet; and the deletion of one. */
function readPost(type: string, event: Fields, payload: Fields, forUserId: unknown, sink: ActivitySink): boolean {
  const id = label(payload['id'])
  if (type.endsWith('.delete')) {
    if (id === undefined) return false
    const atMs = epochOfSeconds(payload['timestamp_ms']) ?? epochOfIso(payload['deleted_at'])
    readDeletion(id, atMs, sink)
    return true
  }
  const authorId = label(payload['author_id'])
  const account = authorId === label(forUserId) ? null : sink.accountOf(forUserId)
  const body = { data: payload, includes: event['includes'] }
  const { changes } = readPosts(body, { source: sink.source, account, receivedAt: sink.receivedAt })
  if (changes.length === 0) return false
  if (sink.isOurs(authorId)) sink.skip('our own post')
  else if (isRepost(payload)) sink.skip('a repost: what it repeats is a post of its own')
  else sink.reading.changes.push(...changes)
  return true
}

function isRepost(post: Fields): boolean {
  return list(post['referenced_tweets'] ?? post['referenced_posts']).some(
    (entry) => fields(entry)?.['type'] === 'retweeted',
  )
}
