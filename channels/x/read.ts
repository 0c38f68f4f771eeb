import type { Author, Change, Media, Mention } from '../../schemas/mention.js'
import { fields, label, list, numeric, type Fields } from '../fields.js'
import { epochOfIso, instant } from '../instants.js'
import { unread, type Unread } from '../unread.js'
import { postUrl } from './post-url.js'

const SNOWFLAKE_EPOCH_MS = 1_288_834_974_657n
const SNOWFLAKE_DIGITS = /^\d{15,19}$/

/** Something that X could not give with a page that is otherwise good: a suspended author, a deleted post. */
export interface XPartialError {
  readonly title: string
  readonly resource: string
}

export interface XReading {
  /** Oldest first, each state of a post once. */
  readonly changes: readonly Change[]
  readonly unread: readonly Unread[]
  readonly errors: readonly XPartialError[]
}

export interface XReadOptions {
  /** The source's name, as mentions carry it. */
  readonly source: string
  /** Our account that was written to, where known. */
  readonly account: string | null
  readonly receivedAt: string
}

/** A post as it was written or edited: X's pages never tell of deletions. */
type ReadChange = Extract<Change, { mention: Mention }>

interface Included {
  readonly users: ReadonlyMap<string, Fields>
  readonly posts: ReadonlyMap<string, Fields>
  readonly media: ReadonlyMap<string, Fields>
  readonly places: ReadonlyMap<string, Fields>
}

/** Reads an answer of X in either naming; takes any value and never throws. What it cannot read is in `unread`. */
export function readPosts(body: unknown, options: XReadOptions): XReading {
  const envelope = fields(body)
  const data = envelope?.['data']
  const posts = Array.isArray(data) ? (data as unknown[]) : fields(data) === undefined ? [] : [data]
  const included = readIncluded(fields(envelope?.['includes']))
  const changes = new Map<string, ReadChange>()
  const failed: Unread[] = []
  for (const post of posts) {
    const change = readPost(post, included, options)
    if (change === undefined)
      failed.push(unread(`sources/${options.source}`, { data: [post] }, 'a post without id or text'))
    else changes.set(`${change.mention.id} ${change.mention.version}`, change)
  }
  // X lists the newest first and stamps whole seconds: turned round, those of one second are in order too.
  const ordered = [...changes.values()].reverse().sort((a, b) => a.mention.version - b.mention.version)
  return { changes: ordered, unread: failed, errors: readErrors(envelope?.['errors']) }
}

function readErrors(errors: unknown): XPartialError[] {
  return list(errors).map((entry) => {
    const error = fields(entry)
    return {
      title: label(error?.['title']) ?? label(error?.['message']) ?? 'error without a title',
      resource: label(error?.['resource_type']) ?? 'unknown',
    }
  })
}

function byId(entries: unknown, key: string): Map<string, Fields> {
  const found = new Map<string, Fields>()
  for (const entry of list(entries)) {
    // The Activity API wraps some of what it includes once more.
    const object = fields(fields(entry)?.['data']) ?? fields(entry)
    const id = label(object?.[key])
    if (object !== undefined && id !== undefined) found.set(id, object)
  }
  return found
}

function readIncluded(includes: Fields | undefined): Included {
  return {
    users: byId(includes?.['users'], 'id'),
    posts: byId([...list(includes?.['tweets']), ...list(includes?.['posts'])], 'id'),
    media: byId(includes?.['media'], 'media_key'),
    places: byId(includes?.['places'], 'id'),
  }
}

function readPost(value: unknown, included: Included, options: XReadOptions): ReadChange | undefined {
  const post = fields(value)
  const id = label(post?.['id'])
  if (post === undefined || id === undefined || typeof post['text'] !== 'string') return undefined
  const history = list(post['edit_history_tweet_ids'] ?? post['edit_history_post_ids']).map(label)
  const root = history[0] ?? id
  const writtenMs = epochOfIso(post['created_at']) ?? snowflakeMs(id)
  const repliesTo = referenceOf(post, 'replied_to')
  const author = readAuthor(post, included)
  const mention: Mention = {
    schema: 'rabta.mention/1',
    id: `x:${root}`,
    channel: 'x',
    source: options.source,
    version: writtenMs ?? 0,
    kind: repliesTo !== undefined || label(post['in_reply_to_user_id']) !== undefined ? 'reply' : 'post',
    text: wholeText(post, included),
    author,
    account: options.account,
    conversation: `x:${label(post['conversation_id']) ?? root}`,
    private: false,
    inReplyTo: repliesTo === undefined ? null : `x:${repliesTo}`,
    url: postUrl(author.handle, id),
    writtenAt: writtenMs === undefined ? options.receivedAt : instant(writtenMs),
    receivedAt: options.receivedAt,
    media: readMedia(post, included),
    location: readLocation(post, included),
    mended: writtenMs === undefined ? ['written-unknown'] : [],
  }
  return { type: root === id ? 'written' : 'edited', mention }
}

/** The moment an id of X was made; undefined for ids that are too short to hold one. */
export function snowflakeMs(id: string): number | undefined {
  return SNOWFLAKE_DIGITS.test(id) ? Number((BigInt(id) >> 22n) + SNOWFLAKE_EPOCH_MS) : undefined
}

function referenceOf(post: Fields, type: string): string | undefined {
  for (const entry of list(post['referenced_tweets'] ?? post['referenced_posts'])) {
    const reference = fields(entry)
    if (reference?.['type'] === type) return label(reference['id'])
  }
  return undefined
}

function ownText(post: Fields): string {
  const note = fields(post['note_tweet'] ?? post['note_post'])
  const long = note?.['text']
  return unescapeHtml(typeof long === 'string' && long !== '' ? long : String(post['text']))
}

/** A repost's own text is cut at 140 characters: the words that matter are in the post that it repeats. */
function wholeText(post: Fields, included: Included): string {
  const repeated = included.posts.get(referenceOf(post, 'retweeted') ?? '')
  if (repeated === undefined || typeof repeated['text'] !== 'string') return ownText(post)
  const handle = label(included.users.get(label(repeated['author_id']) ?? '')?.['username'])
  return handle === undefined ? ownText(repeated) : `RT @${handle}: ${ownText(repeated)}`
}

/** X escapes these three and no others; once, so that `&amp;lt;` stays what was written. */
export function unescapeHtml(text: string): string {
  return text.replace(/&(amp|lt|gt);/g, (_, name: string) => (name === 'amp' ? '&' : name === 'lt' ? '<' : '>'))
}

function readAuthor(post: Fields, included: Included): Author {
  const id = label(post['author_id'])
  const user = included.users.get(id ?? '')
  return {
    id: id ?? null,
    name: label(user?.['name']) ?? null,
    handle: label(user?.['username']) ?? null,
    address: null,
    place: label(user?.['location']) ?? null,
  }
}

const MEDIA_KINDS = new Map<unknown, Media['kind']>([
  ['photo', 'image'],
  ['video', 'video'],
  ['animated_gif', 'video'],
])

function readMedia(post: Fields, included: Included): Media[] {
  return list(fields(post['attachments'])?.['media_keys']).flatMap((key) => {
    const id = label(key)
    if (id === undefined) return []
    const media = included.media.get(id)
    const best = bestVariant(media)
    return {
      kind: MEDIA_KINDS.get(media?.['type']) ?? 'image',
      id,
      mimeType: label(best?.['content_type']) ?? null,
      sha256: null,
      bytes: null,
      fileName: null,
      url: label(media?.['url']) ?? label(best?.['url']) ?? label(media?.['preview_image_url']) ?? null,
    }
  })
}

function bestVariant(media: Fields | undefined): Fields | undefined {
  return list(media?.['variants'])
    .map(fields)
    .filter((variant) => variant !== undefined)
    .sort((a, b) => (numeric(b['bit_rate']) ?? 0) - (numeric(a['bit_rate']) ?? 0))[0]
}

/** Only a point the author pinned: the middle of a city's or a province's box would be a place nobody named. */
function readLocation(post: Fields, included: Included): Mention['location'] {
  const geo = fields(post['geo'])
  const [longitude, latitude] = list(fields(geo?.['coordinates'])?.['coordinates']).map(numeric)
  if (latitude === undefined || longitude === undefined || Math.abs(latitude) > 90 || Math.abs(longitude) > 180)
    return null
  const place = included.places.get(label(geo?.['place_id']) ?? '')
  return { latitude, longitude, name: label(place?.['full_name']) ?? null, address: null }
}
