import type { AnyEnricher } from '../enrich-mention.js'
import { withoutSomeSpaces } from './augment.js'
import { readCorpus, readCorpusFile, type CorpusRow } from './corpus.js'
import { dressed, readDressings } from './dressings.js'
import { macroF1, share, type Estimate, type Pair } from './intervals.js'
import { districtsOf, judged, tagsOf, type JudgedRow } from './judged-corpus.js'
import { readLanguageRows } from './language-rows.js'
import { languageOfLetters, ORDINARY_HELD_BACK, ordinarySentences, ordinaryTexts } from './ordinary-texts.js'
import { createRandom, hashOf } from './random.js'
import { heldBackThreats } from './threat-rows.js'

/** One line of the table: what is measured, on what, and what is to be reached. */
export interface Measured {
  readonly name: string
  readonly on: string
  readonly estimate: Estimate
  readonly reach: string
  /** Whether less is better. */
  readonly isFault?: boolean
}

export interface Evaluation {
  readonly table: readonly Measured[]
  readonly rows: readonly JudgedRow[]
  /** What could not be measured, and why. */
  readonly missing: readonly string[]
}

/** Harsh criticism of the police, none of which may ring. */
const CRITICISM = 'enrich/corpus/criticism.tsv'
/** Files of the test part, by how their ids begin, whose writers left out what two readers could differ about: each is measured apart. */
const UNDISPUTED = [
  { ids: /^td/, are: 'undisputed ones beside them' },
  { ids: /^te/, are: 'undisputed ones by another writer, as people write on a phone' },
  { ids: /^tf/, are: 'undisputed ones by a third writer, in the plainest words' },
  { ids: /^ti/, are: 'undisputed ones by a fourth writer, dangers amid other talk' },
  { ids: /^tj/, are: 'undisputed ones by a fifth writer, in the words of the home and of work' },
  { ids: /^tk/, are: 'undisputed ones by a sixth writer, cries, shorthand, calm telling, dangers elsewhere' },
  { ids: /^tl/, are: 'undisputed ones by a seventh writer, dangers outside the province and told from there' },
  { ids: /^tm/, are: 'undisputed ones by an eighth writer, of all kinds that the channels bring' },
  { ids: /^tn/, are: 'undisputed ones by a ninth writer, threats by who writes and what sounds like them' },
  { ids: /^to/, are: 'undisputed ones by a tenth and an eleventh writer, dangers in unusual scenes' },
] as const
/** Files of the test part with harmless talk of daily life, and beside it what rings. */
const DAILY = [
  { ids: /^tg/, are: 'harmless sentences of daily life in the words of danger' },
  { ids: /^th/, are: 'harmless sentences of daily life by another writer, in whatever words' },
] as const
/** A message in another form. */
type Change = (row: Pick<CorpusRow, 'lang' | 'text'>) => string

/** Greeted, signed and sent with links, by what nothing is learned from. */
function dressing(): Change {
  const dressings = readDressings('test')
  return ({ lang, text }) => dressed(lang, text, dressings, createRandom(hashOf(text)))
}

/** The test part as it is keyed in haste, and in dress. */
const changes = (inDress: Change): readonly { readonly are: string; readonly changed: Change }[] => [
  { are: 'messages of our test part, three in ten spaces gone', changed: ({ text }) => withoutSomeSpaces(text, createRandom(hashOf(text))) }, // prettier-ignore
  { are: 'messages of our test part without any space', changed: ({ text }) => text.replace(/\s+/g, '') },
  { are: 'messages of our test part, greeted, signed, with links and hashtags', changed: inDress },
]

export const firstSix = (text: string): string => text.split(/\s+/).filter(Boolean).slice(0, 6).join(' ')

const languagePairs = (
  rows: readonly { readonly lang: string; readonly text: string }[],
  enrichers: readonly AnyEnricher[],
  cut: (text: string) => string,
): Pair[] => {
  const language = enrichers.filter(({ adds }) => adds === 'language')
  return rows
    .filter(({ lang }) => lang !== 'und')
    .map(({ lang, text }) => ({ truth: lang, answer: tagsOf(cut(text), language).language?.lang ?? 'und' }))
}

export const isRung = ({ tags }: JudgedRow): boolean => tags.category?.alert === true

function alertMeasures(rows: readonly JudgedRow[], on: string): Measured[] {
  const due = rows.filter(({ row }) => row.alert)
  const critical = due.filter(({ row }) => row.severity === 'critical')
  const rung = rows.filter(isRung)
  return [
    { name: 'alert: recall', on, estimate: share(due.filter(isRung).length, due.length), reach: '0.96' },
    {
      name: 'alert: precision',
      on,
      estimate: share(rung.filter(({ row }) => row.alert).length, rung.length),
      reach: '0.90',
    },
    {
      name: 'alert: recall of critical',
      on,
      estimate: share(critical.filter(isRung).length, critical.length),
      reach: '0.99',
    },
  ]
}

/** How many of those ring, none of which may. */
const falseRings = (rings: readonly boolean[], are: string, reach: string): Measured => ({
  name: 'false rings',
  on: `${rings.length} ${are}`,
  estimate: share(rings.filter(Boolean).length, rings.length),
  reach,
  isFault: true,
})

const categoryPairs = (rows: readonly JudgedRow[]): Pair[] =>
  rows.map(({ row, tags }) => ({ truth: row.category, answer: tags.category?.category ?? '' }))

function districtMeasures(rows: readonly JudgedRow[], on: string): Measured[] {
  const places = rows.map(districtsOf)
  const exact = places.filter((each) => each.exact).length
  const wrong = places.filter(({ anyWrong }) => anyWrong).length
  return [
    { name: 'districts: exactly right', on, estimate: share(exact, rows.length), reach: '0.90' },
    { name: 'districts: any wrong one', on, estimate: share(wrong, rows.length), reach: '0.03', isFault: true },
  ]
}

/** Everything that docs/tagging.md tells, on the test part of the corpus and, where they are at hand, on the rows held back of other people's data. */
export function evaluate(enrichers: readonly AnyEnricher[]): Evaluation {
  const tested = judged(readCorpus('test'), enrichers)
  const rows = tested.filter(({ row }) => [...UNDISPUTED, ...DAILY].every(({ ids }) => !ids.test(row.id)))
  const on = `${rows.length} messages of our test part`
  const missing: string[] = []
  const table: Measured[] = []
  const heldBack = readLanguageRows()?.filter(({ held, origin }) => held && origin === 'shared')
  const whole = (text: string) => text
  for (const [how, cut, reach] of [
    ['full', whole, '0.97'],
    ['first six words', firstSix, '0.95'],
  ] as const) {
    const name = `language: macro F1, ${how}`
    if (heldBack !== undefined)
      table.push({
        name,
        on: `${heldBack.length} rows held back of lid-train`,
        estimate: macroF1(languagePairs(heldBack, enrichers, cut)),
        reach,
      })
    const own = rows.map(({ row }) => row)
    table.push({ name, on, estimate: macroF1(languagePairs(own, enrichers, cut)), reach })
  }
  if (heldBack === undefined) missing.push('language on lid-train.tsv: ../shared/data is not here')
  table.push(...alertMeasures(rows, on))
  const rings = (text: string): boolean => tagsOf(text, enrichers).category?.alert === true
  const ordinary = ordinaryTexts('test')
  if (ordinary.length < ORDINARY_HELD_BACK) missing.push('false rings on ordinary texts: ../shared/data is not here')
  else table.push(falseRings(ordinary.map(rings), 'comments, reviews and sentences of other people', '0.005'))
  const sentences = ordinarySentences('test')
  if (sentences.length > 0)
    table.push(falseRings(sentences.map(rings), 'sentences in twelve languages, held back of the language data', '0.005')) // prettier-ignore
  table.push(falseRings(judged(readCorpusFile(CRITICISM), enrichers).map(isRung), 'harsh criticisms', '0'))
  const answers = (truth: (row: JudgedRow['row']) => string | undefined, answer: (row: JudgedRow) => string): Pair[] =>
    rows.flatMap((each) => {
      const label = truth(each.row)
      return label === undefined ? [] : [{ truth: label, answer: answer(each) }]
    })
  const category = categoryPairs(rows)
  const severity = answers(
    (row) => row.severity,
    ({ tags }) => tags.category?.severity ?? '',
  )
  const sentiment = answers(
    (row) => row.sentiment,
    ({ tags }) => tags.sentiment?.sentiment ?? '',
  )
  table.push({ name: 'category: macro F1', on, estimate: macroF1(category), reach: '0.85' })
  table.push({ name: 'severity: macro F1', on, estimate: macroF1(severity), reach: 'no aim' })
  table.push({ name: 'sentiment: macro F1', on, estimate: macroF1(sentiment), reach: 'its own issue' })
  table.push(...districtMeasures(rows, on))
  const threats = heldBackThreats('ur')
  if (threats.length === 0) missing.push('threatening on threat-ur-train.csv: ../shared/data is not here')
  else {
    const threat = enrichers.filter(({ adds }) => adds === 'language' || adds === 'threat')
    const pairs = threats.map(({ text, threatening }) => ({
      truth: String(threatening),
      answer: String((tagsOf(text, threat).threat?.threatening ?? 0) >= 0.5),
    }))
    const of = `${threats.length} rows held back of threat-ur-train`
    table.push({ name: 'threatening, Urdu: macro F1', on: of, estimate: macroF1(pairs), reach: '0.75' })
  }
  for (const { ids, are } of UNDISPUTED) {
    const some = tested.filter(({ row }) => ids.test(row.id))
    const those = `${some.length} ${are}`
    table.push(...alertMeasures(some, those))
    table.push({ name: 'category: macro F1', on: those, estimate: macroF1(categoryPairs(some)), reach: '0.85' })
    table.push(...districtMeasures(some, those))
  }
  for (const { ids, are } of DAILY) {
    const [due, harmless] = [true, false].map((alert) =>
      tested.filter(({ row }) => ids.test(row.id) && row.alert === alert),
    ) as [JudgedRow[], JudgedRow[]]
    table.push(falseRings(harmless.map(isRung), are, '0.005'), {
      name: 'alert: recall',
      on: `${due.length} dangers beside the ${are}`,
      estimate: share(due.filter(isRung).length, due.length),
      reach: '0.96',
    })
  }
  const inDress = dressing()
  for (const { are, changed } of changes(inDress)) {
    const others = judged(
      rows.map(({ row }) => ({ ...row, text: changed(row) })),
      enrichers,
    )
    const those = `${others.length} ${are}`
    table.push(...alertMeasures(others, those).map((measured) => ({ ...measured, reach: 'no aim' })))
    table.push({ name: 'category: macro F1', on: those, estimate: macroF1(categoryPairs(others)), reach: 'no aim' })
  }
  const dressedTexts = ordinary.map((text) => inDress({ lang: languageOfLetters(text), text }))
  if (dressedTexts.length > 0) table.push(falseRings(dressedTexts.map(rings), 'of those comments, reviews and sentences, greeted, signed, with links and hashtags', '0.005')) // prettier-ignore
  return { table, rows, missing }
}
