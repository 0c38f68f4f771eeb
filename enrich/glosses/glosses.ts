import { existsSync, readFileSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { atOneGo } from '../../runtime/at-one-go.js'
import { fold } from '../../runtime/fold.js'
import { packagePath } from '../../runtime/package-root.js'
import { LANGS, type Lang } from '../../schemas/tags.js'
import { HashSieve } from '../linear/hash-sieve.js'
import { HashTable } from '../linear/hash-table.js'
import { hashText } from '../linear/hashing.js'
import { wordKeys } from '../reading/keys.js'
import { basesOf } from './endings.js'

const FOLDER = 'enrich/glosses'
const GLOSS = 0x27d4eb2f
const KEY = 0x165667b1

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
  /** The hashes of what a folded word means in a message of this language, or of the word that it is a form of; none where nobody knows it. */
  of(lang: Lang, word: string): readonly number[]
  /** Whether some list has the folded word or one that sounds like it, in whatever language. */
  lists(word: string): boolean
}

export interface GlossLists {
  readonly glosses: Glosses
  /** Every spelling of all lists, folded: some 10 MB, to be let go once they are counted. */
  readonly spellings: readonly string[]
}

type Meanings = readonly number[]

/** Words are known by hashes of their keys, which take a tenth of the memory: of some 35,000 unknown words one is taken for another. */
const hashOf = (folded: string): number => hashKey(wordKeys(folded).loose)
const hashKey = (key: string): number => hashText(key, KEY)

/**
 * Reads `glosses/LANG.tsv`: rows `spellings<TAB>meanings` with spaces between them; a meaning is an English lemma or a grammar mark. Throws with file and
 * line where a row is wrong. Pauses after each list, for who must do other things between.
 */
export function* loadingGlosses(): Generator<void, GlossLists, void> {
  const byLang = new Map<Lang, HashTable>()
  const spellings: string[] = []
  /** Few things are meant by many words: each stands once, and words have its place. */
  const meant: Meanings[] = []
  const places = new Map<string, number>()
  const placeOf = (meanings: string): number => {
    let place = places.get(meanings)
    if (place === undefined) {
      place = meant.push(meanings.split(' ').map((meaning) => hashText(meaning, GLOSS))) - 1
      places.set(meanings, place)
    }
    return place
  }
  const path = packagePath(FOLDER)
  for (const name of existsSync(path) ? readdirSync(path).sort() : []) {
    const lang = LANGS.find((known) => name.startsWith(`${known}.`))
    if (lang === undefined || !name.endsWith('.tsv')) continue
    const words = byLang.get(lang) ?? new HashTable()
    byLang.set(lang, words)
    for (const [index, line] of readFileSync(join(path, name), 'utf8').split('\n').entries()) {
      if (line === '' || line.startsWith('#')) continue
      const [written, meanings, ...rest] = line.split('\t')
      if (!written || !meanings || rest.length > 0)
        throw new Error(`${FOLDER}/${name}:${index + 1}: a row is spellings and meanings with one tab between them`)
      for (const spelling of written.split(' ').map(fold)) {
        const { loose } = wordKeys(spelling)
        const hash = hashKey(loose)
        if (loose === '' || words.has(hash)) continue
        words.set(hash, placeOf(meanings))
        spellings.push(spelling)
      }
    }
    yield
  }
  return { glosses: glossesOf(byLang, meant), spellings }
}

/** The same at one go. */
export const loadGlossLists = (): GlossLists => atOneGo(loadingGlosses())
export const loadGlosses = (): Glosses => loadGlossLists().glosses

function glossesOf(byLang: ReadonlyMap<Lang, HashTable>, meant: readonly Meanings[]): Glosses {
  const lists = [...byLang.values()]
  const sieve = new HashSieve()
  for (const list of lists) for (const hash of list.hashes()) sieve.add(hash)
  const listedAs = (lang: Lang, word: string): Meanings | undefined => {
    const hash = hashOf(word)
    if (!sieve.mayHold(hash)) return undefined
    for (const each of NEIGHBOURS[lang]) {
      const found = byLang.get(each)?.get(hash)
      if (found !== undefined) return meant[found]
    }
    return undefined
  }
  return {
    of(lang, word) {
      const listed = listedAs(lang, word)
      if (listed !== undefined) return listed
      for (const { base, adds } of basesOf(lang, word)) {
        const found = listedAs(lang, base)
        if (found !== undefined) return adds === undefined ? found : [...found, hashText(adds, GLOSS)]
      }
      return []
    },
    lists(word) {
      const hash = hashOf(word)
      return sieve.mayHold(hash) && lists.some((words) => words.has(hash))
    },
  }
}
