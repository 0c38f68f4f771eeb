import { gunzipSync } from 'node:zlib'
import { decodeFeed } from '../channels/news/charset.js'
import type { Reading } from '../channels/hook.js'
import { articleMention, readFeed } from '../channels/news/read-feed.js'
import type { Relevance } from '../channels/news/relevance.js'

const MAX_BYTES = 20 * 1024 * 1024

/**
 * What a recorded feed becomes, newest first as it stands: every article, whether it is about the police or not; with `relevance` those that a running desk
 * would not keep are set aside with the reason. Never throws and never answers nothing.
 */
export function readNewsPayload(bytes: Buffer, receivedAt: string, relevance?: Relevance): Reading {
  const aside = (...reasons: string[]): Reading => ({
    changes: [],
    statuses: [],
    skipped: reasons.map((reason) => ({ reason })),
    unread: [],
  })
  if (bytes.length === 0) return aside('an empty file')
  if (bytes.length > MAX_BYTES) return aside(`a file of over ${MAX_BYTES} bytes: no feed is so long`)
  const reading = readFeed(decodeFeed(unpacked(bytes), undefined), null)
  if (reading.kind === 'not-a-feed') return aside(`no feed: ${reading.reason}`)
  if (reading.kind === 'html') {
    const named = reading.feeds.length === 0 ? '' : `; it names the feeds ${reading.feeds.join(', ')}`
    return aside(`a web page, not a feed${named}`)
  }
  const skipped = [...reading.skipped]
  const changes = reading.entries.flatMap((entry) => {
    const judgement = relevance?.(entry, reading.title)
    if (judgement?.keep === false) {
      skipped.push({ reason: judgement.reason })
      return []
    }
    return { type: 'written' as const, mention: articleMention(entry, { source: 'read', receivedAt, outlet: reading }) }
  })
  if (changes.length === 0 && skipped.length === 0) skipped.push({ reason: 'a feed without entries' })
  return { changes, statuses: [], skipped, unread: [] }
}

function unpacked(bytes: Buffer): Buffer {
  if (bytes[0] !== 0x1f || bytes[1] !== 0x8b) return bytes
  try {
    return gunzipSync(bytes, { maxOutputLength: MAX_BYTES })
  } catch {
    return bytes
  }
}
