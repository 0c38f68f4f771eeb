import { createHash } from 'node:crypto'
import type { Change, Mention } from '../schemas/mention.js'

export const MAX_TEXT_UNITS = 100_000
const MAX_ID_UNITS = 512
const MAX_NAME_UNITS = 1_000
const MAX_URL_UNITS = 4_000
const MAX_MEDIA = 100
const FUTURE_LIMIT_MS = 10 * 60_000

// eslint-disable-next-line no-control-regex -- these are exactly what is taken out
const CONTROLS = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f]/g
const LINE_ENDS = /\r\n?|\u0085/g
const LONE_SURROGATES = /\p{Surrogate}/gu

export interface CleanText {
  readonly text: string
  readonly mended: readonly string[]
}

/**
 * A text that every store, index and page takes: well-formed, without control characters but newline and tab, of at most `maxUnits` UTF-16 units.
 * Bidi marks stay, for Urdu and Pashto need them: the desk isolates each text instead. Nothing is normalised: spans are offsets into this text.
 */
export function cleanText(original: string, maxUnits = MAX_TEXT_UNITS): CleanText {
  const mended: string[] = []
  const wellFormed = original.replace(LONE_SURROGATES, '\ufffd')
  if (wellFormed !== original) mended.push('lone-surrogate')
  const lines = wellFormed.replace(LINE_ENDS, '\n')
  const visible = lines.replace(CONTROLS, '')
  if (visible !== lines) mended.push('control-removed')
  const text = cut(visible, maxUnits)
  if (text !== visible) mended.push('text-cut')
  return { text, mended }
}

/** The first `maxUnits` units, one fewer where the cut would go through a character. */
function cut(text: string, maxUnits: number): string {
  if (text.length <= maxUnits) return text
  const last = text.charCodeAt(maxUnits - 1)
  return text.slice(0, last >= 0xd800 && last <= 0xdbff ? maxUnits - 1 : maxUnits)
}

/** The change as the bus may carry it: everything mended, and what was mended noted. Mending twice changes nothing. */
export function sanitiseChange(change: Change): Change {
  if (change.type === 'deleted')
    return { ...change, id: cleanId(change.id), conversation: cleanId(change.conversation) }
  return { type: change.type, mention: sanitiseMention(change.mention) }
}

function sanitiseMention(mention: Mention): Mention {
  const { text, mended } = cleanText(mention.text)
  const isAhead = Date.parse(mention.writtenAt) > Date.parse(mention.receivedAt) + FUTURE_LIMIT_MS
  const { author, location } = mention
  return {
    ...mention,
    id: cleanId(mention.id),
    conversation: cleanId(mention.conversation),
    inReplyTo: mention.inReplyTo === null ? null : cleanId(mention.inReplyTo),
    text,
    author: {
      id: name(author.id),
      name: name(author.name),
      handle: name(author.handle),
      address: name(author.address),
      place: name(author.place),
    },
    account: name(mention.account),
    url: webAddress(mention.url),
    media: mention.media.slice(0, MAX_MEDIA).map((media) => ({
      ...media,
      id: name(media.id),
      mimeType: name(media.mimeType),
      sha256: name(media.sha256),
      fileName: name(media.fileName),
      url: webAddress(media.url),
    })),
    location: location === null ? null : { ...location, name: name(location.name), address: name(location.address) },
    mended: [...new Set([...mention.mended, ...mended, ...(isAhead ? ['written-in-future'] : [])])],
  }
}

function name(value: string | null): string | null {
  return value === null ? null : cleanText(value, MAX_NAME_UNITS).text
}

/** Only what a browser may follow: a `javascript:` address from outside must never become a link of the desk. */
function webAddress(value: string | null): string | null {
  if (value === null || value.length > MAX_URL_UNITS || !/^https?:\/\//i.test(value) || !URL.canParse(value))
    return null
  return cleanText(value, MAX_URL_UNITS).text
}

/** An id that no store could bend: one that is too long, or holds what a store would change, becomes the digest of itself. */
export function cleanId(id: string): string {
  const { text } = cleanText(id, MAX_ID_UNITS)
  if (text === id && !/[\n\t]/.test(id)) return id
  const [prefix = 'unknown'] = /^[a-z]+(?=:)/.exec(id) ?? []
  return `${prefix}:sha256-${createHash('sha256').update(JSON.stringify(id)).digest('hex')}`
}
