import { existsSync, readFileSync } from 'node:fs'
import { parse } from 'csv-parse/sync'
import { packagePath } from '../../runtime/package-root.js'
import { SHARED_DATA } from './language-rows.js'
import { hashOf } from './random.js'

/** A text of other people, labelled whether its writer threatens somebody. */
export interface ThreatRow {
  readonly text: string
  readonly threatening: boolean
}

/** One row in so many is held back from training, by the hash of its text. */
const HELD_ONE_IN = 5

/** In the Urdu set `target` is inverted between its original files: `target_norm` is none, individual or group. In the English one 2 is a threat, 1 a judgement. */
const FILES = {
  ur: ['threat-ur-train.csv', 'text', (row: Record<string, string>) => row['target_norm'] !== 'none'],
  en: ['threat-en-train.csv', 'reply', (row: Record<string, string>) => row['Label'] === '2'],
} as const

function rowsOf(lang: keyof typeof FILES, isHeld: boolean): ThreatRow[] {
  const [name, column, isThreat] = FILES[lang]
  const path = packagePath(`${SHARED_DATA}/${name}`)
  if (!existsSync(path)) return []
  const rows = parse<Record<string, string>>(readFileSync(path, 'utf8'), { columns: true, relax_quotes: true })
  const seen = new Set<string>()
  return rows.flatMap((row) => {
    const text = (row[column] ?? '').trim()
    if (text === '' || seen.has(text) || (hashOf(text) % HELD_ONE_IN === 0) !== isHeld) return []
    seen.add(text)
    return [{ text, threatening: isThreat(row) }]
  })
}

/** Rows that training never sees; none where the data is not at hand. */
export const heldBackThreats = (lang: keyof typeof FILES): ThreatRow[] => rowsOf(lang, true)

export const threatsToLearn = (lang: keyof typeof FILES): ThreatRow[] => rowsOf(lang, false)
