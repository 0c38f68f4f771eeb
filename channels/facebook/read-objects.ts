import type { Mention } from '../../schemas/mention.js'
import { fields, label, list, type Fields } from '../fields.js'
import { epochOfIso, epochOfSeconds, instant } from '../instants.js'
import { listedAttachments, pinOf, postAttachments, type Attached } from './attachments.js'
import { commentId, commentUrl, lastPart, messageId, postId, postUrl, threadOf } from './ids.js'
import { authorOf, person, wordsIn } from './part.js'

export interface ObjectContext {
  /** The source's name, as mentions carry it. */
  readonly source: string
  /** The page it was read for; undefined for a file that does not say. */
  readonly pageId: string | undefined
  readonly receivedAt: string
}

/** What became of one object of a list: what the public said, or why not. */
export type ObjectReading = { readonly mention: Mention } | { readonly skipped: string } | { readonly unread: string }

/** The moment in either of Meta's two forms. */
export function graphTime(value: unknown): number | undefined {
  return epochOfIso(value) ?? epochOfSeconds(value)
}

/** The page's own words, unless nobody knows which page it was read for. */
function isOwn(value: Fields, { pageId }: ObjectContext): boolean {
  return pageId !== undefined && label(fields(value['from'])?.['id']) === pageId
}

/** Reads a post as `/feed` and `/tagged` list it; takes any value and never throws. */
export function readPost(value: unknown, context: ObjectContext): ObjectReading {
  const post = fields(value)
  const given = label(post?.['id']) ?? label(post?.['post_id'])
  if (post === undefined || given === undefined) return { unread: 'a post without an id' }
  if (isOwn(post, context)) return { skipped: "the page's own post" }
  const id = postId(given, context.pageId)
  const mention = base(post, id, postAttachments(post), context)
  const place = fields(post['place'])
  const spot = fields(place?.['location'])
  return {
    mention: {
      ...mention,
      url: postUrl(post['permalink_url'], id),
      location: pinOf(
        spot,
        { latitude: 'latitude', longitude: 'longitude' },
        {
          name: label(place?.['name']),
          address: addressOf(spot),
        },
      ),
    },
  }
}

function addressOf(spot: Fields | undefined): string | undefined {
  const parts = ['street', 'city', 'country'].map((name) => label(spot?.[name])).filter((part) => part !== undefined)
  return parts.length === 0 ? undefined : parts.join(', ')
}

/** Reads a comment or reply as `/comments` lists it. `post` is the id of the post it stands under, where that is known. */
export function readComment(value: unknown, post: string | undefined, context: ObjectContext): ObjectReading {
  const comment = fields(value)
  const given = label(comment?.['id']) ?? label(comment?.['comment_id'])
  if (comment === undefined || given === undefined) return { unread: 'a comment without an id' }
  if (isOwn(comment, context)) return { skipped: "the page's own comment" }
  const id = commentId(given, post)
  const [head] = id.split('_')
  const under = post ?? (head === undefined || head === id ? undefined : postId(head, context.pageId))
  const parent = label(fields(comment['parent'])?.['id']) ?? label(comment['parent_id'])
  const isReply = parent !== undefined && (under === undefined || lastPart(parent) !== lastPart(under))
  const answers = isReply ? commentId(parent, under) : under
  return {
    mention: {
      ...base(comment, id, postAttachments(comment), context),
      kind: 'comment',
      conversation: `facebook:${under ?? id}`,
      inReplyTo: answers === undefined ? null : `facebook:${answers}`,
      url: commentUrl(comment['permalink_url'], under, id),
    },
  }
}

/** Reads a Messenger message as a conversation lists it. `partner` is the other side of the conversation, where that is known. */
export function readListedMessage(value: unknown, partner: string | undefined, context: ObjectContext): ObjectReading {
  const message = fields(value)
  const given = label(message?.['id']) ?? label(message?.['mid'])
  if (message === undefined || given === undefined) return { unread: 'a message without an id' }
  if (isOwn(message, context)) return { skipped: "the page's own message" }
  const id = messageId(given)
  const from = fields(message['from'])
  const author = person(label(from?.['id']) ?? partner, label(from?.['name']))
  const page = context.pageId ?? label(fields(list(fields(message['to'])?.['data'])[0])?.['id'])
  const mention = base(message, id, listedAttachments(message), context)
  const isEmpty = mention.text === '' && mention.media.length === 0
  return {
    mention: {
      ...mention,
      kind: 'direct',
      author,
      account: page ?? null,
      conversation: threadOf(page ?? 'unknown', author.id ?? `message-${id}`),
      private: true,
      url: null,
      mended: [...mention.mended, ...(isEmpty ? ['content-unsupported'] : [])],
    },
  }
}

function base(value: Fields, id: string, attached: Attached, context: ObjectContext): Mention {
  const writtenMs = graphTime(value['created_time']) ?? graphTime(value['tagged_time'])
  const words = wordsIn(value)
  return {
    schema: 'rabta.mention/1',
    id: `facebook:${id}`,
    channel: 'facebook',
    source: context.source,
    version: writtenMs ?? 0,
    kind: 'post',
    text: words === '' ? attached.words : words,
    author: authorOf(value),
    account: context.pageId ?? null,
    conversation: `facebook:${id}`,
    private: false,
    inReplyTo: null,
    url: null,
    writtenAt: writtenMs === undefined ? context.receivedAt : instant(writtenMs),
    receivedAt: context.receivedAt,
    media: [...attached.media],
    location: attached.location,
    mended: writtenMs === undefined ? ['written-unknown'] : [],
  }
}
