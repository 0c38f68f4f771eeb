import { fold } from '../../../runtime/fold.js'
import type { FingerprintTag } from '../../../schemas/tags.js'
import type { Enricher } from '../../enricher.js'
import { simhash } from './simhash.js'

/** Near copies are alike from the start; what comes after is not read. */
const READ_CHARACTERS = 8_000
const READ_WORDS = 600

const LINKS = /(?:https?:\/\/|www\.)\S+/gi
const HANDLES = /(^|[^\w])@\w+/g
const ELONGATED = /(\p{L})\1{2,}/gu
const WORD = /[\p{L}\p{M}\p{N}]+/gu

/** What forwarding adds to a message, longest first. */
const FORWARDING_NOTES = [
  'forwarded as received',
  'forwarded many times',
  'forwarded message',
  'forward as received',
  'fwd as received',
  'shared as received',
  'as received',
  'please share',
  'plz share',
  'pls share',
  'kindly share',
  'must share',
  'share karein',
  'share karen',
  'share kren',
  'share kijiye',
  'forward karein',
  'copy paste',
  'copied',
  'forwarded',
  'fwded',
  'fwd',
  'fw',
  'rt',
  'via',
  'زیادہ سے زیادہ شیئر کریں',
  'آگے شیئر کریں',
  'شیئر کریں',
  'آگے بھیجیں',
  'فارورڈ',
  'منقول',
  'کاپی',
  'نور شریک کړئ',
  'شریک کړئ',
].map((note) => ` ${fold(note)} `)

/** The words by which copies are compared: folded, without links, handles, emoji, punctuation, elongations and forwarding notes. */
export function wordsToCompare(text: string): string[] {
  const folded = fold(text.slice(0, READ_CHARACTERS).replace(LINKS, ' ').replace(HANDLES, '$1 ')).replace(
    ELONGATED,
    '$1',
  )
  let line = ` ${(folded.match(WORD) ?? []).slice(0, READ_WORDS).join(' ')} `
  for (const note of FORWARDING_NOTES) if (line.includes(note)) line = line.replaceAll(note, ' ')
  return line.split(' ').filter((word) => word !== '')
}

export function fingerprintOf(text: string): FingerprintTag {
  const words = wordsToCompare(text)
  return { simhash: simhash(words), tokens: words.length }
}

/** Judged by `isNearCopy` of `runtime/near-copy.ts`, wherever copies are grouped. */
export function createFingerprintEnricher(): Enricher<'fingerprint'> {
  return { adds: 'fingerprint', enrich: (mention) => fingerprintOf(mention.text) }
}
