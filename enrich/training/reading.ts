import { createRuleJudge, type RuleJudge } from '../enrichers/category/by-rules.js'
import { createLanguageEnricher } from '../enrichers/language/language.js'
import { loadJoinedWords, partingJoined, type JoinedWords } from '../reading/joined-words.js'
import { readText, type Reader } from '../reading/words.js'
import type { Enricher } from '../enricher.js'
import { loadGlossLists, type Glosses } from '../glosses/glosses.js'

/** How texts are read where Rabta runs: what is learned from must be read in the same way. */
export interface Reading {
  readonly glosses: Glosses
  readonly rules: RuleJudge
  readonly language: Enricher<'language'>
  readonly read: Reader
}

/** Reads the lexicons, the glosses and the counts of words, which must have been made before. */
export function loadWordReading(): Omit<Reading, 'language'> & { readonly joined: JoinedWords } {
  const lists = loadGlossLists()
  const rules = createRuleJudge()
  const joined = loadJoinedWords(lists, (word) => rules.knows(word))
  return { glosses: lists.glosses, rules, joined, read: partingJoined(readText, joined) }
}

/** The same with the model of languages, which must have been made before. */
export function loadReading(): Reading {
  const { joined, ...reading } = loadWordReading()
  return { ...reading, language: createLanguageEnricher({ joined }) }
}
