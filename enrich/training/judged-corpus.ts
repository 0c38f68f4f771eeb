import type { Tags } from '../../schemas/tags.js'
import { enrichMention, type AnyEnricher } from '../enrich-mention.js'
import { textMention } from '../text-mention.js'
import type { CorpusRow } from './corpus.js'

const NOON = '2026-11-22T07:00:00.000Z'

export interface JudgedRow {
  readonly row: CorpusRow
  readonly tags: Tags
}

/** All tags of a text of which nothing else is known; throws where an enricher throws. */
export function tagsOf(text: string, enrichers: readonly AnyEnricher[]): Tags {
  const onFailure = (name: string, error: unknown): never => {
    throw new Error(`the enricher of ${name} failed`, { cause: error })
  }
  return enrichMention(textMention(text, text, NOON), { enrichers, now: NOON, onFailure }).tags
}

export const judged = (rows: readonly CorpusRow[], enrichers: readonly AnyEnricher[]): JudgedRow[] =>
  rows.map((row) => ({ row, tags: tagsOf(row.text, enrichers) }))

export function districtsOf({ row, tags }: JudgedRow): { readonly exact: boolean; readonly anyWrong: boolean } {
  const told = new Set(row.districts)
  const found = (tags.districts ?? []).map(({ id }) => id)
  const anyWrong = found.some((id) => !told.has(id))
  return { exact: !anyWrong && found.length === told.size, anyWrong }
}
