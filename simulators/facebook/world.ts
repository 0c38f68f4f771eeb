import type { Json } from '../whatsapp/wire.js'

/** Somebody on Facebook; withheld from posts and comments where `isHidden`. */
export interface FacebookPerson {
  readonly id: string
  readonly name: string
  readonly isHidden?: boolean
}

export interface FacebookPicture {
  readonly kind: 'image' | 'video' | 'audio' | 'file'
  readonly url: string
}

/** A post, a comment, or a message of a conversation. */
export interface Entry {
  readonly id: string
  readonly from: FacebookPerson
  readonly order: number
  readonly createdMs: number
  message: string
  updatedMs: number
  readonly parentId?: string
  readonly taggedMs?: number
  readonly media: readonly FacebookPicture[]
  readonly location?: { readonly latitude: number; readonly longitude: number; readonly name?: string }
}

export interface Post extends Entry {
  readonly comments: Entry[]
}

export interface Conversation {
  readonly id: string
  readonly person: FacebookPerson
  readonly messages: Entry[]
  updatedMs: number
  /** When the person last wrote: the page may answer for 24 hours from then. */
  lastInboundMs: number
}

/** What exists on the page, and elsewhere about it. */
export class FacebookWorld {
  readonly posts: Post[] = []
  readonly tagged: Post[] = []
  readonly conversations: Conversation[] = []
  #count = 0

  /** A number that grows: ids and the order within one second. */
  next(): number {
    this.#count += 1
    return this.#count
  }

  findPost(id: string): Post | undefined {
    return [...this.posts, ...this.tagged].find((post) => post.id === id)
  }

  findComment(id: string): { post: Post; comment: Entry } | undefined {
    for (const post of [...this.posts, ...this.tagged]) {
      const comment = post.comments.find((entry) => entry.id === id)
      if (comment !== undefined) return { post, comment }
    }
    return undefined
  }

  findMessage(id: string): { conversation: Conversation; message: Entry } | undefined {
    for (const conversation of this.conversations) {
      const message = conversation.messages.find((entry) => entry.id === id)
      if (message !== undefined) return { conversation, message }
    }
    return undefined
  }

  /** Takes an item away; false if there is none. */
  remove(id: string): boolean {
    const lists: { id: string }[][] = [
      this.posts,
      this.tagged,
      ...[...this.posts, ...this.tagged].map(({ comments }) => comments),
      ...this.conversations.map(({ messages }) => messages),
    ]
    for (const list of lists) {
      const index = list.findIndex((entry) => entry.id === id)
      if (index < 0) continue
      list.splice(index, 1)
      return true
    }
    return false
  }
}

/** A moment as the Graph API prints it: whole seconds. */
export function graphTime(epochMs: number): string {
  return new Date(Math.floor(epochMs / 1000) * 1000).toISOString().replace('.000Z', '+0000')
}

const author = ({ from }: Entry): Json => (from.isHidden === true ? {} : { from: { name: from.name, id: from.id } })

export function renderPost(post: Post): Json {
  const media = post.media.map(({ kind, url }) => ({
    type: kind === 'video' ? 'video_inline' : 'photo',
    media: { image: { src: url }, ...(kind === 'video' ? { source: url } : {}) },
  }))
  return {
    id: post.id,
    ...(post.message === '' ? {} : { message: post.message }),
    ...author(post),
    created_time: graphTime(post.createdMs),
    updated_time: graphTime(post.updatedMs),
    ...(post.taggedMs === undefined ? {} : { tagged_time: graphTime(post.taggedMs) }),
    permalink_url: `https://www.facebook.com/${post.id}`,
    ...(media.length === 0 ? {} : { attachments: { data: media } }),
  }
}

export function renderComment(comment: Entry, postId: string): Json {
  const [picture] = comment.media
  const parent =
    comment.parentId === undefined || comment.parentId === postId ? {} : { parent: { id: comment.parentId } }
  return {
    id: comment.id,
    message: comment.message,
    ...author(comment),
    created_time: graphTime(comment.createdMs),
    ...parent,
    ...(picture === undefined ? {} : { attachment: { type: 'photo', media: { image: { src: picture.url } } } }),
  }
}

export function renderConversation({ id, person, updatedMs }: Conversation, page: FacebookPerson): Json {
  const participants = {
    data: [person, page].map(({ name, id: own }) => ({ name, email: `${own}@facebook.com`, id: own })),
  }
  return { id, updated_time: graphTime(updatedMs), participants }
}

export function renderMessage(message: Entry, to: FacebookPerson): Json {
  const files = message.media.map(({ kind, url }, index) => ({
    id: `${message.order}${index}`,
    mime_type: { image: 'image/jpeg', video: 'video/mp4', audio: 'audio/mpeg', file: 'application/pdf' }[kind],
    name: `file-${message.order}`,
    size: 1000,
    ...(kind === 'image' ? { image_data: { url } } : kind === 'video' ? { video_data: { url } } : { file_url: url }),
  }))
  return {
    id: message.id,
    message: message.message,
    from: { name: message.from.name, email: `${message.from.id}@facebook.com`, id: message.from.id },
    to: { data: [{ name: to.name, id: to.id }] },
    created_time: graphTime(message.createdMs),
    ...(files.length === 0 ? {} : { attachments: { data: files } }),
  }
}
