import { CATEGORIES, LANGS } from '../../schemas/tags.js'
import { macroF1, share, type Estimate } from './intervals.js'
import { districtsOf, type JudgedRow } from './judged-corpus.js'
import { isRung, type Evaluation } from './measures.js'
import type { Agreement } from './second-labels.js'

const WORST = 20
const MOST_LETTERS = 140

const three = (value: number): string => (Number.isNaN(value) ? 'none' : value.toFixed(3))
export const shown = ({ value, low, high }: Estimate): string => `${three(value)} (${three(low)} to ${three(high)})`
const row = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  return [row(head), row(head.map(() => '---')), ...rows.map(row)].join('\n')
}

function alertCells(rows: readonly JudgedRow[]): string[] {
  const due = rows.filter(({ row: truth }) => truth.alert)
  const rung = rows.filter(isRung)
  const both = due.filter(isRung).length
  return [`${both} of ${due.length}`, `${both} of ${rung.length}`]
}

const byLanguage = (rows: readonly JudgedRow[]): string =>
  table(
    ['language', 'messages', 'language right', 'alerts rung', 'rings right', 'category right', 'districts right'],
    LANGS.flatMap((lang) => {
      const own = rows.filter(({ row: truth }) => truth.lang === lang)
      if (own.length === 0) return []
      const count = (right: (each: JudgedRow) => boolean) => three(share(own.filter(right).length, own.length).value)
      return [
        [
          `\`${lang}\``,
          String(own.length),
          count(({ row: truth, tags }) => tags.language?.lang === truth.lang),
          ...alertCells(own),
          count(({ row: truth, tags }) => tags.category?.category === truth.category),
          count((each) => districtsOf(each).exact),
        ],
      ]
    }),
  )

const byCategory = (rows: readonly JudgedRow[]): string =>
  table(
    ['category', 'messages', 'found', 'of what is called so, right', 'alerts rung', 'rings right'],
    CATEGORIES.map((category) => {
      const own = rows.filter(({ row: truth }) => truth.category === category)
      const called = rows.filter(({ tags }) => tags.category?.category === category)
      const right = own.filter(({ tags }) => tags.category?.category === category).length
      return [
        `\`${category}\``,
        String(own.length),
        three(share(right, own.length).value),
        three(share(right, called.length).value),
        ...alertCells(own),
      ]
    }),
  )

const confusion = (rows: readonly JudgedRow[]): string =>
  table(
    ['is \\ called', ...CATEGORIES.map((category) => category.slice(0, 5))],
    CATEGORIES.map((category) => [
      `\`${category}\``,
      ...CATEGORIES.map((answer) => {
        const count = rows.filter(
          ({ row: truth, tags }) => truth.category === category && tags.category?.category === answer,
        ).length
        return count === 0 ? '' : String(count)
      }),
    ]),
  )

/** The alerts that were missed and the false rings that the tagger was surest of. */
function worst(rows: readonly JudgedRow[]): string {
  const errors = rows
    .filter((each) => isRung(each) !== each.row.alert)
    .map((each) => ({ each, sure: Math.abs((each.tags.category?.alertConfidence ?? 0) - (each.row.alert ? 1 : 0)) }))
    .sort((a, b) => b.sure - a.sure || (a.each.row.id < b.each.row.id ? -1 : 1))
    .slice(0, WORST)
  return table(
    ['id', 'should', 'alert confidence', 'category: is, called', 'text'],
    errors.map(({ each: { row: truth, tags } }) => [
      truth.id,
      truth.alert ? `ring (${truth.severity})` : 'not ring',
      three(tags.category?.alertConfidence ?? NaN),
      `${truth.category}, ${tags.category?.category ?? 'none'}`,
      truth.text.slice(0, MOST_LETTERS).replaceAll('|', '/').replaceAll('\n', ' '),
    ]),
  )
}

/** Of how many messages of each step of confidence the tag was right: what a confidence means. */
function calibration(rows: readonly JudgedRow[]): string {
  const steps = [0, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9]
  const within = (value: number | undefined, from: number) =>
    value !== undefined && value >= from && (value < from + 0.1 || (from === 0.9 && value <= 1))
  return table(
    ['confidence', 'alert: messages', 'of them alerts', 'category: messages', 'of them right'],
    steps.map((from) => {
      const alert = rows.filter(({ tags }) => within(tags.category?.alertConfidence, from))
      const category = rows.filter(({ tags }) => within(tags.category?.categoryConfidence, from))
      return [
        `${from.toFixed(1)} to ${(from + 0.1).toFixed(1)}`,
        String(alert.length),
        three(share(alert.filter(({ row: truth }) => truth.alert).length, alert.length).value),
        String(category.length),
        three(
          share(
            category.filter(({ row: truth, tags }) => tags.category?.category === truth.category).length,
            category.length,
          ).value,
        ),
      ]
    }),
  )
}

const agreementRows = (agreement: readonly Agreement[]): string =>
  table(
    ['tag', 'the same', 'macro F1 of the second against the first'],
    agreement.map(({ tag, same, pairs }) => [tag, shown(same), pairs.length === 0 ? '' : three(macroF1(pairs).value)]),
  )

/** docs/tagging.md, whole. */
export function taggingPage({ table: measured, rows, missing }: Evaluation, agreement: readonly Agreement[]): string {
  return `# How right the tags are

Made by \`npm run eval\`; do not edit. What each tag means is in LABELLING.md, how the messages were written in [enrich/corpus](../enrich/corpus/README.md), how the tagger decides in decisions [7](decisions/0007-gazetteer.md), [9](decisions/0009-language-model.md), [28](decisions/0028-learned-tags.md), [32](decisions/0032-joined-words.md) and [33](decisions/0033-what-a-message-tells.md).

The test part was written by five writers apart from those of the training part, and is never learned from. Its 1,473 messages were looked at after several trainings. Below them stand others, by thirteen more writers, who left out every message whose label two careful readers could dispute: they are easier, and say how right the tags are where there is one right answer. (One rule of districts was made after one of them had shown that it was missing.) The last lines are of the 1,473 once more, as they are keyed in haste, and as they are greeted, signed and sent with links. The texts are invented, by the same kind of writer as the training part's, so that real messages will be harder. Intervals are 95%.

${table(
  ['what', 'on', 'measured', 'to reach'],
  measured.map(({ name, on, estimate, reach, isFault }) => [
    name,
    on,
    shown(estimate),
    isFault === true ? `${reach} at most` : reach,
  ]),
)}
${missing.map((what) => `\nNot measured here: ${what}.`).join('')}

## The ceiling

200 messages of the test part were labelled a second time, blind. So much two readings of LABELLING.md agree:

${agreementRows(agreement)}

## By language

${byLanguage(rows)}

## By category

${byCategory(rows)}

## What is taken for what

${confusion(rows)}

## What a confidence means

${calibration(rows)}

## The 20 worst errors of the alert

${worst(rows)}
`
}
