import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { packagePath } from '../../runtime/package-root.js'
import { loadTagger } from '../tagger.js'
import { shippedSet } from '../vocabulary/tag-set.js'
import { evaluate, type Measured } from './measures.js'
import { agreements } from './second-labels.js'
import { shown, taggingPage } from './tagging-page.js'

const BASELINE = 'enrich/models/baseline.json'
const PAGE = 'docs/tagging.md'
/** More than this below what is committed fails the check. */
const TOLERANCE = 0.01

const keyOf = ({ name, on }: Measured): string => `${name} · ${on.replace(/^\d+ /, '')}`

/** What fell by more than the tolerance since the baseline was accepted. */
function drops(table: readonly Measured[]): string[] {
  if (!existsSync(packagePath(BASELINE))) return [`there is no ${BASELINE}: accept one with --accept`]
  const baseline = JSON.parse(readFileSync(packagePath(BASELINE), 'utf8')) as Record<string, number>
  return table.flatMap((measured) => {
    const before = baseline[keyOf(measured)]
    if (before === undefined) return []
    const { value } = measured.estimate
    const fall = measured.isFault === true ? value - before : before - value
    return fall > TOLERANCE ? [`${keyOf(measured)}: ${value.toFixed(4)}, ${before.toFixed(4)} before`] : []
  })
}

const wanted = new Set(process.argv.slice(2))
const { enrichers } = shippedSet(loadTagger())
const evaluation = evaluate(enrichers)
const page = taggingPage(evaluation, agreements())
for (const { name, on, estimate, reach } of evaluation.table)
  console.log(`${name.padEnd(34)} ${shown(estimate).padEnd(26)} to reach ${reach.padEnd(14)} ${on}`)
for (const what of evaluation.missing) console.log(`not measured: ${what}`)
if (wanted.has('--check')) {
  const fallen = drops(evaluation.table)
  for (const line of fallen) console.error(`fell by more than ${TOLERANCE}: ${line}`)
  if (fallen.length > 0) process.exitCode = 1
  else console.log(`nothing fell by more than ${TOLERANCE} against ${BASELINE}`)
} else {
  console.log(page.slice(page.indexOf('## The ceiling')))
  writeFileSync(packagePath(PAGE), page)
  console.log(`${PAGE} is written`)
}
if (wanted.has('--accept')) {
  const values = Object.fromEntries(
    evaluation.table.map((measured) => [keyOf(measured), Number(measured.estimate.value.toFixed(4))]),
  )
  writeFileSync(packagePath(BASELINE), `${JSON.stringify(values, null, 2)}\n`)
  console.log(`${BASELINE} is written`)
}
