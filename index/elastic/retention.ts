import type { Client } from '@elastic/elasticsearch'
import type { Log } from '../../runtime/log.js'
import { failureOf } from './errors.js'
import { endOfMonth, monthOf, type Generations } from './generations.js'

export interface RetentionParts {
  readonly client: Client
  readonly generations: Generations
}

const EXPUNGE_TIMEOUT_MS = 20 * 60_000

/** Drops every month that ended before `before`, of all generations; resolves with how many mentions stood in those that were searched. */
export async function expireMonths(
  { client, generations }: RetentionParts,
  before: Date,
  signal?: AbortSignal,
): Promise<number> {
  const { generation, indices } = await generations.live()
  const old = (await generations.all()).filter(({ month }) => endOfMonth(month) <= before.getTime())
  const searched = old.map(({ index }) => index).filter((index) => indices.has(index))
  if (old.length === 0) return 0
  signal?.throwIfAborted()
  // The alias goes with its last index, and a search without it fails.
  if (searched.length === indices.size) await generations.makeMonth(generation, monthOf(before.getTime()))
  let removed = 0
  for (const index of searched) {
    const { count } = await client.count({
      index,
      query: { bool: { filter: { term: { deleted: false } } } },
      ignore_unavailable: true,
    })
    removed += count
  }
  signal?.throwIfAborted()
  await generations.remove(old.map(({ index }) => index))
  return removed
}

/**
 * Has the engine rewrite the parts of its files that still hold documents which later states replaced: the words of what was withdrawn or edited leave the
 * disk no sooner. Failing at it is no failure of the retention: the next day tries again, and the engine merges by itself besides.
 */
export async function expungeDeleted(
  { client, generations, log }: RetentionParts & { readonly log: Log },
  signal?: AbortSignal,
): Promise<void> {
  try {
    await client.indices.forcemerge(
      { index: generations.name, only_expunge_deletes: true, flush: true },
      { requestTimeout: EXPUNGE_TIMEOUT_MS, maxRetries: 0, ...(signal === undefined ? {} : { signal }) },
    )
  } catch (error) {
    signal?.throwIfAborted()
    const { reason, message } = failureOf(error, 'expunging replaced documents')
    log.warn('words of replaced mentions may still be on the disk of Elasticsearch', { reason, detail: message })
  }
}
