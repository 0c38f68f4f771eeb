import { expect, it } from 'vitest'
import { parseNewsCursor } from '../../ingest/news-cursor.js'
import type { Poll } from '../../ingest/source.js'
import { Failure } from '../../runtime/failure.js'
import type { Mention } from '../../schemas/mention.js'
import type { NewsFaultKind } from '../../simulators/news.js'
import { MINUTE_MS, mentionsOf, newsSetup } from './news-setup.js'
import { seeded } from './parts.js'

const never = new AbortController().signal

const KINDS: readonly NewsFaultKind[] = [
  '429',
  '503',
  '404',
  'html',
  'slow',
  'cut',
  'truncated',
  'malformed',
  'empty',
  'duplicate',
  'disorder',
  'wrong-charset',
  'found',
  'stale',
]
const OUTLETS = [
  { id: 'a', title: 'The A', format: 'rss2', keeps: 500 },
  { id: 'b', title: 'روزنامہ ب', format: 'atom', keeps: 500, validators: 'etag' },
  { id: 'c', title: 'خبرونه', format: 'rdf', keeps: 500, validators: 'last-modified' },
  { id: 'd', title: 'جریدہ د', format: 'rss2', keeps: 500, charset: 'windows-1256', validators: 'none' },
] as const
const TITLES = [
  'Police arrest three in Peshawar',
  'مردان میں پولیس چوکی پر حملہ & فائرنگ',
  'په باجوړ کې چاودنه',
  'Rupee gains against the dollar',
  'Punjab police promote forty',
]

/** A world of outlets, and a desk that is stopped and started again wherever chance says. */
async function story(seed: number) {
  const random = seeded(seed)
  const pick = <T>(values: readonly T[]): T => values[Math.floor(random() * values.length)] as T
  const { clock, simulator, make } = await newsSetup(OUTLETS)
  const collected = new Map<string, Mention[]>()
  const published: { id: string; title: string; isKept: boolean }[] = []
  let cursor: string | undefined
  let source = make()

  async function turn(): Promise<void> {
    let waitMs: number
    try {
      const poll: Poll = await source.poll(cursor, never)
      waitMs = poll.waitMs
      // Killed before the bus had it, or after that and before the cursor was saved.
      const fate = random()
      if (fate > 0.1)
        for (const mention of mentionsOf(poll))
          collected.set(mention.id, [...(collected.get(mention.id) ?? []), mention])
      if (fate > 0.2) cursor = poll.next
      else source = make()
    } catch (error) {
      if (!(error instanceof Failure)) throw error
      waitMs = error.retryAfterMs ?? MINUTE_MS
    }
    await clock.advance(waitMs)
  }

  function happen(): void {
    if (random() < 0.5) {
      const outlet = pick(OUTLETS).id
      const title = `${pick(TITLES)} (${published.length})`
      const alsoIn = OUTLETS.map(({ id }) => id).filter((id) => id !== outlet && random() < 0.3)
      const id = simulator.publish({ outlet, title, alsoIn, dated: random() < 0.8 })
      published.push({ id, title, isKept: !/Rupee|Punjab/.test(title) })
    }
    const edited = pick(published)
    if (published.length > 0 && random() < 0.2 && edited?.isKept === true) {
      edited.title = `${edited.title}, again`
      simulator.edit(edited.id, { title: edited.title })
    }
    if (random() < 0.4)
      simulator.fail({ kind: pick(KINDS), outlet: pick(OUTLETS).id, times: 1 + Math.floor(random() * 3) })
    if (random() < 0.02) simulator.move(pick(OUTLETS).id)
    if (random() < 0.05) simulator.rename(pick(OUTLETS).id, `Renamed ${published.length}`)
  }

  for (let step = 0; step < 60; step++) {
    happen()
    await turn()
  }
  simulator.heal()
  const until = clock.now() + 26 * 60 * MINUTE_MS
  while (clock.now() < until) await turn()
  // The last turns may have been killed: two more rounds that are not.
  for (let step = 0; step < 12; step++) {
    const poll = await source.poll(cursor, never)
    for (const mention of mentionsOf(poll)) collected.set(mention.id, [...(collected.get(mention.id) ?? []), mention])
    cursor = poll.next
    await clock.advance(60 * MINUTE_MS)
  }
  return { simulator, collected, published, cursor, make }
}

it.each(Array.from({ length: 12 }, (_, seed) => seed))(
  'whatever fails and wherever it is killed, every relevant article is one mention and its last words win (seed %i)',
  async (seed) => {
    const { simulator, collected, published, cursor, make } = await story(seed)
    try {
      const path = (url: string | null) => new URL(url ?? 'http://x/').pathname.replace(/\/$/, '')
      const idsByPath = new Map<string, Set<string>>()
      for (const versions of collected.values())
        for (const { id, url } of versions) idsByPath.set(path(url), (idsByPath.get(path(url)) ?? new Set()).add(id))
      for (const { id, title, isKept } of published) {
        const ids = [...(idsByPath.get(path(simulator.linkOf(id))) ?? [])]
        expect({ title, ids: ids.length }).toEqual({ title, ids: isKept ? 1 : 0 })
        if (!isKept) continue
        const versions = collected.get(ids[0] ?? '') ?? []
        const last = versions.reduce((best, mention) => (mention.version > best.version ? mention : best))
        expect(last.text).toBe(title)
      }
      expect(collected.size).toBe(published.filter(({ isKept }) => isKept).length)
      const states = [...parseNewsCursor(cursor).feeds.values()]
      expect(states.map(({ failures, isRead, problem }) => [failures, isRead, problem])).toEqual(
        OUTLETS.map(() => [0, true, undefined]),
      )
      expect((await make().poll(cursor, never)).changes).toEqual([])
    } finally {
      await simulator.close()
    }
  },
)
