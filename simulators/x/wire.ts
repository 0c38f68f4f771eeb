import { notFound } from './problems.js'
import { snowflakeTimeMs, type XPost, type XTimeline, type XUser } from './timeline.js'

/** Which of the two names X gives its items: until mid-2026 `tweet`, since then perhaps `post`. */
export type XNaming = 'tweet' | 'post'

export type Json = Record<string, unknown>

/** What a request asked to see beside the default fields. */
export interface Asked {
  post: ReadonlySet<string>
  user: ReadonlySet<string>
  expansions: ReadonlySet<string>
}

function list(query: URLSearchParams, ...names: string[]): Set<string> {
  return new Set(
    names
      .flatMap((name) => query.getAll(name))
      .join(',')
      .split(',')
      .filter((field) => field !== '')
      .map((field) => field.replace('posts', 'tweets').replace('post_ids', 'tweet_ids')),
  )
}

export function askedFor(query: URLSearchParams): Asked {
  return {
    post: list(query, 'tweet.fields', 'post.fields'),
    user: list(query, 'user.fields'),
    expansions: list(query, 'expansions'),
  }
}

function entities(post: XPost, timeline: XTimeline): Json | undefined {
  const mentions = [...post.text.matchAll(/@(\w{1,15})/g)].map((match) => {
    const start = [...post.text.slice(0, match.index)].length
    const username = match[1] ?? ''
    return { start, end: start + username.length + 1, username, id: timeline.userNamed(username)?.id ?? '0' }
  })
  const hashtags = [...post.text.matchAll(/#([\p{L}\p{N}\p{M}_]+)/gu)].map((match) => {
    const start = [...post.text.slice(0, match.index)].length
    return { start, end: start + [...match[0]].length, tag: match[1] ?? '' }
  })
  if (mentions.length === 0 && hashtags.length === 0) return undefined
  return { ...(mentions.length > 0 ? { mentions } : {}), ...(hashtags.length > 0 ? { hashtags } : {}) }
}

export function renderPost(post: XPost, asked: Asked, naming: XNaming, timeline: XTimeline): Json {
  const wire: Json = { [`edit_history_${naming}_ids`]: [...post.editHistory], id: post.id, text: post.text }
  if (asked.post.has('author_id') || asked.expansions.has('author_id')) wire['author_id'] = post.authorId
  if (asked.post.has('created_at')) wire['created_at'] = new Date(post.createdAtMs).toISOString()
  if (asked.post.has('conversation_id')) wire['conversation_id'] = post.conversationId
  if (asked.post.has('lang')) wire['lang'] = post.lang
  if (asked.post.has('possibly_sensitive')) wire['possibly_sensitive'] = false
  if (asked.post.has('in_reply_to_user_id') || asked.expansions.has('in_reply_to_user_id')) {
    if (post.inReplyToUserId !== null) wire['in_reply_to_user_id'] = post.inReplyToUserId
  }
  if (asked.post.has('referenced_tweets') || asked.expansions.has('referenced_tweets.id')) {
    if (post.references.length > 0) wire[`referenced_${naming}s`] = post.references.map((entry) => ({ ...entry }))
  }
  if (asked.post.has('public_metrics')) {
    wire['public_metrics'] = { retweet_count: 0, reply_count: 0, like_count: 0, quote_count: 0, bookmark_count: 0 }
  }
  if (asked.post.has('entities')) {
    const found = entities(post, timeline)
    if (found !== undefined) wire['entities'] = found
  }
  if (asked.post.has('edit_controls')) {
    wire['edit_controls'] = {
      edits_remaining: Math.max(0, 6 - post.editHistory.length),
      is_edit_eligible: true,
      editable_until: new Date(snowflakeTimeMs(post.editHistory[0] ?? post.id) + 3_600_000).toISOString(),
    }
  }
  if (post.photos.length > 0 && (asked.post.has('attachments') || asked.expansions.has('attachments.media_keys'))) {
    wire['attachments'] = { media_keys: post.photos.map((_, index) => `3_${post.id}${index}`) }
  }
  return wire
}

export function renderUser(user: XUser, asked: Asked): Json {
  const wire: Json = { id: user.id, name: user.name, username: user.username }
  if (asked.user.has('created_at')) wire['created_at'] = new Date(user.createdAtMs).toISOString()
  if (asked.user.has('location') && user.location !== null) wire['location'] = user.location
  if (asked.user.has('verified')) wire['verified'] = false
  if (asked.user.has('protected')) wire['protected'] = false
  if (asked.user.has('description')) wire['description'] = ''
  if (asked.user.has('public_metrics')) {
    wire['public_metrics'] = { followers_count: 20, following_count: 40, tweet_count: 60, listed_count: 0 }
  }
  return wire
}

/** `includes` and `errors` of a page, as far as the expansions ask for them. */
export function expand(
  posts: readonly XPost[],
  asked: Asked,
  naming: XNaming,
  timeline: XTimeline,
): { includes: Json; errors: Json[] } {
  const userIds = new Set<string>()
  const referenced = new Map<string, XPost>()
  const errors: Json[] = []
  const media: Json[] = []
  for (const post of posts) {
    if (asked.expansions.has('author_id')) userIds.add(post.authorId)
    if (asked.expansions.has('in_reply_to_user_id') && post.inReplyToUserId !== null) userIds.add(post.inReplyToUserId)
    if (asked.expansions.has('entities.mentions.username')) {
      for (const name of post.mentions) {
        const user = timeline.userNamed(name)
        if (user !== undefined) userIds.add(user.id)
      }
    }
    if (asked.expansions.has('attachments.media_keys')) {
      post.photos.forEach((url, index) => media.push({ media_key: `3_${post.id}${index}`, type: 'photo', url }))
    }
    if (!asked.expansions.has('referenced_tweets.id')) continue
    for (const { id } of post.references) {
      const target = timeline.find(id)
      if (target === undefined || target.deleted) errors.push(notFound(naming, `referenced_${naming}s.id`, id))
      else referenced.set(id, target)
    }
  }
  if (asked.expansions.has('referenced_tweets.id.author_id')) {
    for (const post of referenced.values()) userIds.add(post.authorId)
  }
  const includes: Json = {}
  const users = [...userIds].flatMap((id) => timeline.userWithId(id) ?? [])
  if (users.length > 0) includes['users'] = users.map((user) => renderUser(user, asked))
  if (referenced.size > 0) {
    includes[`${naming}s`] = [...referenced.values()].map((post) => renderPost(post, asked, naming, timeline))
  }
  if (media.length > 0) includes['media'] = media
  return { includes, errors }
}
