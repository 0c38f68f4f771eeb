import type { Client, estypes } from '@elastic/elasticsearch'
import { errors } from '@elastic/elasticsearch'
import type { Clock } from '../../runtime/clock.js'
import { textHashOf } from '../../runtime/corrections/overlay.js'
import { Failure } from '../../runtime/failure.js'
import type { IndexedMention } from '../../schemas/search.js'
import { rowOf } from '../mention-row.js'
import { sendBulk, type Operation } from './bulk.js'
import { standingDocument, type ElasticDocument } from './document.js'
import { guarded } from './errors.js'
import type { Generations } from './generations.js'

export interface CopyParts {
  readonly client: Client
  readonly clock: Clock
  readonly generations: Generations
  readonly say: (line: string) => void
  /** Aborts when it must stop. */
  readonly signal: AbortSignal
}

export interface Copied {
  readonly copied: number
  /** What today's code cannot make a document of; it was copied as it stood. */
  readonly asItStood: number
}

const PAGE = 500
/** How long the engine keeps the old state for the next page. */
const KEEP_ALIVE = '10m'
const SAY_EVERY = 20_000

/**
 * Copies every document of one generation into another, which nobody searches yet, each rebuilt from its body by today's code; a mention stays in its month.
 * Reads one moment of the old generation, by point in time. Throws a Failure unless all that stood then is copied.
 */
export async function copyGeneration(parts: CopyParts, from: number, to: number): Promise<Copied> {
  const { client, generations, say, signal } = parts
  const index = generations.everyIndexOf(from)
  await guarded('refreshing the old generation', () => client.indices.refresh({ index }))
  let pit = (
    await guarded('opening a point in time', () =>
      client.openPointInTime({ index, keep_alive: KEEP_ALIVE, allow_partial_search_results: false }),
    )
  ).id
  const total = { copied: 0, asItStood: 0 }
  const made = new Set<string>()
  try {
    let after: estypes.SortResults | undefined
    for (let size = PAGE; ;) {
      signal.throwIfAborted()
      const page = await readPage(client, pit, after, size)
      if (page === 'too-large') {
        if (size === 1) throw new Failure('too-large', 'one mention is larger than can be read', { retryable: false })
        size = Math.ceil(size / 4)
        continue
      }
      pit = page.pit_id ?? pit
      const { hits } = page.hits
      await store(parts, hits, to, made, total)
      after = hits.at(-1)?.sort
      if (hits.length < size) break
      size = Math.min(PAGE, size * 2)
      if (Math.floor(total.copied / SAY_EVERY) > Math.floor((total.copied - hits.length) / SAY_EVERY))
        say(`${total.copied} copied`)
    }
    await compareCounts(parts, pit, total.copied)
    return total
  } finally {
    await client.closePointInTime({ id: pit }).catch(() => undefined)
  }
}

type Page = estypes.SearchResponse<ElasticDocument>

function readPage(
  client: Client,
  pit: string,
  after: estypes.SortResults | undefined,
  size: number,
): Promise<Page | 'too-large'> {
  return guarded('reading the old generation', async () => {
    try {
      const page = await client.search<ElasticDocument>({
        pit: { id: pit, keep_alive: KEEP_ALIVE },
        size,
        sort: [{ _shard_doc: 'asc' }],
        track_total_hits: false,
        ...(after === undefined ? {} : { search_after: after }),
      })
      if (page._shards.failed > 0 || page.timed_out)
        throw new Failure('unavailable', 'some of the old generation did not answer', { retryable: true })
      return page
    } catch (error) {
      if (error instanceof errors.RequestAbortedError) return 'too-large'
      throw error
    }
  })
}

async function store(
  { client, clock, generations }: CopyParts,
  hits: readonly estypes.SearchHit<ElasticDocument>[],
  to: number,
  made: Set<string>,
  total: { copied: number; asItStood: number },
): Promise<void> {
  const operations: Operation[] = []
  for (const { _index, _source } of hits) {
    const month = generations.parse(_index)?.month
    if (_source === undefined || month === undefined)
      throw new Failure('unknown-shape', `${_index} holds what is no mention`, { retryable: false })
    const index = generations.indexOf(to, month)
    if (!made.has(index)) {
      await guarded(`making ${index}`, () => generations.makeMonth(to, month))
      made.add(index)
    }
    operations.push({ index, document: rebuilt(_source) ?? _source })
    if (operations.at(-1)?.document === _source && !_source.deleted) total.asItStood++
  }
  const refused = await sendBulk({ client, clock }, operations, { refresh: false })
  const [first] = refused
  if (first !== undefined) {
    const [{ document }, { detail }] = first
    throw new Failure(
      'invalid-payload',
      `${refused.size} mentions can't be copied, the first is ${document.id}: ${detail}`,
      {
        retryable: false,
      },
    )
  }
  total.copied += operations.length
}

/** A document as today's code makes it; undefined for what is withdrawn, or what today's code refuses. */
function rebuilt(document: ElasticDocument): ElasticDocument | undefined {
  if (document.deleted) return undefined
  try {
    const mention = JSON.parse(document.body) as IndexedMention
    const { seq } = document
    return standingDocument(rowOf(mention), {
      seq,
      textHash: textHashOf(mention.text),
      edited: mention.editedAt ?? null,
    })
  } catch {
    return undefined
  }
}

async function compareCounts({ client }: CopyParts, pit: string, copied: number): Promise<void> {
  const { hits } = await guarded('counting the old generation', () =>
    client.search({ pit: { id: pit, keep_alive: KEEP_ALIVE }, size: 0, track_total_hits: true }),
  )
  const there = typeof hits.total === 'number' ? hits.total : hits.total?.value
  if (there !== copied)
    throw new Failure('unexpected', `${copied} of ${there} mentions were read: start the migration again`, {
      retryable: true,
    })
}
