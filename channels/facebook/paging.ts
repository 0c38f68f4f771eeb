import { fields, label, type Fields } from '../fields.js'
import type { PageToken } from './client.js'

/** What a `next` address may say about the place in the list; token, proof and fields are ours to add. */
const PLACES = ['after', 'until', 'since', 'offset', 'page', '__paging_token', '__after_id'] as const

/**
 * What the page after this one is asked with. The API pages by cursors on most lists and by time or offset on others, and its `next` address tells
 * which; a page that is full and names a cursor but no `next` is asked on all the same: an empty page more is better than a lost one.
 */
export function nextToken(body: Fields, limit: number, asked: PageToken | undefined): PageToken | undefined {
  const paging = fields(body['paging'])
  const after = label(fields(paging?.['cursors'])?.['after'])
  const address = label(paging?.['next'])
  const token = address === undefined ? undefined : tokenOf(address, after)
  if (token !== undefined) return isSame(token, asked) ? undefined : token
  const isFull = Array.isArray(body['data']) && body['data'].length >= limit
  const onward = isFull && after !== undefined ? { after } : undefined
  return onward === undefined || isSame(onward, asked) ? undefined : onward
}

function tokenOf(address: string, after: string | undefined): PageToken | undefined {
  const found: Record<string, string> = {}
  if (URL.canParse(address, 'https://graph.facebook.com')) {
    const { searchParams } = new URL(address, 'https://graph.facebook.com')
    for (const name of PLACES) {
      const value = searchParams.get(name)
      if (value !== null) found[name] = value
    }
  }
  if (Object.keys(found).some((name) => name !== 'since')) return found
  return after === undefined ? undefined : { ...found, after }
}

/** A platform that answers the same place again would be asked for ever. */
function isSame(token: PageToken, asked: PageToken | undefined): boolean {
  const names = Object.keys(token)
  return (
    asked !== undefined &&
    names.length === Object.keys(asked).length &&
    names.every((name) => token[name] === asked[name])
  )
}
