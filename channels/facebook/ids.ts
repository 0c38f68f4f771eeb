import { label } from '../fields.js'

const NUMBERS = /^\d+_\d+$/

/** The platform's own id of a post, always with the owner before it: lists give it so, some webhooks leave the owner out. */
export function postId(id: string, ownerId: string | undefined): string {
  return id.includes('_') || ownerId === undefined ? id : `${ownerId}_${id}`
}

/** The platform's own id of a comment, always with its post before it. */
export function commentId(id: string, post: string | undefined): string {
  if (id.includes('_') || post === undefined) return id
  return `${lastPart(post)}_${id}`
}

/** A message's id as webhooks give it: lists put `m_` before those of the older form. */
export function messageId(id: string): string {
  return id.startsWith('m_mid.') ? id.slice(2) : id
}

export function lastPart(id: string): string {
  return id.slice(id.lastIndexOf('_') + 1)
}

export const threadOf = (pageId: string, personId: string): string => `facebook:t:${pageId}:${personId}`

/** The address of a post for a browser, where its id is of the form that Facebook redirects. */
export function postUrl(permalink: unknown, id: string | undefined): string | null {
  const given = label(permalink)
  if (given !== undefined) return given.startsWith('/') ? `https://www.facebook.com${given}` : given
  return id !== undefined && NUMBERS.test(id) ? `https://www.facebook.com/${id}` : null
}

export function commentUrl(permalink: unknown, post: string | undefined, comment: string): string | null {
  const own = label(permalink)
  if (own !== undefined) return postUrl(own, undefined)
  const under = postUrl(undefined, post)
  const number = lastPart(comment)
  return under === null || !/^\d+$/.test(number) ? null : `${under}?comment_id=${number}`
}
