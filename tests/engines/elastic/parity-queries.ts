import type { MentionQuery } from '../../../schemas/search.js'
import { CATEGORIES, LANGS, SENTIMENTS, SEVERITIES } from '../../../schemas/tags.js'
import { CHANNELS } from '../../../schemas/mention.js'
import { PLACES, seeded } from '../../index/made-mentions.js'
import { LONG_WORD } from './parity-corpus.js'

/** As typed by an officer, by somebody in a hurry, and by somebody who means harm. */
const TYPED: readonly string[] = [
  // Folding: one word, many ways to key it.
  'پشاور', 'پِشاوَر', 'پشا\u0640ور', 'پشا\u200cور', 'بھتہ', 'بهته', 'بھتة', 'كال', 'کال', 'مین', 'میں', 'ميں', 'شكريه', 'شکریہ',
  'آیی', 'ائي', 'پېښور', 'پيښور', 'ډزی', 'رحمن', 'لاہور', 'الله', 'अ', 'हिन्दी', 'जरा', 'ज़रा', '123', '۱۲۳', '0300-1234567', '٠٣٠٠',
  'CAFE', 'café', 'cafe\u0301', 'ｔraffic', 'full width', 'istanbul', 'strasse', 'straße', 'fine', 'peshawar', 'PESHAWAR', '𐤀𐤁𐤂', '𝟙𝟚𝟛',
  // Several words, one or the other, without.
  'پشاور بھتہ', 'کال پشاور', 'دھماکہ OR بھتہ', 'دھماکہ OR فائرنگ', 'police OR پولیس -شکریہ', 'پولیس -شکریہ', '-پولیس', '-پشاور -peshawar',
  'پشاور OR', 'OR پشاور', 'a OR OR b', 'help road', 'help road -night', 'help OR urgent road OR night -school', 'bhatta -aur',
  // Phrases, within one field alone.
  '"بھتہ کی کال"', '"کال بھتہ"', '"پشاور میں"', '“بھتہ کی کال”', '«بھتہ کی»', '"دو تین"', '"ایک دو" "دو تین"', '"two three"', '"three two"',
  '"one two three"', '"d i khan"', 'd.i.khan', 'swat_police', '"cafe chowk"', '"0300 1234567"', '"پشاور میں" -"کی کال"', '"gul khan"', '"gul gul"',
  '"khan gul"', '"writer 7"', 'it’s', '"پشاور میں دھماکہ"', '"پشاورمیں دھماکہ"', '"می خواهم"', '"پولیس کنٹرول"', '"ab parted"', '"a b"',
  // Beginnings.
  'پشا*', 'بھت*', 'caf*', 'hayat*', '0*', '030*', 'lafz1*', 'lafz*', 'bhatta*', 'writ*', '"two th*"', '"بھتہ ك*"', '"two th"*', '"writer 1*"', '-lafz*',
  'دिल*', 'दिल्ली*', '"number 1*"', '"a* b"', '*', 'p*', '"road sc*" OR "night sc*"', '"د پ*"',
  // Names and ids.
  'gul', 'گل', 'gul_khan', 'khan', '923001112223', 'whatsapp:written.0', 'whatsapp:written.45', 'made:7', 'made:100', 'whatsapp:', 'whatsapp:nothing', 'made:*',
  // Words as long as nobody writes them.
  `${LONG_WORD.slice(0, 200)}*`, LONG_WORD.slice(0, 200), LONG_WORD.slice(0, 254), LONG_WORD.slice(0, 255), `${LONG_WORD.slice(0, 255)}*`,
  `${LONG_WORD.slice(0, 300)}*`, LONG_WORD.slice(0, 400), LONG_WORD, `"before ${LONG_WORD} after"`, `"${LONG_WORD} after"`, 'x'.repeat(500), '𐤀'.repeat(200), `${'𐤀'.repeat(150)}*`,
  // Nothing, or nothing to be understood.
  '', ' \n\t', '؟!', '"', '""', '-', '--', '-*', '😀', '\0', 'a\0b', '\ud83d', '\udc00x', '(', 'NEAR(a b, 2)', 'text:a', "'; DROP TABLE mentions; --", '* *',
  // As much as 500 letters can hold.
  'a '.repeat(250), 'a OR '.repeat(100), '-a '.repeat(160), 'a* '.repeat(166), '"a b*" '.repeat(71), 'ﷺ'.repeat(500), '"'.repeat(500), 'b"a"'.repeat(125),
  Array.from({ length: 130 }, (_, n) => n.toString(36)).join(' OR ').slice(0, 500),
] // prettier-ignore

const FILTERED: readonly MentionQuery[] = [
  {},
  { channel: ['x'] },
  { channel: ['x', 'sms'] },
  { channel: [] },
  { district: ['swat'] },
  { district: ['mardan', 'peshawar'] },
  { district: ['unknown'] },
  { district: ['unknown', 'swat'] },
  { district: ["swat'--"] },
  { district: Array.from({ length: 64 }, (_, n) => PLACES[n]?.[0] ?? `nowhere-${n}`) },
  { district: ['', '\ud83d', '\0', 'x'.repeat(40_000)] },
  { lang: ['ps'] },
  { lang: ['und'] },
  { lang: ['ur', 'ur-Latn', 'hi'] },
  { category: ['praise'] },
  { category: ['other', 'news', 'crime'] },
  { severity: ['high', 'none'] },
  { sentiment: ['positive'] },
  { alert: true },
  { alert: false },
  { unjudged: true },
  { unjudged: false },
  { from: '2026-11-01T00:00:00.000Z' },
  { to: '2026-07-01T00:00:00.000Z' },
  { from: '2026-06-30T19:00:00.000Z', to: '2026-07-31T19:00:00.000Z' },
  { from: '2026-09-09T09:09:09.999Z', to: '2026-09-09T09:09:10.000Z' },
  { from: '2026-09-09T09:09:10.000Z', to: '2026-09-09T09:09:09.999Z' },
  { from: '2026-11-20T04:00:00.000Z', to: '2026-11-20T06:00:00.000Z' },
  { from: '2020-01-01T00:00:00.000Z', to: '2030-01-01T00:00:00.000Z' },
  { from: '0000-01-01T00:00:00.000Z' },
  { from: '0000-01-01T00:00:00.000Z', to: '9999-12-31T23:59:59.999Z' },
  { from: '2026-01-01', to: '2026-10' },
  { to: '2000-01-01T00:00:00.000Z' },
  { from: '2026-09-01T05:00:00.000+05:00', channel: ['whatsapp', 'facebook'], alert: false },
  { channel: ['x'], alert: true, lang: ['ur'], severity: ['critical', 'high'] },
  { channel: ['x'], district: ['mardan', 'unknown'], sentiment: ['negative', 'neutral'] },
  { q: 'پولیس', district: ['swat'], from: '2026-08-01T00:00:00.000Z' },
  { q: 'پولیس', channel: ['whatsapp'], to: '2026-10-01T00:00:00.000Z' },
  { q: '-پولیس', lang: ['en'], alert: false },
  { q: 'whatsapp:written.0', channel: ['x'] },
  { q: 'whatsapp:written.0', from: '2026-12-01T00:00:00.000Z' },
  { q: 'help*', category: ['other'], severity: ['none', 'low'] },
  { q: '"help road" OR "road help"', unjudged: false },
  { q: 'edited -ترمیم' },
  { q: 'edited', district: ['tank', 'swat'] },
  { q: 'old state' },
  { q: 'Voice', unjudged: true },
  { limit: 1, district: ['hangu'], lang: ['ps'] },
]

/** Ranked: here the two engines may differ in the order, and in nothing else. */
const RANKED: readonly string[] = [
  'bhatta', 'پولیس', 'پولیس OR police', 'help road', '"دو تین"', 'lafz*', 'gul', 'gul khan', 'bhatta -aur', 'پشاور میں', 'دھماکہ OR ډزې', '؟', '-help', '', 'writer', '"two th*"',
] // prettier-ignore

const WORDS = ['پولیس', 'پشا*', 'ميں', '-میں', 'lafz1*', '-شکریہ', 'شكريه', 'police', 'Writer', 'ABHI', '-peshawar', 'nowhere', 'بهته', '"help please"', 'OR', '"road sch*"', 'کل', 'آج'] // prettier-ignore

/** Queries that nobody would think of, the same ones each time. */
function generated(count: number): MentionQuery[] {
  const random = seeded(31)
  const some = <Item>(items: readonly Item[], most = 3): Item[] =>
    Array.from({ length: 1 + Math.floor(random() * most) }, () => items[Math.floor(random() * items.length)] as Item)
  const instant = () => new Date(Date.UTC(2026, 4, 1) + Math.floor(random() * 220) * 86_400_000).toISOString()
  const maybe = <Value extends object>(chance: number, make: () => Value): Value | object =>
    random() < chance ? make() : {}
  return Array.from({ length: count }, () => ({
    ...maybe(0.7, () => ({ q: some(WORDS, 4).join(' ') })),
    ...maybe(0.3, () => ({ channel: some(CHANNELS) })),
    ...maybe(0.3, () => ({ district: some(['unknown', 'nowhere', ...PLACES.map(([id]) => id)]) })),
    ...maybe(0.2, () => ({ lang: some(LANGS) })),
    ...maybe(0.2, () => ({ category: some(CATEGORIES, 6) })),
    ...maybe(0.2, () => ({ severity: some(SEVERITIES) })),
    ...maybe(0.2, () => ({ sentiment: some(SENTIMENTS, 2) })),
    ...maybe(0.15, () => ({ alert: random() < 0.5 })),
    ...maybe(0.1, () => ({ unjudged: random() < 0.3 })),
    ...maybe(0.3, () => ({ from: instant() })),
    ...maybe(0.3, () => ({ to: instant() })),
  }))
}

export const NEWEST: readonly MentionQuery[] = [...TYPED.map((q) => ({ q })), ...FILTERED, ...generated(60)]
export const BEST: readonly MentionQuery[] = [
  ...RANKED.map((q) => ({ q, sort: 'best' as const })),
  { q: 'پولیس', sort: 'best', district: ['swat', 'peshawar'], from: '2026-08-01T00:00:00.000Z' },
  { q: 'help OR urgent', sort: 'best', channel: ['x', 'sms'], alert: false },
  { q: 'whatsapp:written.3', sort: 'best' },
  { sort: 'best', lang: ['ps'] },
]
