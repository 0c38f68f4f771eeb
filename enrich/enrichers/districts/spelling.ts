import { fold } from '../../../runtime/fold.js'

/** Letters that Urdu, Pashto, Saraiki and Sindhi write differently for one sound, after `fold`. One unit for one unit, so that offsets stay. */
const ONE_LETTER: Readonly<Record<string, string>> = {
  ټ: 'ٹ',
  ډ: 'ڈ',
  ړ: 'ڑ',
  ڼ: 'ن',
  ڻ: 'ن',
  ځ: 'ز',
  څ: 'چ',
  ښ: 'ش',
  ږ: 'ژ',
  ݙ: 'ڈ',
  ݨ: 'ن',
  ٻ: 'ب',
  ڀ: 'ب',
  ٿ: 'ت',
  ٽ: 'ٹ',
  ٺ: 'ٹ',
  ڦ: 'پ',
  ڄ: 'ج',
  ڇ: 'چ',
  ڌ: 'د',
  ڏ: 'د',
  ڊ: 'ڈ',
  ڙ: 'ڑ',
  ڳ: 'گ',
}
/** By unit of a folded text, the one in its place. */
export const PLACE_LETTERS = Uint16Array.from({ length: 0x10000 }, (_, code) => code)
for (const [letter, as] of Object.entries(ONE_LETTER)) PLACE_LETTERS[letter.charCodeAt(0)] = as.charCodeAt(0)

/** The spelling in which place names are compared; as long as the folded text it is given. */
export function placeLetters(folded: string): string {
  let letters = ''
  let done = 0
  for (let at = 0; at < folded.length; at++) {
    const code = folded.charCodeAt(at)
    const as = PLACE_LETTERS[code] as number
    if (as === code) continue
    letters += folded.slice(done, at) + String.fromCharCode(as)
    done = at + 1
  }
  return done === 0 ? folded : letters + folded.slice(done)
}

/** The other ways in which a name with a Pashto letter is written: ښ also as خ, ږ as گ, څ as س, ځ as ج. */
export function pashtoVariants(name: string): string[] {
  if (!/[ښږڅځ]/.test(name)) return [name]
  const others: [RegExp, string][] = [
    [/ښ/g, 'خ'],
    [/ږ/g, 'گ'],
    [/څ/g, 'س'],
    [/ځ/g, 'ج'],
  ]
  return [
    name,
    ...others.filter(([letter]) => name.search(letter) >= 0).map(([letter, as]) => name.replace(letter, as)),
  ]
}

const KHOWAR_ENDINGS = ['ا', 'و', 'ار', 'ه']

/** A name of Chitral as Khowar writes it in a sentence: "in", "of", "from", "to". None for one too short to bear an ending. */
export function khowarForms(name: string): string[] {
  return /^[\u0620-\u06d3]{4,}$/.test(name) ? KHOWAR_ENDINGS.map((ending) => name + ending) : []
}

/** A name of several words that ends in ه, as it stands before "in" and "of" ("د خوازه خېلې", "مانسہرے"); undefined for others. */
export function bentForm(name: string): string | undefined {
  return /^[\u0620-\u06d3]+ .*[هہ]$/.test(name) ? `${name.slice(0, -1)}ې` : undefined
}

/** Names are written in these scripts alone; a property of all letters would take four times as long. */
const WORDS = /[\u0900-\u0963a-z0-9\u0620-\u06d3]+/g

/** The words of a name as they are looked up. */
export function nameTokens(name: string): string[] {
  return placeLetters(fold(name)).match(WORDS) ?? []
}

export const isLatin = (token: string): boolean => (token.codePointAt(0) ?? 0) < 0x250

const PAIR_SOUND: Readonly<Record<string, string>> = {
  ee: 'i',
  ey: 'i',
  ei: 'i',
  ai: 'i',
  ay: 'i',
  oo: 'u',
  ou: 'u',
  au: 'u',
  ow: 'u',
  ph: 'f',
  ch: 'C',
}
const BEGINS_PAIR = 'eaopc'
const LETTER_SOUND: Readonly<Record<string, string>> = { c: 'k', q: 'k', w: 'v', e: 'i', y: 'i', o: 'u' }

function latinSound(token: string): string {
  let sound = ''
  let last = ''
  for (let at = 0; at < token.length; at++) {
    const char = token.charAt(at)
    const pair = BEGINS_PAIR.includes(char) ? PAIR_SOUND[char + token.charAt(at + 1)] : undefined
    if (pair !== undefined) at++
    const heard = pair ?? LETTER_SOUND[char] ?? char
    // An h after a vowel and before a consonant or the end is not heard: "Charsaddah", "Shehbaz".
    const unheard =
      heard === 'h' && (last === 'a' || last === 'i' || last === 'u') && !'aeiouy'.includes(token.charAt(at + 1) || 'x')
    if (heard === last || unheard) continue
    sound += heard
    last = heard
  }
  return sound
}

const ARABIC_SOUND: Readonly<Record<string, string>> = {
  ٹ: 'ت',
  ط: 'ت',
  ڈ: 'د',
  ڑ: 'ر',
  ص: 'س',
  ث: 'س',
  ذ: 'ز',
  ض: 'ز',
  ظ: 'ز',
  ژ: 'ز',
  ح: 'ه',
  ق: 'ک',
  ع: 'ا',
}

function arabicSound(token: string): string {
  let sound = ''
  let last = ''
  for (let at = 0; at < token.length; at++) {
    const letter = token.charAt(at)
    const heard = letter === 'ا' && at === token.length - 1 ? 'ه' : (ARABIC_SOUND[letter] ?? letter)
    if (heard !== last) sound += heard
    last = heard
  }
  return sound
}

/** A rougher spelling: tokens that sound alike are equal in it. Only for tokens of five letters and more. */
export function soundOf(token: string): string {
  return isLatin(token) ? latinSound(token) : arabicSound(token)
}

/** Whether one can be made of the other by at most `most` letters put in, left out, changed or swapped with their neighbour. */
export function withinEdits(a: string, b: string, most: number): boolean {
  if (Math.abs(a.length - b.length) > most) return false
  let before: number[] = []
  let last: number[] = Array.from({ length: b.length + 1 }, (_, at) => at)
  for (let i = 1; i <= a.length; i++) {
    const row = [i]
    let least = i
    for (let j = 1; j <= b.length; j++) {
      const same = a[i - 1] === b[j - 1] ? 0 : 1
      let cost = Math.min((last[j] ?? 0) + 1, (row[j - 1] ?? 0) + 1, (last[j - 1] ?? 0) + same)
      if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1])
        cost = Math.min(cost, (before[j - 2] ?? 0) + 1)
      row.push(cost)
      if (cost < least) least = cost
    }
    if (least > most) return false
    before = last
    last = row
  }
  return (last[b.length] ?? most + 1) <= most
}

/** Which letters a word has, a bit a letter (several letters share one): words far apart in it are far apart in spelling. */
export function lettersOf(word: string): number {
  let bits = 0
  for (let at = 0; at < word.length; at++) bits |= 1 << (word.charCodeAt(at) & 31)
  return bits
}

/** How many letters one word has and the other has not, both ways. */
export function lettersApart(a: number, b: number): number {
  let bits = a ^ b
  let count = 0
  while (bits !== 0) {
    bits &= bits - 1
    count++
  }
  return count
}
