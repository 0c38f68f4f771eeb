import type { Answer } from '../loopback.js'
import { invalidRequest, problem } from './problems.js'
import type { XPost, XTimeline, XUser } from './timeline.js'
import type { Json, XNaming } from './wire.js'

const TOP_LEVEL = new Set([
  'text',
  'reply',
  'quote_tweet_id',
  'media',
  'poll',
  'geo',
  'reply_settings',
  'for_super_followers_only',
  'nullcast',
  'direct_message_deep_link',
  'card_uri',
  'community_id',
  'share_with_followers',
  'made_with_ai',
])
const IN_REPLY = new Set(['in_reply_to_tweet_id', 'exclude_reply_user_ids', 'auto_populate_reply_metadata'])

/** X's own counting: a link is 23, Latin and Arabic letters are 1, most else 2; 280 is the end. */
export function weightedLength(text: string): number {
  let weight = 0
  for (const char of text.replace(/https?:\/\/\S+/g, 'x'.repeat(23)).normalize('NFC')) {
    const code = char.codePointAt(0) ?? 0
    const light =
      code <= 4351 || (code >= 8192 && code <= 8205) || (code >= 8208 && code <= 8223) || (code >= 8242 && code <= 8247)
    weight += light ? 1 : 2
  }
  return weight
}

function isObject(value: unknown): value is Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function shapeFault(body: unknown): Answer | undefined {
  if (!isObject(body)) return invalidRequest('The body must be a JSON object.')
  for (const key of Object.keys(body)) {
    if (!TOP_LEVEL.has(key)) {
      return invalidRequest(
        `$.${key}: is not defined in the schema and the schema does not allow additional properties`,
      )
    }
  }
  if (typeof body['text'] !== 'string' || body['text'].trim() === '') {
    return invalidRequest('$.text: is missing but it is required')
  }
  const reply = body['reply']
  if (reply === undefined) return undefined
  if (!isObject(reply)) return invalidRequest('$.reply: must be an object')
  for (const key of Object.keys(reply)) {
    if (!IN_REPLY.has(key)) return invalidRequest(`$.reply.${key}: is not defined in the schema`)
  }
  const target = reply['in_reply_to_tweet_id']
  if (typeof target !== 'string' || !/^[0-9]{1,19}$/.test(target)) {
    return invalidRequest('$.reply.in_reply_to_tweet_id: does not match the regex pattern ^[0-9]{1,19}$')
  }
  return undefined
}

/** Since February 2026: an app may answer those only who mentioned or quoted the account. */
function engaged(author: string, account: XUser, timeline: XTimeline): boolean {
  const handle = account.username.toLowerCase()
  return timeline
    .newestFirst()
    .some(
      (post) =>
        post.authorId === author &&
        (post.mentions.has(handle) ||
          post.references.some(({ type, id }) => type === 'quoted' && timeline.find(id)?.authorId === account.id)),
    )
}

/** `POST /2/tweets`: refuses as X does, or writes the post and tells which it is. */
export function createPost(
  raw: string,
  account: XUser,
  timeline: XTimeline,
  naming: XNaming,
  nowMs: number,
): { answer: Answer; body?: Json; post?: XPost } {
  let body: unknown
  try {
    body = JSON.parse(raw)
  } catch {
    return { answer: invalidRequest('The body is not valid JSON.') }
  }
  const fault = shapeFault(body)
  if (fault !== undefined) return { answer: fault }
  const fields = body as Json
  const text = fields['text'] as string
  if (weightedLength(text) > 280) return { answer: problem(403, 'Forbidden', 'Your Tweet text is too long.') }
  const targetId = (fields['reply'] as Json | undefined)?.['in_reply_to_tweet_id'] as string | undefined
  if (targetId !== undefined) {
    const target = timeline.find(targetId)
    if (target === undefined || target.deleted) {
      const detail = 'You attempted to reply to a Tweet that is deleted or not visible to you.'
      return { answer: problem(403, 'Forbidden', detail) }
    }
    if (target.authorId !== account.id && !engaged(target.authorId, account, timeline)) {
      const detail =
        'Reply to this conversation is not allowed because you have not been mentioned or otherwise engaged by the author of the post you are replying to.'
      return { answer: problem(403, 'Forbidden', detail) }
    }
  }
  const isRepeat = timeline
    .newestFirst()
    .some(
      (post) =>
        post.authorId === account.id &&
        post.text === text &&
        nowMs - post.createdAtMs < 86_400_000 &&
        (targetId === undefined || post.references.some(({ id }) => id === targetId)),
    )
  if (isRepeat) {
    return { answer: problem(403, 'Forbidden', 'You are not allowed to create a Tweet with duplicate content.') }
  }
  const references = targetId === undefined ? [] : [{ type: 'replied_to' as const, id: targetId }]
  const post = timeline.add({ author: account, text, nowMs, references })
  const data = { [`edit_history_${naming}_ids`]: [post.id], id: post.id, text }
  return { answer: { status: 201, body: JSON.stringify({ data }) }, body: fields, post }
}
