export type Script = 'arabic' | 'latin' | 'devanagari'

/** Lower-case words of a text by script, in order, without what says nothing of the language. */
export interface ScriptWords {
  readonly arabic: string[]
  readonly latin: string[]
  readonly devanagari: string[]
  /** Whether any letter was left at all, of whatever script. */
  letters: boolean
}

/** A window of raw text: long enough to judge by, short enough that 100,000 characters cost no more than a long post. */
const WINDOW = 4_000
const ENOUGH_LETTERS = 400
/** What has no words in this many characters has none to judge by. */
const MOST_READ = 20_000

const LINKS =
  /(?:https?:\/\/|www\.)\S+|\b[\w.+-]{1,64}@[\w-]{1,63}\.[\w.-]{1,190}|\b[\w-]{2,63}\.(?:com|pk|org|net|tv|ly|me|co)(?:\/\S*)?\b/gi
const HANDLES = /(^|[^\w])@\w+/g
const RETWEET = /^\s*RT\b/
const HASHTAGS = /[#＃]([\p{L}\p{M}\p{N}_\u200c]+)/gu
const TAG_OR_NOTHING = /^(?:[#＃]|$)/
const CAMEL = /(\p{Ll})(\p{Lu})/gu
/** Marks that no letter of ours is written with, and what only picks a glyph. */
const MARKS = /[\u0300-\u036f]|[\u20d0-\u20ff]|[\ufe00-\ufe0f]/g
const SIGNS =
  /[\u0610-\u061a\u064b-\u0652\u0656-\u065f\u0670\u06d6-\u06dc\u06df-\u06e8\u06ea-\u06ed\u00ad\u200b\u200d-\u200f\u202a-\u202e\u2060-\u206f\ufeff\u0640]/g
/** `b-o-m-b`, `b o m b`: letters that stand apart, three at least, with the same between them. */
const LETTERS_APART = /(?<![\p{L}\p{N}])\p{L}([ .\-_*\u200c])\p{L}(?:\1\p{L})+(?![\p{L}\p{N}])/gu
const APART = /[ .\-_*\u200c]/g
const APOSTROPHE = /(?<=[a-z])['’‘ʼ`´](?=[a-z])/g
const ACCENTED_LATIN = /[\u00c0-\u024f\u1e00-\u1eff]/g
const COMPATIBILITY = /[\ufb50-\ufdfb\ufe70-\ufefc\uff21-\uff5a]|\ud835[\udc00-\udfff]/
const LETTER = /\p{L}/u
const ELONGATED = /(\p{L})\1{2,}/gu
const WORD =
  /[\u0653-\u0655\u0620-\u064a\u066e-\u066f\u0671-\u06d3\u06d5\u06ee\u06ef\u06fa-\u06ff\u0750-\u077f\u08a0-\u08c7]+|[a-z]+|[\u0900-\u0963\u0970-\u097f]+/g

function plainLatin(char: string): string {
  return char.normalize('NFD').replace(/[\u0300-\u036f]/g, '')
}

/** Fewer words than this are told with the tags at their ends. */
const TELLING = 3

/** A row of tags before or behind a message is often in another language than the message. */
function withoutTagsAtItsEnds(text: string): string {
  if (!text.includes('#') && !text.includes('＃')) return text
  const words = text.split(/\s+/)
  let [from, to] = [0, words.length]
  while (from < to && TAG_OR_NOTHING.test(words[from] ?? '')) from++
  while (from < to && TAG_OR_NOTHING.test(words[to - 1] ?? '')) to--
  return to - from < TELLING ? text : words.slice(from, to).join(' ')
}

function clean(raw: string): string {
  let text = withoutTagsAtItsEnds(raw.normalize(COMPATIBILITY.test(raw) ? 'NFKC' : 'NFC'))
  text = text.replace(LINKS, ' ').replace(HANDLES, '$1 ').replace(RETWEET, ' ')
  if (text.includes('#') || text.includes('＃')) {
    text = text.replace(HASHTAGS, (_, tag: string) => ` ${tag.replace(/_/g, ' ').replace(CAMEL, '$1 $2')} `)
  }
  return text
    .replace(SIGNS, '')
    .replace(MARKS, '')
    .replace(LETTERS_APART, (letters) => letters.replace(APART, ''))
    .toLowerCase()
    .replace(ACCENTED_LATIN, plainLatin)
    .replace(APOSTROPHE, '')
    .replace(ELONGATED, '$1')
}

function addWords(words: ScriptWords, cleaned: string): number {
  let letters = 0
  words.letters ||= LETTER.test(cleaned)
  for (const word of cleaned.match(WORD) ?? []) {
    letters += word.length
    const first = word.charCodeAt(0)
    if (first < 0x80) words.latin.push(word)
    else if (first >= 0x0900 && first < 0x0980) words.devanagari.push(word)
    else words.arabic.push(word)
  }
  return letters
}

/** Reads windows from the start of the text until there are letters enough; links, handles, numbers, emoji and elongations are gone. */
export function wordsByScript(text: string): ScriptWords {
  const words: ScriptWords = { arabic: [], latin: [], devanagari: [], letters: false }
  let letters = 0
  const end = Math.min(text.length, MOST_READ)
  for (let start = 0; start < end && letters < ENOUGH_LETTERS; start += WINDOW) {
    letters += addWords(words, clean(text.slice(start, start + WINDOW)))
  }
  return words
}

const countLetters = (words: readonly string[]) => words.reduce((sum, word) => sum + word.length, 0)

/** The script most words are in; by letters where words are equal; undefined where less than two letters are left. */
export function mainScript(words: ScriptWords): Script | undefined {
  let best: Script | undefined
  let most: readonly [number, number] = [0, 0]
  for (const script of ['arabic', 'latin', 'devanagari'] as const) {
    const score = [words[script].length, countLetters(words[script])] as const
    if (score[0] > most[0] || (score[0] === most[0] && score[1] > most[1])) {
      best = script
      most = score
    }
  }
  return best !== undefined && most[1] >= 2 ? best : undefined
}
