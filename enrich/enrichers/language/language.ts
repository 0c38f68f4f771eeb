import { packagePath } from '../../../runtime/package-root.js'
import type { Lang, LanguageTag } from '../../../schemas/tags.js'
import type { Enricher } from '../../enricher.js'
import type { JoinedWords } from '../../reading/joined-words.js'
import { FeatureBuffer } from './features.js'
import { ENGLISH_GRAMMAR, PASHTO_GRAMMAR, URDU_DOUBTFUL, URDU_GRAMMAR, shareOf } from './grammar-words.js'
import { readModels, scoreWords, softmax, type LanguageModels } from './linear-model.js'
import { mainScript, wordsByScript } from './words.js'

export const LANGUAGE_MODEL = 'enrich/models/language.bin'

type Ranked = readonly { readonly lang: Lang; readonly probability: number }[]

const BARE_WORDS = 2
const SURE_OF_BARE = 0.95

const rounded = (probability: number) => Math.round(Math.min(1, Math.max(0, probability)) * 10_000) / 10_000

/**
 * English carries most of the words of many an Urdu or Pashto message in Latin letters; its small words are what decides.
 * English stays where there is but one such word in a long text (a name, a title, a slip).
 */
function cannotBeEnglish(words: readonly string[]): boolean {
  const urdu = shareOf(words, URDU_GRAMMAR)
  const pashto = shareOf(words, PASHTO_GRAMMAR)
  const stronger = urdu.count >= pashto.count ? urdu : pashto
  return (stronger.count >= 2 && stronger.share >= 0.12) || (stronger.count === 1 && stronger.share >= 0.25)
}

/** English about people and places of this country looks like Urdu letter by letter; its small words say otherwise. */
function mustBeEnglish(words: readonly string[]): boolean {
  const english = shareOf(words, ENGLISH_GRAMMAR)
  if (english.count === 0) return false
  const foreign = shareOf(words, URDU_GRAMMAR).count + shareOf(words, PASHTO_GRAMMAR).count
  const doubtful = shareOf(words, URDU_DOUBTFUL).count
  return foreign === 0
    ? english.count >= 1 && english.share >= 0.12 && doubtful < english.count + 2
    : english.count > 4 * foreign
}

/** A name or two without grammar look like Pashto as easily as like Urdu, which ten times as many write. */
function isBareName(words: readonly string[], confidence: number): boolean {
  return words.length <= BARE_WORDS && confidence < SURE_OF_BARE && shareOf(words, PASHTO_GRAMMAR).count === 0
}

function best(ranked: Ranked): LanguageTag {
  let top = ranked[0] ?? { lang: 'und' as Lang, probability: 0 }
  for (const one of ranked) if (one.probability > top.probability) top = one
  return { lang: top.lang, confidence: rounded(top.probability) }
}

/** The best of the rest, with a confidence that owns up to the disagreement between letters and small words. */
function bestOf(ranked: Ranked, allowed: (lang: Lang) => boolean): LanguageTag {
  const rest = ranked.filter(({ lang }) => allowed(lang))
  const mass = rest.reduce((sum, { probability }) => sum + probability, 0) || 1
  const { lang, confidence } = best(rest)
  return { lang, confidence: rounded(Math.min(0.9, Math.max(0.5, confidence / mass))) }
}

function judgeLatin(ranked: Ranked, words: readonly string[]): LanguageTag {
  const first = best(ranked)
  if (first.lang === 'en') return cannotBeEnglish(words) ? bestOf(ranked, (lang) => lang !== 'en') : first
  if (first.lang === 'ps-Latn' && isBareName(words, first.confidence))
    return bestOf(ranked, (lang) => lang === 'ur-Latn')
  return mustBeEnglish(words) ? bestOf(ranked, (lang) => lang === 'en') : first
}

/** A longer run of Latin letters is a message without spaces. */
const LONGEST_LATIN_WORD = 20

/** What takes words apart that were run together. */
type Parting = Pick<JoinedWords, 'partsOf'>

/** The language of any text; pure. `words` of `wordsByScript` are judged in the script most of them are in. */
export function createLanguageJudge(models: LanguageModels, joined?: Parting): (text: string) => LanguageTag {
  const buffer = new FeatureBuffer()
  const parted = (words: readonly string[]): readonly string[] =>
    joined !== undefined && words.some(({ length }) => length > LONGEST_LATIN_WORD)
      ? words.flatMap((word) => (word.length > LONGEST_LATIN_WORD && joined.partsOf(word)) || [word])
      : words
  return (text) => {
    const words = wordsByScript(text)
    const script = mainScript(words)
    if (script === undefined) return { lang: 'und', confidence: words.letters ? 0.8 : 1 }
    if (script === 'devanagari') return { lang: 'hi', confidence: 0.99 }
    const model = models[script]
    const own = script === 'latin' ? parted(words.latin) : words[script]
    const probabilities = softmax(scoreWords(model, own, buffer), model.temperature)
    const ranked = model.langs.map((lang, at) => ({ lang, probability: probabilities[at] ?? 0 }))
    return script === 'latin' ? judgeLatin(ranked, own) : best(ranked)
  }
}

/** Reads the model once; throws where it is missing or damaged, so that a broken installation doesn't start. */
export function createLanguageEnricher({
  modelPath = packagePath(LANGUAGE_MODEL),
  joined,
}: { readonly modelPath?: string; readonly joined?: Parting } = {}): Enricher<'language'> {
  const judge = createLanguageJudge(readModels(modelPath), joined)
  return { adds: 'language', enrich: (mention) => judge(mention.text) }
}
