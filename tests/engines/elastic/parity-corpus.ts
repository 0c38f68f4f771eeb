import type { EnrichedChange, EnrichedMention } from '../../../schemas/enriched-mention.js'
import type { DistrictTag } from '../../../schemas/tags.js'
import { madeMention, PLACES, seeded } from '../../index/made-mentions.js'
import { makeEnriched, makeTags } from '../../support/mentions.js'

export const places = (...ids: string[]): DistrictTag[] =>
  ids.map((id) => ({ id, confidence: 0.9, basis: 'text', evidence: [] }))

/** One word of ten thousand letters, of which no two stretches are alike. */
export const LONG_WORD = Array.from({ length: 2500 }, (_, n) => n.toString(36).padStart(4, 'q')).join('')

const LONG = [
  `before ${LONG_WORD} after`,
  `${LONG_WORD.slice(0, 255)} of just so many`,
  `${LONG_WORD.slice(0, 254)} one less`,
  `${'𐤀'.repeat(200)} letters of two units`,
]

const NAMED = { id: null, name: null, handle: null, address: null, place: null }

/** What people and attackers really write, each with something of its own to be found by. */
const WRITTEN: readonly (string | Partial<EnrichedMention>)[] = [
  'پشاور میں بھتہ کی کال آئی ہے',
  'پِشاوَرِ میں كال، پشاـور کی بات',
  'پشاور‌میں دھماکہ',
  'می‌خواهم گزارش کنم که پولیس‌ نیامد',
  'پولیس\u200bکنٹرول روم',
  'نمبر ۰۳۰۰-۱۲۳۴۵۶۷ سے کال',
  'call from 0300 1234567 and +92-300-1234568',
  'Traffic JAM at Café Chowk, Hayatabad',
  'cafe\u0301 and cafés and CAFETERIA',
  'په پېښور کې ډزې وشوې',
  'ہندی: हिन्दी में ज़रा धन्यवाद १२३',
  'DIKhan D.I.Khan swat_police it’s over',
  'رحمٰن ﷲ ﻻﻫﻮر 𝐏eshawar',
  'ﷺ',
  '😀',
  '😀 Café, cafés 🚨🚨 دھماکہ!!!',
  '؟!۔',
  '',
  '   ',
  'lone \ud83d surrogate and NUL \0 and "quotes"',
  '\udc00x begins with half a letter',
  'a\0b parted by nothing',
  'ایک دو تین دو تین',
  'تین دو ایک',
  'دو تین',
  'one two three two one',
  'two three',
  'three two',
  'OR AND NOT NEAR',
  'text:a author:b "quoted"',
  "'; DROP TABLE mentions; --",
  '𐤀𐤁𐤂 phoenician 𝟙𝟚𝟛',
  'ＦＵＬＬ ｗｉｄｔｈ',
  'İstanbul ISTANBUL straße STRASSE ﬁne',
  'दिल्ली दिल्लीवाला',
  'bhatta',
  'bhatta bhatta bhatta',
  `bhatta ${'aur bahut si baatein '.repeat(40)}`,
  'bhattakhor bhattawala',
  `${'لفظ '.repeat(5000)}آخری`,
  'a b c d e f g h i j k l m n o p q r s t u v w x y z',
  {
    text: 'by somebody',
    author: { ...NAMED, id: '7', name: 'Gul Khan گل خان', handle: 'gul_khan', address: '923001112223' },
  },
  { text: 'names gul and khan', author: { ...NAMED, name: 'Somebody Else' } },
  { text: 'gul', author: { ...NAMED, name: 'khan', handle: 'bhatta' } },
  { text: 'by nobody', author: NAMED },
  { text: 'Voice', unjudged: 'threat-failed', failed: ['threat'] },
  { text: 'the first instant', receivedAt: '2026-06-30T19:00:00.000Z' },
  { text: 'the instant before', receivedAt: '2026-06-30T18:59:59.999Z' },
]

const at = (n: number) => new Date(Date.UTC(2026, 10, 20, 4) + Math.floor(n / 3) * 60_000).toISOString()

function writtenMention(given: string | Partial<EnrichedMention>, n: number): EnrichedMention {
  const more = typeof given === 'string' ? { text: given } : given
  const two = n % 5 === 0 ? places('swat', 'mardan') : n % 7 === 0 ? [] : places('peshawar')
  return makeEnriched(
    {
      id: `whatsapp:written.${n}`,
      conversation: `whatsapp:talk-${n % 9}`,
      version: 1000,
      // Three at a time came in one millisecond.
      receivedAt: at(n),
      writtenAt: at((n * 7) % 60),
      ...more,
    },
    makeTags({
      districts: n % 11 === 10 ? null : two,
      ...(n % 13 === 12 ? { category: null, language: null, sentiment: null } : {}),
    }),
  )
}

const MONTHS = [4, 5, 6, 7, 8, 9, 10] as const

/** Like `madeMention`, over seven months, sometimes of two or three districts, sometimes many in one millisecond. */
function spread(n: number, random: () => number): EnrichedMention {
  const made = madeMention(n, random)
  const month = MONTHS[Math.floor(random() ** 0.5 * MONTHS.length)] ?? 10
  const day = Math.floor(random() * 28)
  const receivedAt =
    random() < 0.1
      ? '2026-09-09T09:09:09.999Z'
      : new Date(Date.UTC(2026, month, 1 + day) + Math.floor(random() * 86_400_000)).toISOString()
  const several =
    random() < 0.2
      ? places(...new Set(Array.from({ length: 3 }, () => PLACES[Math.floor(random() * 8)]?.[0] ?? 'swat')))
      : null
  return {
    ...made,
    id: `made:${n}`,
    version: 1000,
    receivedAt,
    writtenAt: made.writtenAt,
    conversation: `${made.channel}:talk-${n % 40}`,
    tags: several === null ? made.tags : { ...made.tags, districts: several },
  }
}

const gone = (mention: EnrichedMention, version: number): EnrichedChange => ({
  type: 'deleted',
  id: mention.id,
  channel: mention.channel,
  conversation: mention.conversation,
  version,
  receivedAt: mention.receivedAt,
})

/** The batches that both indices are given: written, edited in other words and places, withdrawn, some said again, in an order of a seed. */
export function corpus(): EnrichedChange[][] {
  const random = seeded(29)
  const mentions = [
    ...Array.from({ length: 720 }, (_, n) => spread(n, random)),
    ...[...WRITTEN, ...LONG].map(writtenMention),
  ]
  for (let at = mentions.length - 1; at > 0; at--) {
    const other = Math.floor(random() * (at + 1))
    ;[mentions[at], mentions[other]] = [mentions[other] as EnrichedMention, mentions[at] as EnrichedMention]
  }
  const changes = mentions.map((mention): EnrichedChange => ({ type: 'written', mention }))
  const later: EnrichedChange[] = []
  for (const mention of mentions.filter(({ id }) => id.startsWith('made:'))) {
    const chance = random()
    if (chance < 0.06) later.push(gone(mention, 2000))
    else if (chance < 0.12)
      later.push({ type: 'edited', mention: { ...mention, version: 2000, text: `${mention.text} ترمیم edited` } })
    else if (chance < 0.15) {
      later.push({
        type: 'edited',
        mention: { ...mention, version: 2000, tags: { ...mention.tags, districts: places('tank') } },
      })
    } else if (chance < 0.17)
      later.push(gone(mention, 2000), { type: 'written', mention: { ...mention, version: 3000 } })
    else if (chance < 0.2) later.push({ type: 'written', mention: { ...mention, version: 500, text: 'an old state' } })
  }
  const all = [...changes, ...later]
  const batches: EnrichedChange[][] = []
  for (let from = 0; from < all.length; from += 173) batches.push(all.slice(from, from + 173))
  return batches
}
