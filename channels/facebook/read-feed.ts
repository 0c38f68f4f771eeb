import type { Mention } from '../../schemas/mention.js'
import { fields, label, type Fields } from '../fields.js'
import { epochOfSeconds, instant } from '../instants.js'
import { feedAttachments } from './attachments.js'
import { commentId, commentUrl, lastPart, postId, postUrl } from './ids.js'
import { authorOf, quoted, wordsIn, type PartReading } from './part.js'

export interface FeedContext {
  /** Which webhook field it came in: `feed`, `mention`, `ratings`, `group_feed`. */
  readonly field: string
  /** The page the entry is about. */
  readonly pageId: string | undefined
  /** Every page of ours: what they write is not the public's word. */
  readonly ownIds: ReadonlySet<string>
  readonly entryTime: unknown
  readonly receivedAt: string
}

const NO_WORDS = new Map([
  ['like', 'a like, not a message'],
  ['reaction', 'a reaction, not a message'],
  ['follow', 'a new follower, not a message'],
  ['event', 'an event of the page, not a message'],
  ['milestone', 'a milestone of the page, not a message'],
  ['offer', 'an offer of the page, not a message'],
  ['coupon', 'an offer of the page, not a message'],
  ['page', 'a change of the page itself, not a message'],
])

const POSTS = new Set([
  'post',
  'status',
  'photo',
  'video',
  'share',
  'link',
  'note',
  'album',
  'reel',
  'story',
  'live_video',
])

const MODERATION = new Map([
  ['hide', 'hidden on the page: what was said stays said, and stays on the desk'],
  ['unhide', 'shown again on the page: nothing was said'],
  ['block', 'held back by Facebook (a claim on its rights), nothing was said'],
  ['unblock', 'released by Facebook, nothing was said'],
  ['mute', 'muted by Facebook (a claim on its rights), nothing was said'],
  ['follow', 'a follower, not a message'],
  ['unfollow', 'a follower less, not a message'],
])

const EDITS = new Set(['edit', 'edited', 'update', 'updated'])
const REMOVALS = new Set(['remove', 'removed', 'delete', 'deleted'])

/** Reads the value of a change on a page's wall, or somewhere that names the page; takes any value and never throws. */
export function readFeedChange(value: Fields, context: FeedContext): PartReading {
  const item = label(value['item']) ?? itemOf(value)
  const verb = (label(value['verb']) ?? 'add').toLowerCase()
  const noWords = NO_WORDS.get(item ?? '')
  if (noWords !== undefined) return { skipped: noWords }
  const moderation = MODERATION.get(verb)
  if (moderation !== undefined) return { skipped: `a ${item ?? 'part'} was ${moderation}` }
  const place = placeOf(item, value, context)
  const isKnown = item === 'comment' || item === 'rating' || POSTS.has(item ?? '')
  if (place === undefined) {
    return isKnown || wordsIn(value) !== ''
      ? { unread: `a ${quoted(item)} without an id` }
      : { skipped: `an item ${quoted(item)} without words, not a message` }
  }
  if (REMOVALS.has(verb)) return removal(place, value, context)
  if (isOwn(value, context)) return { skipped: `the page's own ${item ?? 'item'}` }
  const mention = mentionOf(place, item, value, context, EDITS.has(verb))
  if (mention.text === '' && mention.media.length === 0) {
    if (item === 'rating') return { skipped: 'a rating without words' }
    if (!isKnown) return { skipped: `an item ${quoted(item)} without words, not a message` }
  }
  return { change: { type: EDITS.has(verb) ? 'edited' : 'written', mention } }
}

function itemOf(value: Fields): string | undefined {
  if (value['comment_id'] !== undefined && value['comment_id'] !== null) return 'comment'
  return value['post_id'] === undefined ? undefined : 'post'
}

/** Where an item stands: its own id, its post, and whether it is a comment. */
interface Place {
  readonly id: string
  readonly post: string | undefined
  readonly isComment: boolean
}

const OBJECTS = ['post_id', 'open_graph_story_id', 'photo_id', 'video_id', 'share_id', 'album_id', 'link_id', 'note_id']

function placeOf(item: string | undefined, value: Fields, { pageId }: FeedContext): Place | undefined {
  const named = label(value['post_id']) ?? label(fields(value['post'])?.['id'])
  const post = named === undefined ? undefined : postId(named, pageId)
  const comment = label(value['comment_id'])
  if (item === 'comment' || (comment !== undefined && !POSTS.has(item ?? ''))) {
    if (comment === undefined) return undefined
    const id = commentId(comment, post)
    const [head] = id.split('_')
    return { id, post: post ?? (head === undefined || head === id ? undefined : postId(head, pageId)), isComment: true }
  }
  const own = post ?? OBJECTS.map((name) => label(value[name])).find((id) => id !== undefined)
  if (own === undefined) return undefined
  const id = item === 'rating' ? own : postId(own, pageId)
  return { id, post: id, isComment: false }
}

function isOwn(value: Fields, { pageId, ownIds }: FeedContext): boolean {
  const { id } = authorOf(value)
  return id !== null && (id === pageId || ownIds.has(id))
}

/**
 * Facebook stamps whole seconds, and gives an edit or a removal in the second of writing the same moment: an edit counts one millisecond later,
 * a removal two. `created_time` of an edit is the writing or the edit, whichever the version pleases: the later of it and the entry's is the state's.
 */
function stateMs(value: Fields, { entryTime, receivedAt }: FeedContext): number {
  const times = [epochOfSeconds(value['created_time']), epochOfSeconds(entryTime)].filter((time) => time !== undefined)
  return times.length === 0 ? Date.parse(receivedAt) : Math.max(...times)
}

function removal(place: Place, value: Fields, context: FeedContext): PartReading {
  return {
    change: {
      type: 'deleted',
      id: `facebook:${place.id}`,
      channel: 'facebook',
      conversation: `facebook:${place.post ?? place.id}`,
      version: stateMs(value, context) + 2,
      receivedAt: context.receivedAt,
    },
  }
}

function mentionOf(
  place: Place,
  item: string | undefined,
  value: Fields,
  context: FeedContext,
  isEdit: boolean,
): Mention {
  const writtenMs = epochOfSeconds(value['created_time']) ?? epochOfSeconds(context.entryTime)
  const attached = feedAttachments(value)
  const words = wordsIn(value)
  const permalink = value['permalink_url'] ?? fields(value['post'])?.['permalink_url']
  return {
    schema: 'rabta.mention/1',
    id: `facebook:${place.id}`,
    channel: 'facebook',
    source: 'facebook',
    version: isEdit ? stateMs(value, context) + 1 : (writtenMs ?? Date.parse(context.receivedAt)),
    kind: place.isComment ? 'comment' : 'post',
    text: words === '' ? attached.words : words,
    author: authorOf(value),
    account: context.pageId ?? null,
    conversation: `facebook:${place.post ?? place.id}`,
    private: false,
    inReplyTo: place.isComment ? answered(value, place) : null,
    url: place.isComment
      ? commentUrl(value['permalink_url'], place.post, place.id)
      : postUrl(permalink, item === 'rating' ? undefined : place.id),
    writtenAt: writtenMs === undefined ? context.receivedAt : instant(writtenMs),
    receivedAt: context.receivedAt,
    media: [...attached.media],
    location: null,
    mended: writtenMs === undefined ? ['written-unknown'] : [],
  }
}

/** A comment answers its post, or the comment named as its parent. */
function answered(value: Fields, { id, post }: Place): string | null {
  const parent = label(value['parent_id']) ?? label(fields(value['parent'])?.['id'])
  const isPost = parent === undefined || parent === id || (post !== undefined && lastPart(parent) === lastPart(post))
  if (isPost) return post === undefined ? null : `facebook:${post}`
  return `facebook:${commentId(parent, post)}`
}
