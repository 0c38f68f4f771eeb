import type { Lang } from '../../schemas/tags.js'
import { pick } from './random.js'

/** Letters as they come from a keyboard that lacks the proper one. */
const URDU_ON_ARABIC: Readonly<Record<string, string>> = { ک: 'ك', ی: 'ي', ہ: 'ه' }
const PASHTO_ON_URDU: Readonly<Record<string, string>> = {
  ټ: 'ٹ',
  ډ: 'ڈ',
  ړ: 'ڑ',
  ښ: 'خ',
  ږ: 'گ',
  ڼ: 'ن',
  ځ: 'ز',
  څ: 'س',
  ې: 'ے',
  ۍ: 'ئ',
  ي: 'ی',
  ك: 'ک',
  ګ: 'گ',
  ه: 'ہ',
  ى: 'ے',
}
const SARAIKI_ON_URDU: Readonly<Record<string, string>> = { ݙ: 'ڈ', ڳ: 'گ', ٻ: 'ب', ڄ: 'ج', ݨ: 'ن' }
const KHOWAR_ON_URDU: Readonly<Record<string, string>> = { ݯ: 'چ', ݱ: 'ژ', څ: 'چ', ځ: 'ز', ݰ: 'ش' }
const PERSIAN_ON_ARABIC: Readonly<Record<string, string>> = { ک: 'ك', ی: 'ي', گ: 'گ' }

const KEYBOARDS: Partial<Record<Lang, readonly Readonly<Record<string, string>>[]>> = {
  ur: [URDU_ON_ARABIC],
  ps: [PASHTO_ON_URDU],
  skr: [SARAIKI_ON_URDU, URDU_ON_ARABIC],
  khw: [KHOWAR_ON_URDU, URDU_ON_ARABIC],
  pnb: [URDU_ON_ARABIC],
  fa: [PERSIAN_ON_ARABIC],
}

type Spellings = readonly (readonly [RegExp, readonly string[]])[]

/** Pashto in Latin letters has no spelling; these are the ways the same sound is written. */
const ROMAN_PASHTO: Spellings = [
  [/aa/g, ['a']],
  [/oo/g, ['u', 'o']],
  [/ee/g, ['i', 'e']],
  [/kh/g, ['x', 'kh']],
  [/w/g, ['v', 'w']],
  [/ts/g, ['s']],
  [/dz/g, ['z']],
  [/ey\b/g, ['ay', 'e', 'i']],
  [/ay\b/g, ['ey', 'e', 'ai']],
  [/ai\b/g, ['ey', 'ay']],
  [/\bda\b/g, ['de', 'd', 'da']],
  [/u\b/g, ['o']],
  [/\bzama\b/g, ['zma']],
  [/\bche\b/g, ['chi']],
  [/\bmung\b/g, ['mong', 'moong', 'munga']],
  [/\bpa\b/g, ['pe']],
  [/gh/g, ['g', 'gh']],
]
/** Grammars and lessons of Pashto write a long vowel twice and the short one as `u`, with marks for the sounds that Latin letters lack. */
const PASHTO_OF_GRAMMARS: Spellings = [
  [/\bda\b/g, ['du']],
  [/\bpa\b/g, ['pu']],
  [/\b(za|ze)\b/g, ['zu']],
  [/\bka\b/g, ['ku']],
  [/\bla\b/g, ['la', 'lu']],
  [/\bsa\b/g, ['tsu', 'tsa']],
  [/\bso(?=k)/g, ['tso']],
  [/\b(chi|che)\b/g, ['che']],
  [/kh/g, ['x', 'kh']],
  [/a(?=[lmnrw]\b)/g, ['u']],
  [/[ae]m\b/g, ['um']],
  [/(ey|ai|e)\b/g, ['ay']],
  [/i\b/g, ['ee']],
  [/\bo(?=[kwlrb])/g, ['oo']],
  [/(?<=[^aeiou])a(?=[^aeiou]{1,2}[aeiou])/g, ['aa', 'u']],
  [/(?<=[^aeiou])a(?=[^aeiou]\b)/g, ['aa']],
  [/(?<=[^aeiou])i(?=[^aeiou])/g, ['ee']],
  [/(?<=[^aeiou])[uo](?=[^aeiou])/g, ['oo']],
  [/o\b/g, ['oo']],
  [/\bz(?=[aeo])/g, ['dz']],
  [/\bma\b/g, ['maa']],
  [/\bta\b/g, ['taa']],
  [/\bda\b/g, ['daa']],
]
const AS_IN_GRAMMARS = 0.35
const ROMAN_URDU: Spellings = [
  [/ain\b/g, ['en', 'ein', 'ay']],
  [/ahi\b/g, ['hi']],
  [/aa/g, ['a']],
  [/ee/g, ['i']],
  [/oo/g, ['u']],
  [/\bhai\b/g, ['hy', 'hay', 'h']],
  [/\bhain\b/g, ['hen', 'hein']],
  [/\bmain\b/g, ['mein', 'me']],
  [/\bmein\b/g, ['main', 'me', 'mai']],
  [/\baur\b/g, ['or', 'aor']],
  [/\bkar\b/g, ['kr', 'ker']],
  [/\bse\b/g, ['sy', 'say']],
  [/\bke\b/g, ['k', 'kay', 'ky']],
  [/\bne\b/g, ['ny', 'nay']],
  [/q/g, ['k']],
]

type Random = () => number

/** The text keyed on a neighbour's keyboard, each letter always or never. */
export function reKeyed(lang: Lang, text: string, random: Random): string {
  const swaps = pick(KEYBOARDS[lang] ?? [], random)
  if (swaps === undefined) return text
  const swapped = new Set(Object.keys(swaps).filter(() => random() < 0.75))
  return Array.from(text, (char) => (swapped.has(char) ? (swaps[char] ?? char) : char)).join('')
}

/** The rules of one way to write `lang` in Latin letters, and how many of them are kept. */
function spellings(lang: Lang, random: Random): readonly [Spellings, number] {
  if (lang === 'ur-Latn') return [ROMAN_URDU, 0.4]
  if (lang !== 'ps-Latn') return [[], 0]
  return random() < AS_IN_GRAMMARS ? [PASHTO_OF_GRAMMARS, 0.6] : [ROMAN_PASHTO, 0.4]
}

/** Another of the usual spellings in Latin letters. */
export function respelled(lang: Lang, text: string, random: Random): string {
  const [rules, share] = spellings(lang, random)
  let spelled = rules.length > 0 ? text.toLowerCase() : text
  for (const [sound, ways] of rules) {
    const way = random() < share ? pick(ways, random) : undefined
    if (way !== undefined) spelled = spelled.replace(sound, way)
  }
  return spelled
}

/** Three to eight words out of the text, from anywhere (`anywhere`) or its start. */
export function cut(text: string, random: Random, anywhere: boolean): string {
  const words = text.split(/\s+/).filter((word) => word !== '')
  const length = 3 + Math.floor(random() * 6)
  const start = anywhere ? Math.floor(random() * Math.max(1, words.length - length + 1)) : 0
  return words.slice(start, start + length).join(' ')
}

/** An Urdu or Pashto message in Latin letters with a run of English in it, as people write. */
export function mixedWithEnglish(text: string, english: string, random: Random): string {
  const words = text.split(/\s+/)
  const foreign = english.split(/\s+/)
  const length = Math.min(foreign.length, 1 + Math.floor(random() * Math.max(2, words.length * 0.6)))
  const from = Math.floor(random() * (foreign.length - length + 1))
  const at = Math.floor(random() * (words.length + 1))
  return [...words.slice(0, at), ...foreign.slice(from, from + length), ...words.slice(at)].join(' ')
}

/** Words run together, as in haste. */
export function withoutSomeSpaces(text: string, random: Random): string {
  return text.replace(/ /g, () => (random() < 0.3 ? '' : ' '))
}

/** Latin words as they are shortened in an SMS: without the vowels between their first and last letters. */
function withoutVowels(text: string, random: Random): string {
  return text.replace(/[A-Za-z]{4,}/g, (word) =>
    random() < 0.4 ? word.charAt(0) + word.slice(1, -1).replace(/[aeiou]/gi, '') + word.slice(-1) : word,
  )
}

/** One letter in some of the words is doubled, left out or swapped with the next. */
function mistyped(text: string, random: Random): string {
  return text.replace(/\p{L}{4,}/gu, (word) => {
    if (random() < 0.75) return word
    const at = 1 + Math.floor(random() * (word.length - 2))
    const [head, letter, next, tail] = [word.slice(0, at), word.charAt(at), word.charAt(at + 1), word.slice(at + 2)]
    return head + (pick([letter + letter + next, next, next + letter], random) ?? '') + tail
  })
}

/** As the same message is keyed in haste: one way of it or two. */
export function inHaste(lang: Lang, text: string, random: Random): string {
  const isLatin = lang === 'en' || lang.endsWith('-Latn')
  const ways = isLatin ? [withoutVowels, mistyped, withoutSomeSpaces] : [mistyped, withoutSomeSpaces]
  const once = (some: string): string => (pick(ways, random) ?? mistyped)(some, random)
  return random() < 0.25 ? once(once(text)) : once(text)
}

const names = (list: string) => list.trim().split(/\s*,\s*/)
const LATIN_NAMES = names(`
  Peshawar, Mardan, Swat, Mingora, Bannu, Kohat, Karak, Hangu, Tank, Dir, Chitral, Abbottabad, Mansehra, Haripur, Nowshera, Charsadda,
  Swabi, Hayatabad, Saddar, Khyber, Bara, Landi Kotal, Parachinar, Kurram, Wana, Miranshah, Buner, Shangla, Bajaur, Mohmand, Batkhela,
  Timergara, Dera Ismail Khan, Lakki Marwat, Kohistan, Torghar, Pakistan, Islamabad, Imran Khan, Gul Khan, Ahmad Shah, Muhammad Ali, Afridi,
  Yousafzai, Mehsud, Wazir, Khattak, Zalmi, DPO, SHO, CCPO, CTD, KP Police, FIR, Rescue 1122, Nadra, Allah, Inshallah, Mashallah, University
`)
const ARABIC_NAMES = names(`
  پشاور, مردان, سوات, مینگورہ, بنوں, کوہاٹ, کرک, ہنگو, ٹانک, دیر, چترال, ایبٹ آباد, مانسہرہ, ہری پور, نوشہرہ, چارسدہ, صوابی, حیات آباد,
  صدر, خیبر, باڑہ, لنڈی کوتل, پاراچنار, کرم, وانا, میران شاہ, بونیر, شانگلہ, باجوڑ, مہمند, ڈیرہ اسماعیل خان, لکی مروت, پاکستان, عمران خان,
  گل خان, احمد شاہ, محمد علی, آفریدی, ڈی پی او, ایس ایچ او, سی ٹی ڈی, پولیس, ایف آئی آر, اللہ, انشاءاللہ, ماشاءاللہ, السلام علیکم
`)

/** The province's common nouns: every language of it borrows them, so that alone, without a small word between them, they are Urdu. */
const ARABIC_NOUNS = names(`
  بھتہ, کال, فون, نمبر, موبائل, چوری, ڈکیتی, مدد, فائرنگ, دھماکہ, بم, رپورٹ, درخواست, تھانہ, پولیس, گاڑی, موٹر سائیکل, حادثہ, زخمی, قتل,
  اغوا, تاوان, بچہ, لاپتہ, گمشدہ, بازار, روڈ, سڑک, بند, ٹریفک, رش, سکول, ہسپتال, مسجد, دکان, گھر, آگ, سیلاب, رشوت, انصاف, لائسنس,
  شناختی کارڈ, منشیات, چرس, آئس, پستول, دھمکی, حملہ, چیک پوسٹ, بھرتی, دفتر, افسر, شکایت, ایمبولینس, زمین, قبضہ, فراڈ, آن لائن, بجلی, خطرہ, زندہ باد
`)

/** A message of keywords alone, as an Urdu writer in haste sends it. */
export function keywordsAlone(random: Random): string {
  const words = Array.from({ length: 1 + Math.floor(random() * 4) }, () => pick(ARABIC_NOUNS, random) ?? '')
  if (random() < 0.6) words.splice(Math.floor(random() * (words.length + 1)), 0, pick(ARABIC_NAMES, random) ?? '')
  return words.join(' ')
}

/** Names, greetings and borrowed nouns, which occur in every language and so must speak for none. */
export function withNames(text: string, arabic: boolean, random: Random): string {
  const words = text.split(/\s+/)
  const count = 1 + Math.floor(random() * 2)
  for (let added = 0; added < count; added++) {
    const name = pick(arabic ? (random() < 0.5 ? ARABIC_NAMES : ARABIC_NOUNS) : LATIN_NAMES, random)
    if (name !== undefined) words.splice(Math.floor(random() * (words.length + 1)), 0, name)
  }
  return words.join(' ')
}
