import type { DistrictTable } from '../runtime/district-table.js'
import type { Unit } from '../schemas/case.js'
import type { EnrichedMention } from '../schemas/enriched-mention.js'
import { WHATSAPP_MAX_LENGTH } from './reply-limits.js'

const CUT = '\n> … (cut: the whole text is in the desk)'

const karachi = new Intl.DateTimeFormat('en-GB', { timeZone: 'Asia/Karachi', dateStyle: 'medium', timeStyle: 'short' })

/** The citizen's words, marked line by line, so that none of them can pass for the desk's own. */
function quoted(text: string, maxLength: number): string {
  const quote = text
    .split(/\r\n|[\n\r\u2028\u2029]/)
    .map((line) => `> ${line}`)
    .join('\n')
  if (quote.length <= maxLength) return quote
  return `${quote.slice(0, Math.max(0, maxLength - CUT.length)).replace(/[\ud800-\udbff]$/, '')}${CUT}`
}

/** The number of who wrote privately, for the unit that must reach the person; a handle in public. The media cell needs neither. */
function senderOf({ private: isPrivate, author }: EnrichedMention, unit: Unit): string | null {
  if (unit.kind === 'media-cell') return null
  if (!isPrivate) return author.handle === null ? author.name : `@${author.handle.replace(/^@/, '')}`
  return author.address ?? author.id
}

function mediaOf({ media, location }: EnrichedMention): string | null {
  const kinds = [...new Set(media.map((item) => item.kind)), ...(location === null ? [] : ['location'])]
  return kinds.length === 0 ? null : `${kinds.join(', ')} (in the desk)`
}

/** What an officer reads: reference, place, kind, sender, note, and then the citizen's words. */
export function forwardText(parts: {
  mention: EnrichedMention
  unit: Unit
  note: string
  reference: string
  table: DistrictTable
}): string {
  const { mention, unit, note, reference, table } = parts
  const { districts, category } = mention.tags
  const pin = mention.location === null ? null : `${mention.location.latitude}, ${mention.location.longitude}`
  const names = districts?.map(({ id }) => table.byId.get(id)?.names.en ?? id).join(', ') ?? ''
  const lines: (readonly [string, string | null])[] = [
    ['KP Police media cell, reference', reference],
    ['District', names === '' ? 'unknown' : names],
    ['Category', category === null ? 'not judged' : `${category.category.replace('_', ' ')} (${category.severity})`],
    ['Received', `${karachi.format(new Date(mention.receivedAt))} by ${mention.channel}`],
    ['From', senderOf(mention, unit)],
    ['Came with it', mediaOf(mention)],
    ['Location', pin],
    ['Link', mention.url],
    ['Note', note === '' ? null : note],
  ]
  const head = lines
    .flatMap(([name, value]) =>
      value === null ? [] : [`${name}: ${name === 'Note' ? value : value.replace(/\s+/g, ' ')}`],
    )
    .join('\n')
  if (mention.text === '') return head
  return `${head}\n\n${quoted(mention.text, WHATSAPP_MAX_LENGTH - head.length - 2)}`
}
