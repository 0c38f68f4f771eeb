import { articleMention, versionOf, type NewsEntry, type ReadFeed } from '../channels/news/read-feed.js'
import type { Relevance } from '../channels/news/relevance.js'
import type { Change } from '../schemas/mention.js'
import type { FeedState, KnownEntry } from './news-cursor.js'

/** What is known of an article from all feeds together. */
interface Shared {
  readonly version: number
  readonly isKept: boolean
  readonly hashes: ReadonlySet<string>
}

/** Articles by the id of their mention, over every feed. */
export type SharedArticles = Map<string, Shared>

export function sharedArticles(states: Iterable<FeedState>): SharedArticles {
  const shared: SharedArticles = new Map()
  for (const { known } of states) for (const entry of known) share(shared, entry)
  return shared
}

function share(shared: SharedArticles, { id, version, isKept, hash }: KnownEntry): void {
  const other = shared.get(id)
  shared.set(id, {
    version: Math.max(version, other?.version ?? 0),
    isKept: isKept || other?.isKept === true,
    hashes: new Set([...(other?.hashes ?? []), hash]),
  })
}

/** Beside those that stand in the document: an article that leaves a feed and comes back is no news. */
const REMEMBERED = 100

export interface TakenArticles {
  readonly changes: readonly Change[]
  readonly known: readonly KnownEntry[]
  /** How many articles this feed had not shown before. */
  readonly fresh: number
  /** Why articles did not become mentions, with how many. */
  readonly skipped: ReadonlyMap<string, number>
}

export interface TakeParts {
  readonly reading: ReadFeed
  readonly state: FeedState
  readonly shared: SharedArticles
  readonly relevance: Relevance
  readonly source: string
  readonly receivedAt: string
  /** At a feed's first reading, articles dated before this (epoch milliseconds) are let lie. */
  readonly sinceMs: number
}

/**
 * Turns what a feed shows into changes: what is new and relevant is written, what changed is edited with a version above the last, what another feed
 * brought already is left out. Given the same state and document it answers the same, so that a crash before the cursor was saved changes nothing.
 */
export function takeArticles(parts: TakeParts): TakenArticles {
  const { reading, state } = parts
  const byKey = new Map(state.known.map((entry) => [entry.key, entry]))
  const byId = new Map(state.known.map((entry) => [entry.id, entry]))
  const shownKeys = new Set(reading.entries.map(({ key }) => key))
  const changes: Change[] = []
  const known = new Map<string, KnownEntry>()
  const skipped = new Map<string, number>()
  let fresh = 0
  const skip = (reason: string) => skipped.set(reason, (skipped.get(reason) ?? 0) + 1)
  for (const { reason } of reading.skipped) skip(reason)
  // Feeds name the newest first; what happened first goes out first.
  for (const entry of [...reading.entries].reverse()) {
    const sameLink = byId.get(entry.id)
    // Under another guid it is the same article, unless the one it was known by stands in the document too.
    const before =
      byKey.get(entry.key) ?? (sameLink !== undefined && !shownKeys.has(sameLink.key) ? sameLink : undefined)
    const id = before?.id ?? (sameLink === undefined ? entry.id : `news:${entry.key}`)
    const after = before === undefined ? firstSight(entry, id, parts, skip) : secondSight(entry, before, parts, skip)
    if (before === undefined) fresh++
    if (after.change !== undefined) changes.push(after.change)
    known.set(entry.key, after.known)
    share(parts.shared, after.known)
  }
  const ids = new Set([...known.values()].map(({ id }) => id))
  const left = state.known.filter(({ key, id }) => !known.has(key) && !ids.has(id)).slice(-REMEMBERED)
  return { changes, known: [...left, ...known.values()], fresh, skipped }
}

interface Sighting {
  readonly known: KnownEntry
  readonly change?: Change
}

type Skip = (reason: string) => void

function firstSight(entry: NewsEntry, id: string, parts: TakeParts, skip: Skip): Sighting {
  const shared = parts.shared.get(id)
  const dated = versionOf(entry)
  const known: KnownEntry = { key: entry.key, id, hash: entry.hash, version: dated, isKept: true }
  if (shared?.isKept === true) {
    const isNewer = entry.updatedMs !== undefined && dated > shared.version && !shared.hashes.has(entry.hash)
    if (isNewer) return { known, change: changeOf('edited', entry, known, parts) }
    skip('another feed brought it')
    return { known: { ...known, version: shared.version } }
  }
  const isOld = !parts.state.isRead && dated > 0 && dated < parts.sinceMs
  if (isOld) {
    skip('older than the first reading looks back')
    return { known: { ...known, isKept: false } }
  }
  return judged('written', entry, { ...known, version: Math.max(dated, shared?.version ?? 0) }, parts, skip)
}

function secondSight(entry: NewsEntry, before: KnownEntry, parts: TakeParts, skip: Skip): Sighting {
  const rekeyed = { ...before, key: entry.key }
  if (entry.hash === before.hash) return { known: rekeyed }
  const dated = versionOf(entry)
  // Some outlets answer from several caches, in turn the new state and the old; a date that lies ahead is wrong and proves nothing.
  const isOlder =
    entry.updatedMs !== undefined && dated < before.version && before.version <= Date.parse(parts.receivedAt)
  // What a mended entry lost is no edit: it is asked for again.
  if (isOlder || entry.isMended) return { known: rekeyed }
  const shared = parts.shared.get(before.id)
  const known: KnownEntry = {
    ...rekeyed,
    hash: entry.hash,
    version: Math.max(dated, before.version + 1, (shared?.version ?? 0) + 1),
    isKept: before.isKept || shared?.isKept === true,
  }
  if (known.isKept) return { known, change: changeOf('edited', entry, known, parts) }
  return judged('written', entry, known, parts, skip)
}

function judged(type: 'written', entry: NewsEntry, known: KnownEntry, parts: TakeParts, skip: Skip): Sighting {
  const judgement = parts.relevance(entry, parts.reading.title)
  if (judgement.keep) return { known: { ...known, isKept: true }, change: changeOf(type, entry, known, parts) }
  skip(judgement.reason)
  return { known: { ...known, isKept: false } }
}

function changeOf(type: 'written' | 'edited', entry: NewsEntry, known: KnownEntry, parts: TakeParts): Change {
  const { reading, source, receivedAt } = parts
  const mention = articleMention(entry, { source, receivedAt, outlet: reading, id: known.id, version: known.version })
  return { type, mention }
}
