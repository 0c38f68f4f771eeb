/**
 * What a folded word is looked up by. Three keys, from strict to loose:
 * `raw` the letters as written (look-alikes mended, three of a letter in a row are two), for words that a looser key would confuse;
 * `light` without doubled letters, for English;
 * `loose` a sound-alike of Roman Urdu and Pashto, and of Arabic script typed on the keyboard at hand.
 */
export interface WordKeys {
  readonly raw: string
  readonly light: string
  readonly loose: string
}

const MAX_KEY = 40

/** Cyrillic, Greek and small-capital letters that pass for Latin ones. */
const LOOK_ALIKES: Readonly<Record<string, string>> = {
  а: 'a',
  в: 'b',
  с: 'c',
  ԁ: 'd',
  е: 'e',
  ё: 'e',
  н: 'h',
  һ: 'h',
  і: 'i',
  ї: 'i',
  ј: 'j',
  к: 'k',
  м: 'm',
  о: 'o',
  р: 'p',
  ѕ: 's',
  т: 't',
  у: 'y',
  х: 'x',
  ь: 'b',
  α: 'a',
  β: 'b',
  ε: 'e',
  η: 'n',
  ι: 'i',
  κ: 'k',
  μ: 'm',
  ν: 'v',
  ο: 'o',
  ρ: 'p',
  τ: 't',
  υ: 'u',
  χ: 'x',
  ϲ: 'c',
  ᴀ: 'a',
  ʙ: 'b',
  ᴄ: 'c',
  ᴅ: 'd',
  ᴇ: 'e',
  ɢ: 'g',
  ʜ: 'h',
  ɪ: 'i',
  ᴊ: 'j',
  ᴋ: 'k',
  ʟ: 'l',
  ᴍ: 'm',
  ɴ: 'n',
  ᴏ: 'o',
  ᴘ: 'p',
  ʀ: 'r',
  ᴛ: 't',
  ᴜ: 'u',
  ᴠ: 'v',
  ᴡ: 'w',
  ʏ: 'y',
  ᴢ: 'z',
  ı: 'i',
  ø: 'o',
  ł: 'l',
  đ: 'd',
  ß: 'ss',
  æ: 'ae',
  œ: 'oe',
  ǃ: 'i',
}
const DIGIT_LETTERS: Readonly<Record<string, string>> = {
  0: 'o',
  1: 'i',
  3: 'e',
  4: 'a',
  5: 's',
  7: 't',
  '@': 'a',
  $: 's',
  '!': 'i',
  '|': 'i',
}

/** Letters of one sound, or of one look on a keyboard without Pashto. */
const SOUNDS_LIKE: Readonly<Record<string, string>> = {
  ټ: 'ت',
  ٹ: 'ت',
  ط: 'ت',
  ډ: 'د',
  ڈ: 'د',
  ړ: 'ر',
  ڑ: 'ر',
  ڼ: 'ن',
  ذ: 'ز',
  ض: 'ز',
  ظ: 'ز',
  ث: 'س',
  ص: 'س',
  ح: 'ه',
  ښ: 'ش',
  ږ: 'ژ',
  ځ: 'خ',
  څ: 'خ',
}

export const LATIN = /[a-z]/
/** Holds a letter of the Arabic block. */
export const ARABIC = /[\u0600-\u06ff]/
const NON_ASCII = /[\u0080-\uffff]/
const MASKED = /[0-9@$!|]/
/** Holds half of a character of two units. */
const PAIRS = /[\ud800-\udfff]/

/** What is known of a word by its letters: whether they are all of a to z and no three alike stand in a row, so that they need no mending. */
const enum Letters {
  Odd,
  /** No two alike side by side: they are `light` already. */
  Plain,
  Doubled,
}

function lettersIn(word: string): Letters {
  let letters = Letters.Plain
  let last = 0
  let before = 0
  for (let at = 0; at < word.length; at++) {
    const code = word.charCodeAt(at)
    if (code < LETTER.A || code > LETTER.Z || (code === last && code === before)) return Letters.Odd
    if (code === last) letters = Letters.Doubled
    before = last
    last = code
  }
  return letters
}

/** By unit, the letters it passes for; undefined where it is what it is. */
const mendedUnits = (letters: Readonly<Record<string, string>>): readonly (string | undefined)[] => {
  const byUnit: (string | undefined)[] = Array.from({ length: 0x10000 })
  for (const [like, as] of Object.entries(letters)) byUnit[like.charCodeAt(0)] = as
  return byUnit
}
const UNMASKED = mendedUnits(DIGIT_LETTERS)
const UNLIKE = mendedUnits(LOOK_ALIKES)

/** The word with the letters that some units pass for. */
function mend(word: string, byUnit: readonly (string | undefined)[]): string {
  let mended = ''
  let done = 0
  for (let at = 0; at < word.length; at++) {
    const as = byUnit[word.charCodeAt(at)]
    if (as === undefined) continue
    mended += word.slice(done, at) + as
    done = at + 1
  }
  return done === 0 ? word : mended + word.slice(done)
}

function hasThreeInARow(word: string): boolean {
  for (let at = 2; at < word.length; at++) {
    const unit = word.charCodeAt(at)
    if (unit === word.charCodeAt(at - 1) && unit === word.charCodeAt(at - 2)) return true
    // Of pairs the halves are told apart by the pattern.
    if (unit >= 0xd800 && unit <= 0xdfff) return true
  }
  return false
}

function mendLatin(word: string): string {
  const letters = NON_ASCII.test(word) && !ARABIC.test(word) ? mend(word, UNLIKE) : word
  const mended = MASKED.test(letters) && LATIN.test(letters) ? mend(letters, UNMASKED) : letters
  return hasThreeInARow(mended) ? mended.replace(/(.)\1{2,}/gsu, '$1$1') : mended
}

const codeOf = (char: string): number => char.charCodeAt(0)
const LETTER = {
  A: 0x61,
  C: 0x63,
  E: 0x65,
  F: 0x66,
  H: 0x68,
  I: 0x69,
  K: 0x6b,
  P: 0x70,
  U: 0x75,
  Y: 0x79,
  Z: 0x7a,
} as const
const VOWELS: ReadonlySet<number> = new Set([...'aeiouy'].map(codeOf))

/** What each unit sounds like where it stands alone. */
const SOUNDS = Uint16Array.from({ length: 0x10000 }, (_, code) => code)
for (const [letter, sound] of Object.entries({ q: 'k', w: 'v', e: 'i', y: 'i', o: 'u' }))
  SOUNDS[codeOf(letter)] = codeOf(sound)

/**
 * A sound-alike of Latin letters: `ph` is `f`; `ck`, `q`, and `c` without an `h`, are `k`; `w` is `v`; an `h` after the last vowel is silent; `ai`, `ae`, `ay` and
 * runs of `e`, `i`, `y` are `i`; `au` and runs of `o`, `u` are `u`; nothing stands twice.
 */
function looseLatin(light: string): string {
  const { length } = light
  const silent = length > 1 && light.charCodeAt(length - 1) === LETTER.H && VOWELS.has(light.charCodeAt(length - 2))
  const end = silent ? length - 1 : length
  let loose = ''
  let last = -1
  for (let at = 0; at < end; at++) {
    const code = light.charCodeAt(at)
    const next = at + 1 < end ? light.charCodeAt(at + 1) : 0
    let sound = SOUNDS[code] as number
    if (code === LETTER.P && next === LETTER.H) {
      sound = LETTER.F
      at++
    } else if (code === LETTER.C && next !== LETTER.H) {
      sound = LETTER.K
      if (next === LETTER.K) at++
    } else if (code === LETTER.A && (next === LETTER.I || next === LETTER.E || next === LETTER.Y)) {
      sound = LETTER.I
      at++
    } else if (code === LETTER.A && next === LETTER.U) {
      sound = LETTER.U
      at++
    }
    if (sound !== last) loose += String.fromCharCode(sound)
    last = sound
  }
  return loose
}

const ARABIC_SOUNDS = Uint16Array.from({ length: 0x10000 }, (_, code) => code)
for (const [letter, sound] of Object.entries(SOUNDS_LIKE)) ARABIC_SOUNDS[codeOf(letter)] = codeOf(sound)

function looseArabic(word: string): string {
  let loose = ''
  let last = -1
  for (let at = 0; at < word.length; at++) {
    const code = word.codePointAt(at) ?? 0
    const sound = ARABIC_SOUNDS[code] ?? code
    if (sound !== last) loose += String.fromCodePoint(sound)
    last = sound
    if (code > 0xffff) at++
  }
  return loose
}

function withoutDoubles(word: string): string {
  let light = ''
  for (let at = 0; at < word.length; at++) if (word.charCodeAt(at) !== word.charCodeAt(at - 1)) light += word.charAt(at)
  return light
}

/** The keys of one folded word; only its first 40 units count. */
export function wordKeys(word: string): WordKeys {
  const cut = word.length > MAX_KEY ? word.slice(0, MAX_KEY) : word
  const letters = lettersIn(cut)
  if (letters === Letters.Plain) return { raw: cut, light: cut, loose: looseLatin(cut) }
  if (letters === Letters.Doubled) {
    const light = withoutDoubles(cut)
    return { raw: cut, light, loose: looseLatin(light) }
  }
  if (ARABIC.test(cut)) {
    const loose = looseArabic(cut)
    return { raw: cut, light: loose, loose }
  }
  const raw = mendLatin(cut)
  const light = PAIRS.test(raw) ? raw.replace(/(.)\1+/gsu, '$1') : withoutDoubles(raw)
  return { raw, light, loose: looseLatin(light) }
}

/** Units that stand for each other in some key are of one class, the number of one of them; of class 0 are those that a key may lack. */
export const CLASSES = Uint16Array.from({ length: 0x10000 }, (_, code) => code)
const classAs = (letters: string, of: string): void => {
  for (const letter of letters) CLASSES[codeOf(letter)] = codeOf(of)
}
classAs('eiouy*', 'a')
classAs('cq', 'k')
classAs('w', 'v')
classAs('p', 'f')
classAs('h', '\0')
for (const [like, letters] of Object.entries({ ...LOOK_ALIKES, ...DIGIT_LETTERS }))
  CLASSES[codeOf(like)] = CLASSES[codeOf(letters)] as number
for (const [letter, sound] of Object.entries(SOUNDS_LIKE)) classAs(letter, sound)
