import type { Media, Mention } from '../../schemas/mention.js'
import { fields, label, list, numeric, type Fields } from '../fields.js'
import { epochOfSeconds, instant } from '../instants.js'
import type { ActivitySink } from './activity-sink.js'
import { snowflakeMs, unescapeHtml } from './read.js'
import { postUrl } from './post-url.js'

const V1_DATE = /^[A-Z][a-z]{2} [A-Z][a-z]{2} \d{2} \d{2}:\d{2}:\d{2} [+-]\d{4} \d{4}$/

/**
 * Reads one post in the shape of API v1.1, as Account Activity brings it, into the mention that the v2 API would give: same id, same version. It does not say
 * the conversation: an answer is put with what it answers.
 */
export function readV1Post(
  value: unknown,
  forUserId: unknown,
  sink: ActivitySink,
  wrap: (post: unknown) => unknown,
): void {
  const post = fields(value)
  // Only the text form: the number has lost its last digits.
  const id = idOf(post?.['id_str']) ?? idOf(post?.['id'])
  const text = post === undefined ? undefined : wholeText(post)
  if (post === undefined || id === undefined || text === undefined)
    return sink.fail(wrap(value), 'a post without id or text')
  const user = fields(post['user'])
  const authorId = idOf(user?.['id_str']) ?? idOf(user?.['id'])
  if (sink.isOurs(authorId)) return sink.skip('our own post')
  if (fields(post['retweeted_status']) !== undefined) return sink.skip('a repost: what it repeats is a post of its own')
  const root = rootOf(post) ?? id
  const writtenMs = createdMs(post, id)
  const repliesTo = idOf(post['in_reply_to_status_id_str'])
  const handle = label(user?.['screen_name'])
  const mention: Mention = {
    schema: 'rabta.mention/1',
    id: `x:${root}`,
    channel: 'x',
    source: sink.source,
    version: writtenMs ?? 0,
    kind: repliesTo !== undefined || idOf(post['in_reply_to_user_id_str']) !== undefined ? 'reply' : 'post',
    text,
    author: {
      id: authorId ?? null,
      name: label(user?.['name']) ?? null,
      handle: handle ?? null,
      address: null,
      place: label(user?.['location']) ?? null,
    },
    account: sink.accountOf(forUserId),
    conversation: `x:${label(post['conversation_id_str']) ?? repliesTo ?? root}`,
    private: false,
    inReplyTo: repliesTo === undefined ? null : `x:${repliesTo}`,
    url: postUrl(handle ?? null, id),
    writtenAt: writtenMs === undefined ? sink.receivedAt : instant(writtenMs),
    receivedAt: sink.receivedAt,
    media: readMedia(post),
    location: readPoint(post),
    mended: writtenMs === undefined ? ['written-unknown'] : [],
  }
  sink.reading.changes.push({ type: root === id ? 'written' : 'edited', mention })
}

/**
 * A deletion. Its version is the moment of the deletion, and never older than the post itself, whose moment is in its id: some of X's deletions carry a time
 * that is years off.
 */
export function readDeletion(id: string, atMs: number | undefined, sink: ActivitySink): void {
  const madeMs = snowflakeMs(id)
  const receivedMs = Date.parse(sink.receivedAt)
  const version = Math.max(atMs ?? receivedMs, madeMs === undefined ? 0 : madeMs + 1)
  sink.reading.changes.push({
    type: 'deleted',
    id: `x:${id}`,
    channel: 'x',
    conversation: `x:${id}`,
    version,
    receivedAt: sink.receivedAt,
  })
}

export function readV1Deletion(value: unknown, sink: ActivitySink, wrap: (entry: unknown) => unknown): void {
  const entry = fields(value)
  const status = fields(entry?.['status'])
  const id = idOf(status?.['id']) ?? idOf(status?.['id_str'])
  if (id === undefined) sink.fail(wrap(value), 'a deletion that does not say of what')
  else readDeletion(id, epochOfSeconds(entry?.['timestamp_ms']), sink)
}

const idOf = (value: unknown): string | undefined => {
  const id = label(value)
  return id !== undefined && /^\d{1,25}$/.test(id) ? id : undefined
}

/** Posts of more than 140 letters have their whole text elsewhere, and `text` is cut. */
function wholeText(post: Fields): string | undefined {
  const extended = fields(post['extended_tweet'])?.['full_text']
  const note = fields(post['note_tweet'])?.['text']
  const found = [note, extended, post['full_text'], post['text']].find(
    (text) => typeof text === 'string' && text !== '',
  )
  return typeof found === 'string' ? unescapeHtml(found) : typeof post['text'] === 'string' ? '' : undefined
}

function rootOf(post: Fields): string | undefined {
  const history = fields(post['edit_history'])
  const ids = list(history?.['edit_tweet_ids'] ?? post['edit_history_tweet_ids'] ?? post['edit_history_post_ids'])
  return idOf(history?.['initial_tweet_id']) ?? idOf(ids[0])
}

/** In whole seconds, as the v2 API says it, so that the same state has the same version by either way. */
function createdMs(post: Fields, id: string): number | undefined {
  const created = post['created_at']
  if (typeof created === 'string' && V1_DATE.test(created)) {
    const seconds = epochOfSeconds(Date.parse(created) / 1000)
    if (seconds !== undefined) return seconds
  }
  return snowflakeMs(id)
}

function readMedia(post: Fields): Media[] {
  const extended = fields(fields(post['extended_tweet'])?.['extended_entities'])
  const entries = list((extended ?? fields(post['extended_entities']) ?? fields(post['entities']))?.['media'])
  return entries.flatMap((entry) => {
    const media = fields(entry)
    const id = label(media?.['id_str'])
    if (media === undefined || id === undefined) return []
    const isPicture = media['type'] === 'photo'
    const variants = list(fields(media['video_info'])?.['variants'])
      .map(fields)
      .filter((variant) => variant !== undefined)
    const best = variants.sort((a, b) => (numeric(b['bitrate']) ?? 0) - (numeric(a['bitrate']) ?? 0))[0]
    return {
      kind: isPicture ? ('image' as const) : ('video' as const),
      id: `${MEDIA_PREFIX.get(media['type']) ?? '3'}_${id}`,
      mimeType: label(best?.['content_type']) ?? null,
      sha256: null,
      bytes: null,
      fileName: null,
      url: label(best?.['url']) ?? label(media['media_url_https']) ?? label(media['media_url']) ?? null,
    }
  })
}

/** v2's media keys: the kind, then v1.1's id. */
const MEDIA_PREFIX = new Map<unknown, string>([
  ['photo', '3'],
  ['video', '7'],
  ['animated_gif', '16'],
])

function readPoint(post: Fields): Mention['location'] {
  const [longitude, latitude] = list(fields(post['coordinates'])?.['coordinates']).map(numeric)
  if (latitude === undefined || longitude === undefined || Math.abs(latitude) > 90 || Math.abs(longitude) > 180)
    return null
  return { latitude, longitude, name: label(fields(post['place'])?.['full_name']) ?? null, address: null }
}
