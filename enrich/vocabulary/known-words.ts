import { readFileSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { packagePath } from '../../runtime/package-root.js'
import { LANGS } from '../../schemas/tags.js'
import { NO_TAGS } from '../enrich-mention.js'
import type { Enricher } from '../enricher.js'
import type { CategoryParts } from '../enrichers/category/category.js'
import { loadOrdinaryWords } from '../enrichers/districts/gazetteer.js'
import { nameTokens } from '../enrichers/districts/spelling.js'
import { ENGLISH_GRAMMAR, PASHTO_GRAMMAR, URDU_DOUBTFUL, URDU_GRAMMAR } from '../enrichers/language/grammar-words.js'
import { readText } from '../reading/words.js'
import type { Glosses } from '../glosses/glosses.js'
import { textMention } from '../text-mention.js'

/** What the tagger knows of words as they come with Rabta. */
export interface KnownWords {
  /** The first word that no lexicon and no gloss knows; undefined where all are known. */
  unknownIn(text: string): string | undefined
  /** Whether the word means something already. */
  means(word: string): boolean
  /** Whether it is a small word, or one that stands in very many messages: read as a danger it would ring all night. */
  isCommon(word: string): boolean
}

export interface KnownWordsParts {
  readonly glosses: Glosses
  readonly category: CategoryParts
  readonly sentiment: Enricher<'sentiment'>
}

/** Each swap asks for the same ones again. */
const MOST_REMEMBERED = 10_000
const SAMPLE_TIME = '2026-01-01T00:00:00.000Z'

export function createKnownWords({ glosses, category, sentiment }: KnownWordsParts): KnownWords {
  let common: ReadonlySet<string> | undefined
  const means = (word: string): boolean => LANGS.some((lang) => glosses.of(lang, word).length > 0)

  function isOfLexicons(text: string): (word: number) => boolean {
    const mention = textMention('like', text, SAMPLE_TIME)
    const { matches } = category.rules.judge(mention, readText(text), NO_TAGS)
    return (word) => matches.some(({ from, to }) => from <= word && word < to)
  }

  const isJudgement = (word: string): boolean =>
    sentiment.enrich(textMention('like', word, SAMPLE_TIME), NO_TAGS).score !== 0

  function lookFor(text: string): string | undefined {
    const { words } = readText(text)
    if (words.length === 0) return text
    const isFound = isOfLexicons(text)
    return words.find(({ text: word }, at) => !isFound(at) && !means(word) && !isJudgement(word))?.text
  }

  const looked = new Map<string, string | undefined>()
  return {
    unknownIn(text) {
      if (looked.has(text)) return looked.get(text)
      const unknown = lookFor(text)
      if (looked.size >= MOST_REMEMBERED) looked.clear()
      looked.set(text, unknown)
      return unknown
    },
    means: (word) => means(word) || isOfLexicons(word)(0),
    isCommon: (word) => (common ??= loadCommonWords()).has(word),
  }
}

const GLOSSES = 'enrich/glosses'
/** Of each list of glosses the first rows are the words met most. */
const MOST_USED = 150
/** These mark names, and numbers: no grammar. */
const NO_GRAMMAR = new Set(['PLACE', 'NAME', 'NUMBER'])

/** Small words of all languages and those used most, folded. */
function loadCommonWords(): ReadonlySet<string> {
  const common = new Set([
    ...loadOrdinaryWords(),
    ...URDU_GRAMMAR,
    ...PASHTO_GRAMMAR,
    ...ENGLISH_GRAMMAR,
    ...URDU_DOUBTFUL,
  ])
  const folder = packagePath(GLOSSES)
  for (const name of readdirSync(folder)) {
    if (!name.endsWith('.tsv')) continue
    const rows = readFileSync(join(folder, name), 'utf8').split('\n').filter((line) => line !== '' && !line.startsWith('#')) // prettier-ignore
    for (const [at, row] of rows.entries()) {
      const [spellings = '', meanings = ''] = row.split('\t')
      const marks = meanings.split(' ')
      const isGrammar = marks.every((mark) => /^[A-Z]+$/.test(mark) && !NO_GRAMMAR.has(mark))
      if (at >= MOST_USED && !isGrammar) continue
      for (const spelling of spellings.split(' ')) for (const { text } of readText(spelling).words) common.add(text)
    }
  }
  for (const word of [...common]) for (const letters of nameTokens(word)) common.add(letters)
  return common
}
