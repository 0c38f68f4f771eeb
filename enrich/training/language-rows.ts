import { existsSync, readFileSync } from 'node:fs'
import { packagePath } from '../../runtime/package-root.js'
import { LANGS, type Lang } from '../../schemas/tags.js'
import { URDU_GRAMMAR, shareOf } from '../enrichers/language/grammar-words.js'
import { wordsByScript } from '../enrichers/language/words.js'
import { readCommonCorpus } from './corpus.js'
import { hashOf } from './random.js'

export interface LanguageRow {
  readonly lang: Lang
  readonly text: string
  readonly origin: 'shared' | 'own' | 'informal'
  readonly held: boolean
}

export const SHARED_DATA = '../shared/data'
const OWN_TEXTS = 'enrich/training/own-texts.tsv'
/** One row in so many is held back from training, by the hash of its text. */
const HELD_ONE_IN = 10
const MOST_INFORMAL = 3_000
/** Of our own messages in one language; more would teach the words of the police's work, not the language. */
const MOST_OF_CORPUS = 2_500

const isLang = (value: string | undefined): value is Lang => LANGS.some((lang) => lang === value)
const linesOf = (path: string) => readFileSync(path, 'utf8').split(/\r?\n/)

/** Interface messages not yet translated stand in Urdu among the Khowar, Saraiki and Punjabi rows; these words are Urdu's alone. */
const URDU_ALONE = new Set([
  'کی',
  'کے',
  'ہے',
  'ہیں',
  'نہیں',
  'کریں',
  'گیا',
  'کرنا',
  'ہوگا',
  'سکتے',
  'آپ',
  'ہوتا',
  'رہے',
  'جائے',
])
const NEIGHBOURS = new Set<Lang>(['khw', 'skr', 'pnb'])

function isUntranslated(lang: Lang, text: string): boolean {
  if (!NEIGHBOURS.has(lang)) return false
  return wordsByScript(text).arabic.filter((word) => URDU_ALONE.has(word)).length >= (lang === 'khw' ? 2 : 3)
}

function row(lang: Lang, text: string, origin: LanguageRow['origin']): LanguageRow {
  return { lang, text, origin, held: hashOf(text) % HELD_ONE_IN === 0 }
}

function sharedRows(): LanguageRow[] {
  const rows: LanguageRow[] = []
  for (const line of linesOf(packagePath(`${SHARED_DATA}/lid-train.tsv`)).slice(1)) {
    const [lang, , , text] = line.split('\t')
    if (isLang(lang) && text !== undefined && !isUntranslated(lang, text)) rows.push(row(lang, text, 'shared'))
  }
  return rows
}

function ownRows(): LanguageRow[] {
  const rows: LanguageRow[] = []
  for (const line of linesOf(packagePath(OWN_TEXTS)).slice(1)) {
    const [lang, text] = line.split('\t')
    if (isLang(lang) && text !== undefined && text !== '') rows.push(row(lang, text, 'own'))
  }
  const corpus = readCommonCorpus().sort((a, b) => hashOf(a.text) - hashOf(b.text))
  for (const lang of LANGS)
    for (const { text } of corpus.filter((each) => each.lang === lang).slice(0, MOST_OF_CORPUS))
      rows.push(row(lang, text.replaceAll('\n', ' '), 'own'))
  return rows
}

/** What people type, where the sentences of `lid-train.tsv` are all edited: kept where its small words prove the language. */
function informalRows(): LanguageRow[] {
  const rows: LanguageRow[] = []
  const add = (lang: Lang, texts: readonly string[]) => {
    for (const text of texts.slice(0, MOST_INFORMAL)) rows.push(row(lang, text, 'informal'))
  }
  const isUrdu = (text: string) => {
    const { count, share } = shareOf(wordsByScript(text).latin, URDU_GRAMMAR)
    return count >= 2 && share >= 0.15
  }
  const withoutLabel = (line: string) => line.replace(/[\t,][^\t,]*$/, '').replace(/^"|"$/g, '')
  const shared = (name: string) =>
    linesOf(packagePath(`${SHARED_DATA}/${name}`))
      .slice(1)
      .map(withoutLabel)
  add('ur', shared('threat-ur-train.csv').map(withoutLabel).map(withoutLabel))
  add('ur-Latn', shared('sentiment-ur-latn-train.csv').filter(isUrdu))
  add('ur-Latn', shared('hate-ur-latn-train.tsv').filter(isUrdu))
  add(
    'en',
    shared('threat-en-train.csv').filter((text) => wordsByScript(text).latin.length >= 3 && !isUrdu(text)),
  )
  return rows
}

/** Undefined where the training data is not at hand. */
export function readLanguageRows(): LanguageRow[] | undefined {
  if (!existsSync(packagePath(`${SHARED_DATA}/lid-train.tsv`))) return undefined
  const seen = new Set<string>()
  return [...sharedRows(), ...ownRows(), ...informalRows()].filter(({ text }) => {
    const key = text.trim()
    if (key === '' || seen.has(key)) return false
    seen.add(key)
    return true
  })
}
