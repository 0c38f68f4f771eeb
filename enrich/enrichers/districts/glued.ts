import { isLatin, nameTokens } from './spelling.js'

/** A place name inside a longer word: `word` is the name, `[from, to)` where in the longer word it stands. */
export interface Glued {
  readonly word: string
  readonly from: number
  readonly to: number
}

const longestFirst = (list: string): readonly string[] => nameTokens(list).sort((a, b) => b.length - a.length)

/** What is often written onto the end or the beginning of a name without a space. */
const TAILS_ARABIC = longestFirst('میں مین کے کا کو سے پر تک والے والا کښې ته نه پولیس ه یونیورسٹی')
const TAILS_LATIN = longestFirst(
  'mein main mai me men mn ki ke ka ko se sy police city district news ta kshe university',
)
const HEADS_ARABIC = longestFirst('د په ضلع')

const LEAST_ARABIC = 4
const LEAST_LATIN = 5

function withTail(word: string, names: ReadonlySet<string>): Glued | undefined {
  const latin = isLatin(word)
  const least = latin ? LEAST_LATIN : LEAST_ARABIC
  for (const tail of latin ? TAILS_LATIN : TAILS_ARABIC) {
    const to = word.length - tail.length
    if (to < least || !word.endsWith(tail)) continue
    const name = word.slice(0, to)
    if (names.has(name)) return { word: name, from: 0, to }
  }
  return undefined
}

function withHead(word: string, names: ReadonlySet<string>): Glued | undefined {
  if (isLatin(word)) return undefined
  for (const head of HEADS_ARABIC) {
    const from = head.length
    if (word.length - from < LEAST_ARABIC || !word.startsWith(head)) continue
    const name = word.slice(from)
    if (names.has(name)) return { word: name, from, to: word.length }
  }
  return undefined
}

/** A hashtag runs any words together: the longest name it begins or ends with. */
function inHashtag(word: string, names: ReadonlySet<string>): Glued | undefined {
  for (let length = word.length - 3; length >= 4; length--) {
    const name = word.slice(0, length)
    if ((length > 4 || word.length >= 8) && names.has(name)) return { word: name, from: 0, to: length }
    const from = word.length - length
    const end = word.slice(from)
    if (length >= 6 && names.has(end)) return { word: end, from, to: word.length }
  }
  return undefined
}

/** The name that a word holds, with what is glued to it left out; `names` are names of one word that stand for themselves. */
export function findGlued(word: string, hashtag: boolean, names: ReadonlySet<string>): Glued | undefined {
  return withTail(word, names) ?? withHead(word, names) ?? (hashtag ? inHashtag(word, names) : undefined)
}
