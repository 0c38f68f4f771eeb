import { CATEGORIES, LANGS, SENTIMENTS, type Lang } from '../../schemas/tags.js'
import { CHANNELS } from '../../schemas/mention.js'
import type { EnrichedMention } from '../../schemas/enriched-mention.js'
import { makeEnriched, makeTags } from '../support/mentions.js'

/** A generator of numbers in [0, 1) that gives the same ones for the same seed. */
export function seeded(seed: number): () => number {
  let state = seed >>> 0
  return () => {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296
  }
}

export const PLACES = [
  ['peshawar', 'پشاور', 'Peshawar'],
  ['mardan', 'مردان', 'Mardan'],
  ['swat', 'سوات', 'Swat'],
  ['bannu', 'بنوں', 'Bannu'],
  ['kohat', 'کوہاٹ', 'Kohat'],
  ['tank', 'ٹانک', 'Tank'],
  ['hangu', 'ہنگو', 'Hangu'],
  ['swabi', 'صوابی', 'Swabi'],
] as const

const SENTENCES: readonly (readonly [Lang, string])[] = [
  ['ur', '{ur} میں بھتہ کی کال آئی ہے، نمبر {n}، مہربانی کر کے کارروائی کریں'],
  ['ur', '{ur} بازار میں دھماکہ ہوا ہے، کئی لوگ زخمی ہیں، پولیس کہاں ہے؟'],
  ['ur', '{ur} پولیس کا شکریہ، آج ٹریفک بہت اچھی چل رہی تھی'],
  ['ur', 'تھانہ {ur} نے میری رپورٹ درج نہیں کی، {n} دن ہو گئے'],
  ['ps', 'په {ur} کې پرون شپه ډزې وشوې، خلک وېرېدلي دي'],
  ['ps', 'د {ur} پولیس ښه کار کوي، مننه'],
  ['en', 'Traffic is blocked on {en} road since {n} minutes, please send someone'],
  ['en', 'My phone was snatched near {en} bus stand, case number {n}'],
  ['ur-Latn', '{en} mein bhatta ki call aayi hai number {n} se, madad karein'],
  ['ur-Latn', 'thana {en} wale baat nahi sunte, {n} dafa gaye'],
  ['hi', '{en} में पुलिस का धन्यवाद, {n} बार मदद की'],
]
const FILLERS =
  'علاقہ سڑک رات صبح لوگ بچے گاڑی دکان سکول ہسپتال پل چوک گلی محلہ کل آج ابھی فوری مدد شکایت please help urgent road school shop night bridge chowk bazar yahan wahan abhi foran'.split(
    ' ',
  )

const pick = <Item>(random: () => number, from: readonly Item[]): Item =>
  from[Math.floor(random() * from.length)] as Item

/** The `n`th mention of a made-up week: sentences of our own, rare words among frequent ones, tags of every kind. */
export function madeMention(n: number, random: () => number): EnrichedMention {
  const place = pick(random, PLACES)
  const [lang, sentence] = pick(random, SENTENCES)
  const filler = Array.from({ length: Math.floor(random() * 14) }, () =>
    random() < 0.15 ? `lafz${Math.floor(random() ** 3 * 20_000)}` : pick(random, FILLERS),
  )
  const text = `${sentence
    .replace('{ur}', place[1])
    .replace('{en}', place[2])
    .replace('{n}', String(Math.floor(random() * 1000)))} ${filler.join(' ')}`.trim()
  const channel = pick(random, CHANNELS)
  const at = new Date(Date.UTC(2026, 10, 15) + Math.floor(random() * 7 * 86_400_000)).toISOString()
  const other = pick(random, PLACES)
  const ids = random() < 0.2 ? [] : random() < 0.15 && other !== place ? [place[0], other[0]] : [place[0]]
  const failed = random() < 0.03
  return makeEnriched(
    {
      id: `${channel}:made-${n}`,
      channel,
      version: Date.parse(at),
      text,
      conversation: `${channel}:talk-${n % 5000}`,
      writtenAt: at,
      receivedAt: at,
      author: { id: String(n), name: `Writer ${n % 977}`, handle: `writer_${n % 977}`, address: null, place: null },
      unjudged: failed ? 'threat-failed' : null,
    },
    makeTags({
      language: random() < 0.02 ? null : { lang: random() < 0.98 ? lang : pick(random, LANGS), confidence: random() },
      districts:
        random() < 0.02 ? null : ids.map((id) => ({ id, confidence: 0.9, basis: 'text' as const, evidence: [] })),
      category: failed ? null : madeCategory(random),
      sentiment: random() < 0.02 ? null : { sentiment: pick(random, SENTIMENTS), score: 0 },
    }),
  )
}

/** As in life, most combinations of category, severity and alert hardly occur. */
function madeCategory(random: () => number): NonNullable<EnrichedMention['tags']['category']> {
  const rank = Math.floor(random() ** 2 * CATEGORIES.length)
  const alert = rank < 10 && random() < 0.3
  const severity = alert
    ? pick(random, ['critical', 'high'] as const)
    : pick(random, ['medium', 'low', 'none'] as const)
  const category = CATEGORIES[CATEGORIES.length - 1 - rank] ?? 'other'
  return { category, categoryConfidence: random(), alert, alertConfidence: random(), severity, evidence: [] }
}
