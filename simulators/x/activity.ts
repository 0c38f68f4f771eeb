import type { XPost, XTimeline, XUser } from './timeline.js'
import { askedFor, expand, renderPost, type Json, type XNaming } from './wire.js'

/** `account` is Account Activity with posts as v1.1 had them, `activity` the X Activity API of 2026. */
export type ActivityShape = 'account' | 'activity'

const EVERYTHING = askedFor(
  new URLSearchParams({
    'tweet.fields': 'created_at,author_id,conversation_id,lang,entities,edit_controls,referenced_tweets',
    'user.fields': 'created_at,location',
    expansions: 'author_id,referenced_tweets.id',
  }),
)

/** `Wed Oct 10 20:19:24 +0000 2018` */
function v1Date(ms: number): string {
  const [, day = '', month = '', year = '', time = ''] =
    /^(\w{3}), \d\d (\w{3}) (\d{4}) (\S+) GMT$/.exec(new Date(ms).toUTCString()) ?? []
  return `${day} ${month} ${String(new Date(ms).getUTCDate()).padStart(2, '0')} ${time} +0000 ${year}`
}

function v1User(user: XUser): Json {
  const { id, name, username, location } = user
  return { id: Number(id), id_str: id, name, screen_name: username, location, protected: false, verified: false }
}

/** A post as v1.1 wrote it: numbers that lost their last digits, and a text that is cut where it is long. */
function v1Post(post: XPost, timeline: XTimeline): Json {
  const author = timeline.userWithId(post.authorId)
  const parent = post.references.find(({ type }) => type === 'replied_to')
  const isLong = [...post.text].length > 140
  const text = isLong ? `${[...post.text].slice(0, 139).join('')}…` : post.text
  return {
    created_at: v1Date(post.createdAtMs),
    id: Number(post.id),
    id_str: post.id,
    text,
    truncated: isLong,
    ...(isLong ? { extended_tweet: { full_text: post.text, display_text_range: [0, post.text.length] } } : {}),
    in_reply_to_status_id_str: parent?.id ?? null,
    in_reply_to_user_id_str: post.inReplyToUserId,
    user: author === undefined ? null : v1User(author),
    is_quote_status: post.references.some(({ type }) => type === 'quoted'),
    ...(post.references.some(({ type }) => type === 'retweeted') ? { retweeted_status: { id_str: '1' } } : {}),
    edit_history: { initial_tweet_id: post.editHistory[0], edit_tweet_ids: [...post.editHistory] },
    timestamp_ms: String(post.createdAtMs),
    entities: { hashtags: [], urls: [], user_mentions: [], symbols: [] },
  }
}

/** The event of a post that names `account`, in one of the two shapes. */
export function postEvent(
  post: XPost,
  account: XUser,
  parts: { timeline: XTimeline; naming: XNaming; shape: ActivityShape },
): Json {
  const { timeline, naming, shape } = parts
  if (shape === 'account')
    return { for_user_id: account.id, user_has_blocked: false, tweet_create_events: [v1Post(post, timeline)] }
  const { includes } = expand([post], EVERYTHING, naming, timeline)
  return {
    data: {
      event_uuid: `-${post.id}`,
      filter: { user_id: account.id },
      event_type: post.authorId === account.id ? 'post.create' : 'post.mention.create',
      tag: 'mentions',
      payload: renderPost(post, EVERYTHING, naming, timeline),
      includes,
    },
  }
}

export function deleteEvent(post: XPost, account: XUser, shape: ActivityShape, nowMs: number): Json {
  if (shape === 'account') {
    const status = { id: post.id, user_id: post.authorId }
    return { for_user_id: account.id, tweet_delete_events: [{ status, timestamp_ms: String(nowMs) }] }
  }
  const payload = { id: post.id, author_id: post.authorId }
  return { data: { event_uuid: `-${post.id}`, filter: { user_id: account.id }, event_type: 'post.delete', payload } }
}

export interface DirectInput {
  id: string
  from: XUser
  text: string
  nowMs: number
}

export function directEvent({ id, from, text, nowMs }: DirectInput, account: XUser, shape: ActivityShape): Json {
  const events = [
    {
      type: 'message_create',
      id,
      created_timestamp: String(nowMs),
      message_create: {
        target: { recipient_id: account.id },
        sender_id: from.id,
        message_data: { text, entities: { hashtags: [], symbols: [], user_mentions: [], urls: [] } },
      },
    },
  ]
  if (shape === 'account') {
    const users = { [from.id]: v1User(from), [account.id]: v1User(account) }
    return { for_user_id: account.id, direct_message_events: events, users }
  }
  const plain = ({ id: userId, name, username }: XUser) => ({ data: { id: userId, name, username } })
  const users = { [from.id]: plain(from), [account.id]: plain(account) }
  return {
    data: {
      event_uuid: `-${id}`,
      filter: { user_id: account.id },
      event_type: 'dm.received',
      tag: 'dm-inbound',
      payload: { direct_message_events: events, users },
    },
  }
}
