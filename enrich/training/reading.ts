import { createRuleJudge, type RuleJudge } from '../enrichers/category/by-rules.js'
import { createLanguageEnricher } from '../enrichers/language/language.js'
import { loadJoinedWords, partingJoined } from '../reading/joined-words.js'
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

/** Reads the lexicons, the glosses, the counts of words and the model of languages, which must have been made before. */
export function loadReading(): Reading {
  const lists = loadGlossLists()
  const { glosses } = lists
  const rules = createRuleJudge()
  const joined = loadJoinedWords(lists, (word) => rules.knows(word))
  return { glosses, rules, language: createLanguageEnricher({ joined }), read: partingJoined(readText, joined) }
}
