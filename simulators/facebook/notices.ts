import type { Json } from '../whatsapp/wire.js'
import type { Conversation, Entry, FacebookPerson, Post } from './world.js'

/** A webhook body about one thing, as Meta would send it. */
export type Notice = Json

const seconds = (epochMs: number): number => Math.floor(epochMs / 1000)

export function changeNotice(pageId: string, field: string, value: Json, atMs: number): Notice {
  return { object: 'page', entry: [{ id: pageId, time: seconds(atMs), changes: [{ value, field }] }] }
}

export function chatNotice(pageId: string, event: Json, atMs: number): Notice {
  return { object: 'page', entry: [{ id: pageId, time: atMs, messaging: [event] }] }
}

const authorOf = (from: FacebookPerson): Json =>
  from.isHidden === true ? {} : { from: { id: from.id, name: from.name } }

export function postValue(post: Post, verb: string): Json {
  const [picture] = post.media
  const item = picture === undefined ? 'status' : picture.kind === 'video' ? 'video' : 'photo'
  const link = picture === undefined ? {} : { link: picture.url, [`${item}_id`]: `9${post.order}` }
  return {
    ...authorOf(post.from),
    ...(verb === 'remove' ? {} : { message: post.message, ...link }),
    post_id: post.id,
    created_time: seconds(post.createdMs),
    item,
    published: 1,
    verb,
  }
}

export function commentValue(post: Post, comment: Entry, verb: string): Json {
  const [picture] = comment.media
  const picturePart = picture === undefined ? {} : { [picture.kind === 'video' ? 'video' : 'photo']: picture.url }
  return {
    ...authorOf(comment.from),
    ...(verb === 'remove' ? {} : { message: comment.message, ...picturePart }),
    post: {
      status_type: 'mobile_status_update',
      is_published: true,
      permalink_url: `https://www.facebook.com/${post.id}`,
      id: post.id,
    },
    post_id: post.id,
    comment_id: comment.id,
    created_time: seconds(comment.createdMs),
    item: 'comment',
    parent_id: comment.parentId ?? post.id,
    verb,
  }
}

export function messageEvent(conversation: Conversation, message: Entry, pageId: string): Json {
  const isOurs = message.from.id === pageId
  const pin = message.location
  const attachments: Json[] = message.media.map(({ kind, url }) => ({ type: kind, payload: { url } }))
  if (pin !== undefined) {
    const coordinates = { lat: pin.latitude, long: pin.longitude }
    attachments.push({
      type: 'location',
      ...(pin.name === undefined ? {} : { title: pin.name }),
      payload: { coordinates },
    })
  }
  return {
    sender: { id: isOurs ? pageId : conversation.person.id },
    recipient: { id: isOurs ? conversation.person.id : pageId },
    timestamp: message.createdMs,
    message: {
      mid: message.id,
      ...(message.message === '' ? {} : { text: message.message }),
      ...(isOurs ? { is_echo: true, app_id: 1 } : {}),
      ...(message.parentId === undefined ? {} : { reply_to: { mid: message.parentId } }),
      ...(attachments.length === 0 ? {} : { attachments }),
    },
  }
}
