import { existsSync, readFileSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { fold } from '../../runtime/fold.js'
import { packagePath } from '../../runtime/package-root.js'
import { LANGS, type Lang } from '../../schemas/tags.js'
import { hashText } from '../linear/hashing.js'
import { wordKeys } from '../enrichers/threat/keys.js'

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
  /** The hashes of what a folded word means in a message of this language; none where nobody knows it. */
  of(lang: Lang, word: string): readonly number[]
}

const keyOf = (folded: string) => wordKeys(folded).loose

/**
 * Reads `glosses/LANG.tsv`: rows `spellings<TAB>meanings` with spaces between them; a meaning is an English lemma or a grammar mark. Throws with file and
 * line where a row is wrong.
 */
export function loadGlosses(): Glosses {
  const byLang = new Map<Lang, Map<string, readonly number[]>>()
  const path = packagePath(FOLDER)
  for (const name of existsSync(path) ? readdirSync(path).sort() : []) {
    const lang = LANGS.find((known) => name.startsWith(`${known}.`))
    if (lang === undefined || !name.endsWith('.tsv')) continue
    const words = byLang.get(lang) ?? new Map<string, readonly number[]>()
    byLang.set(lang, words)
    readFileSync(join(path, name), 'utf8')
      .split('\n')
      .forEach((line, index) => {
        if (line === '' || line.startsWith('#')) return
        const [spellings, meanings, ...rest] = line.split('\t')
        if (!spellings || !meanings || rest.length > 0)
          throw new Error(`${FOLDER}/${name}:${index + 1}: a row is spellings and meanings with one tab between them`)
        const hashes = meanings.split(' ').map((meaning) => hashText(meaning, GLOSS))
        for (const spelling of spellings.split(' ')) {
          const key = keyOf(fold(spelling))
          if (key !== '' && !words.has(key)) words.set(key, hashes)
        }
      })
  }
  return {
    of(lang, word) {
      const key = keyOf(word)
      for (const each of NEIGHBOURS[lang]) {
        const found = byLang.get(each)?.get(key)
        if (found !== undefined) return found
      }
      return []
    },
  }
}
