import { existsSync, readFileSync, readdirSync } from 'node:fs'
import { packagePath } from '../../runtime/package-root.js'
import {
  CATEGORIES,
  LANGS,
  SENTIMENTS,
  SEVERITIES,
  type Category,
  type Lang,
  type Sentiment,
  type Severity,
} from '../../schemas/tags.js'

/** One labelled message; see `enrich/corpus/README.md`. */
export interface CorpusRow {
  readonly id: string
  readonly text: string
  readonly lang: Lang
  readonly districts: readonly string[]
  readonly category: Category
  readonly alert: boolean
  readonly severity: Severity
  /** Absent where nobody labelled it. */
  readonly sentiment: Sentiment | undefined
}

export type CorpusPart = 'train' | 'test'

const HEADER = 'id\ttext\tlang\tdistricts\tcategory\talert\tseverity\tsentiment\tnote'

function oneOf<T extends string>(values: readonly T[], value: string | undefined, fail: (why: string) => Error): T {
  const found = values.find((known) => known === value)
  if (found === undefined) throw fail(`"${value ?? ''}" is none of ${values.join(' ')}`)
  return found
}

/** Reads one labelled file; throws with file and line where a row is wrong. */
export function readCorpusFile(path: string): CorpusRow[] {
  const [header, ...lines] = readFileSync(packagePath(path), 'utf8').split('\n')
  if (header !== HEADER) throw new Error(`${path}:1: the columns are ${HEADER.replaceAll('\t', ' ')}`)
  return lines.flatMap((line, index) => {
    if (line === '') return []
    const fail = (why: string) => new Error(`${path}:${index + 2}: ${why}`)
    const [id = '', text = '', lang, districts = '', category, alert, severity, sentiment] = line.split('\t')
    if (id === '' || text === '') throw fail('id and text are needed')
    return {
      id,
      text: text.replaceAll(' ⏎ ', '\n'),
      lang: oneOf(LANGS, lang, fail),
      districts: districts.split(';').filter((each) => each !== ''),
      category: oneOf(CATEGORIES, category, fail),
      alert: oneOf(['yes', 'no'], alert, fail) === 'yes',
      severity: oneOf(SEVERITIES, severity, fail),
      sentiment: sentiment === '' ? undefined : oneOf(SENTIMENTS, sentiment, fail),
    }
  })
}

/** All messages of a part, in the order of their files. */
export const readCorpus = (part: CorpusPart): CorpusRow[] => readFiles(part, () => true)

/** From these files the category is learned alone: with them the language of short messages and `threatening` were told worse (decision 28). */
const FOR_CATEGORY_ALONE = /-[p-w][a-z]?\.tsv$/

/** The messages of the training part that all models are learned from. */
export const readCommonCorpus = (): CorpusRow[] => readFiles('train', (name) => !FOR_CATEGORY_ALONE.test(name))

function readFiles(part: CorpusPart, isWanted: (name: string) => boolean): CorpusRow[] {
  const folder = `enrich/corpus/${part}`
  if (!existsSync(packagePath(folder))) return []
  return readdirSync(packagePath(folder))
    .filter((name) => name.endsWith('.tsv') && isWanted(name))
    .sort()
    .flatMap((name) => readCorpusFile(`${folder}/${name}`))
}
