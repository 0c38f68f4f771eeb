import type { Answer } from './ask.js'

export interface Bucket {
  readonly key: string | number
  readonly key_as_string?: string
  readonly doc_count: number
}

/** The aggregation `name` under `parent`, or nothing where it is not there. */
function under(parent: unknown, name: string): Record<string, unknown> {
  const child = (parent as Record<string, unknown> | undefined)?.[name]
  return typeof child === 'object' && child !== null ? (child as Record<string, unknown>) : {}
}

export function bucketsOf(parent: Answer['aggregations'] | Bucket, ...path: readonly string[]): readonly Bucket[] {
  const { buckets } = path.reduce<Record<string, unknown>>(under, parent as Record<string, unknown>)
  return Array.isArray(buckets) ? (buckets as Bucket[]) : []
}

export function countOf(parent: Answer['aggregations'] | Bucket, ...path: readonly string[]): number {
  const { doc_count: count } = path.reduce<Record<string, unknown>>(under, parent as Record<string, unknown>)
  return typeof count === 'number' ? count : 0
}

/** A metric, null where there was nothing to take it of. */
export function valueOf(parent: Answer['aggregations'], ...path: readonly string[]): number | null {
  const { value } = path.reduce<Record<string, unknown>>(under, parent)
  return typeof value === 'number' ? value : null
}

/** Booleans are counted as numbers, and spelled in `key_as_string`. */
export const nameOf = (bucket: Bucket): string => bucket.key_as_string ?? String(bucket.key)
