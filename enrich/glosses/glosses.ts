import { existsSync, readFileSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { fold } from '../../runtime/fold.js'
import { packagePath } from '../../runtime/package-root.js'
import { LANGS, type Lang } from '../../schemas/tags.js'
import { hashText } from '../linear/hashing.js'
import { ARABIC, wordKeys } from '../enrichers/threat/keys.js'
import { basesOf } from './endings.js'

const FOLDER = 'enrich/glosses'
const GLOSS = 0x27d4eb2f

/** Where a word is looked for that its own language does not have: people mix them. */
const NEIGHBOURS: Readonly<Record<Lang, readonly Lang[]>> = {
  en: ['en', 'ur-Latn', 'ps-Latn'],
  'ur-Latn': ['ur-Latn', 'en', 'ps-Latn'],
  'ps-Latn': ['ps-Latn', 'ur-Latn', 'en'],
  ur: ['ur', 'pnb', 'ps', 'fa'],
  ps: ['ps', 'ur', 'fa'],
  pnb: ['pnb', 'ur', 'skr'],
  skr: ['skr', 'ur', 'pnb'],
  khw: ['khw', 'ur', 'fa'],
  sd: ['sd', 'ur', 'skr'],
  fa: ['fa', 'ps', 'ur'],
  ar: ['ar', 'fa', 'ur'],
  hi: ['hi'],
  und: ['ur-Latn', 'en', 'ps-Latn', 'ur', 'ps', 'fa', 'pnb', 'skr', 'khw', 'sd', 'hi'],
}

/** What words mean, in one vocabulary for all languages, so that what is learnt of one is known of the others. */
export interface Glosses {
  /** The hashes of what a folded word means in a message of this language, of the word that it is a form of, or of the words that it is made of; none where nobody knows it. */
  of(lang: Lang, word: string): readonly number[]
}

interface Gloss {
  readonly meanings: readonly number[]
  readonly isCommon: boolean
}

const keyOf = (folded: string) => wordKeys(folded).loose

/** Words run together, as in haste, are taken apart where they are of so many letters. */
const SHORTEST_JOINED = 6
const LONGEST_JOINED = 24
const MOST_PARTS = 4
const LONGEST_PART = 12
/** The first rows of each list are the commonest words; others are found by chance in words that nobody glossed. */
const COMMON_ROWS = 1_200

/** English words hold others by chance (`weather` is no `we`), and a vowel is a letter in Latin script. */
const shortestPart = (lang: Lang, word: string): number => (ARABIC.test(word) ? 2 : lang === 'en' ? 4 : 3)

/**
 * Reads `glosses/LANG.tsv`: rows `spellings<TAB>meanings` with spaces between them; a meaning is an English lemma or a grammar mark. Throws with file and
 * line where a row is wrong.
 */
export function loadGlosses(): Glosses {
  const byLang = new Map<Lang, Map<string, Gloss>>()
  const path = packagePath(FOLDER)
  for (const name of existsSync(path) ? readdirSync(path).sort() : []) {
    const lang = LANGS.find((known) => name.startsWith(`${known}.`))
    if (lang === undefined || !name.endsWith('.tsv')) continue
    const words = byLang.get(lang) ?? new Map<string, Gloss>()
    byLang.set(lang, words)
    readFileSync(join(path, name), 'utf8')
      .split('\n')
      .forEach((line, index) => {
        if (line === '' || line.startsWith('#')) return
        const [spellings, meanings, ...rest] = line.split('\t')
        if (!spellings || !meanings || rest.length > 0)
          throw new Error(`${FOLDER}/${name}:${index + 1}: a row is spellings and meanings with one tab between them`)
        const gloss: Gloss = {
          meanings: meanings.split(' ').map((meaning) => hashText(meaning, GLOSS)),
          isCommon: index < COMMON_ROWS,
        }
        for (const spelling of spellings.split(' ')) {
          const key = keyOf(fold(spelling))
          if (key !== '' && !words.has(key)) words.set(key, gloss)
        }
      })
  }
  const listedAs = (lang: Lang, word: string): Gloss | undefined => {
    const key = keyOf(word)
    for (const each of NEIGHBOURS[lang]) {
      const found = byLang.get(each)?.get(key)
      if (found !== undefined) return found
    }
    return undefined
  }
  return {
    of(lang, word) {
      const listed = listedAs(lang, word)
      if (listed !== undefined) return listed.meanings
      for (const { base, adds } of basesOf(lang, word)) {
        const found = listedAs(lang, base)
        if (found !== undefined) return adds === undefined ? found.meanings : [...found.meanings, hashText(adds, GLOSS)]
      }
      const own = byLang.get(lang)
      const meaningOf = (part: string) => {
        const found = own?.get(keyOf(part))
        return found?.isCommon === true ? found.meanings : undefined
      }
      return takenApart(word, shortestPart(lang, word), meaningOf) ?? []
    },
  }
}

/**
 * What the fewest known words mean that `word` is made of when it is read as several run together; undefined where it is none. They have three letters
 * each on the whole: many words can be cut into very short ones.
 */
function takenApart(
  word: string,
  shortest: number,
  meaningOf: (part: string) => readonly number[] | undefined,
): readonly number[] | undefined {
  const { length } = word
  if (length < SHORTEST_JOINED || length > LONGEST_JOINED) return undefined
  const mostParts = Math.min(MOST_PARTS, Math.floor((length + 1) / 3))
  /** By where it ends: of how many words the shortest reading up to there is, and what they mean. */
  const best: ({ readonly parts: number; readonly meanings: readonly number[] } | undefined)[] = [
    { parts: 0, meanings: [] },
  ]
  for (let end = shortest; end <= length; end++)
    for (let start = Math.max(0, end - LONGEST_PART); start <= end - shortest; start++) {
      const before = best[start]
      if (before === undefined || before.parts + 1 >= (best[end]?.parts ?? mostParts + 1)) continue
      const meanings = meaningOf(word.slice(start, end))
      if (meanings !== undefined) best[end] = { parts: before.parts + 1, meanings: [...before.meanings, ...meanings] }
    }
  return best[length]?.meanings
}
