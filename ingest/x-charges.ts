import { fields, label, list } from '../channels/fields.js'
import type { ChargedItem } from './spend.js'

/** Millionths of a dollar, as X charged in November 2026. */
export const X_POST_MICRO_DOLLARS = 5_000
export const X_USER_MICRO_DOLLARS = 10_000
export const X_OWNED_MICRO_DOLLARS = 1_000

/**
 * What X charges for an answer or a line of the stream: every post and every user in it, those it includes too, for X charges each resource returned.
 * `isOwned`: it was asked for by the account that owns the app, about itself. Takes any value and never throws.
 */
export function chargesOf(body: unknown, isOwned: boolean): ChargedItem[] {
  const envelope = fields(body)
  const includes = fields(envelope?.['includes'])
  const data = envelope?.['data']
  const posts = [
    ...(Array.isArray(data) ? (data as unknown[]) : [data]),
    ...list(includes?.['tweets']),
    ...list(includes?.['posts']),
  ]
  return [
    ...charged('post', posts, isOwned ? X_OWNED_MICRO_DOLLARS : X_POST_MICRO_DOLLARS),
    ...charged('user', list(includes?.['users']), isOwned ? X_OWNED_MICRO_DOLLARS : X_USER_MICRO_DOLLARS),
  ]
}

function charged(kind: string, entries: readonly unknown[], microDollars: number): ChargedItem[] {
  return entries.flatMap((entry) => {
    const id = label(fields(entry)?.['id'])
    return id === undefined ? [] : [{ kind, id: id.slice(0, 100), microDollars }]
  })
}
