import { readFileSync } from 'node:fs'
import { packagePath } from '../../runtime/package-root.js'
import { readCorpus, type CorpusRow } from './corpus.js'
import { share, type Estimate, type Pair } from './intervals.js'

/** How far two readers of the same messages agree on one tag. */
export interface Agreement {
  readonly tag: string
  readonly same: Estimate
  readonly pairs: readonly Pair[]
}

const FILE = 'enrich/corpus/second/labels.tsv'

const TAGS: Readonly<Record<string, (row: CorpusRow) => string>> = {
  lang: ({ lang }) => lang,
  districts: ({ districts }) => [...districts].sort().join(';'),
  category: ({ category }) => category,
  alert: ({ alert }) => (alert ? 'yes' : 'no'),
  severity: ({ severity }) => severity,
  sentiment: ({ sentiment }) => sentiment ?? '',
}

/** The messages that were labelled twice, tag by tag; throws where one is not in the test part. */
export function agreements(): Agreement[] {
  const first = new Map(readCorpus('test').map((row) => [row.id, row]))
  const [head = '', ...lines] = readFileSync(packagePath(FILE), 'utf8').trim().split('\n')
  const columns = head.split('\t')
  const labelled = lines.map((line, at) => {
    const cells = line.split('\t')
    const row = first.get(cells[0] ?? '')
    if (row === undefined) throw new Error(`${FILE}:${at + 2}: ${cells[0] ?? ''} is no message of the test part`)
    return { row, cells }
  })
  return Object.entries(TAGS).map(([tag, of]) => {
    const pairs = labelled.map(({ row, cells }) => {
      const second = cells[columns.indexOf(tag)] ?? ''
      return { truth: of(row), answer: tag === 'districts' ? second.split(';').sort().join(';') : second }
    })
    const same = pairs.filter(({ truth, answer }) => truth === answer).length
    return { tag, same: share(same, pairs.length), pairs: tag === 'districts' ? [] : pairs }
  })
}
