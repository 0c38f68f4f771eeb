import { createRuleJudge, type RuleJudge } from '../enrichers/category/by-rules.js'
import { createLanguageEnricher } from '../enrichers/language/language.js'
import { loadJoinedWords, partingJoined } from '../reading/joined-words.js'
import { readText, type Reader } from '../reading/words.js'
import type { Enricher } from '../enricher.js'
import { loadGlosses, type Glosses } from '../glosses/glosses.js'

/** How texts are read where Rabta runs: what is learned from must be read in the same way. */
export interface Reading {
  readonly glosses: Glosses
  readonly rules: RuleJudge
  readonly language: Enricher<'language'>
  readonly read: Reader
}

/** Reads the lexicons, the glosses, the counts of words and the model of languages, which must have been made before. */
export function loadReading(): Reading {
  const glosses = loadGlosses()
  const rules = createRuleJudge()
  const joined = loadJoinedWords(glosses, (word) => rules.knows(word))
  return { glosses, rules, language: createLanguageEnricher({ joined }), read: partingJoined(readText, joined) }
}
