import { mkdirSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { openElasticMentionIndex } from '../index/elastic/elastic-mention-index.js'
import { openSqliteMentionIndex } from '../index/sqlite/sqlite-mention-index.js'
import type { MentionIndex } from '../index/mention-index.js'
import type { MentionSearch } from '../index/mention-search.js'
import { ownedAlone, type Alone } from '../runtime/alone.js'
import type { Bus } from '../runtime/bus.js'
import type { Clock } from '../runtime/clock.js'
import { ownDataFolder, type OwnedFolder } from '../runtime/data-folder.js'
import { EmbeddedBus } from '../runtime/embedded-bus/embedded-bus.js'
import { LogFile } from '../runtime/embedded-bus/log-file.js'
import { Failure } from '../runtime/failure.js'
import { openKafkaBus } from '../runtime/kafka-bus/kafka-bus.js'
import type { Log } from '../runtime/log.js'
import { openMediaFiles } from '../runtime/media/media-files.js'
import { createMediaStore, type MediaStore } from '../runtime/media-store.js'
import { openRecords } from '../runtime/records/open.js'
import { openPostgresRecords } from '../runtime/records/postgres.js'
import type { Records } from '../runtime/records/tables.js'
import type { Config } from './config.js'
import { elasticOptions, kafkaOptions, postgresOptions } from './engines.js'

/** Everything this process stands on, open: in its data folder, or in engines that other processes share. */
export interface Stores {
  readonly folder: string
  /** Whether the folder is this process's own: something of the three is embedded in it. */
  readonly isOwner: boolean
  readonly bus: Bus
  readonly records: Records
  /** For what one process alone may do. */
  readonly alone: Alone
  /** The files that came with mentions. */
  readonly media: MediaStore
  readonly index: MentionIndex & MentionSearch & { expire(before: Date): Promise<number> }
  /** Lets old records of the bus go, where the bus does not do so by itself. */
  expireBus(): Promise<void>
  /** What keeps messages from being taken in and alerts from being raised; and what keeps them from being found. Words, for who must mend it. */
  problems(): { readonly grave: readonly string[]; readonly ofSearch: readonly string[] }
  close(): Promise<void>
}

export const isEmbedded = ({ bus, index, records }: Config): boolean =>
  bus === 'embedded' || index === 'embedded' || records === 'embedded'

interface Parts {
  readonly folder: string
  readonly clock: Clock
  readonly log: Log
}

/**
 * Opens what the settings name. Throws a Failure: `conflict` when another process owns the folder, `unavailable` when Kafka or PostgreSQL do not
 * answer. Elasticsearch may be away: alerts do not wait for search.
 */
export async function openStores(config: Config, { clock, log }: { clock: Clock; log: Log }): Promise<Stores> {
  const owned = isEmbedded(config) ? ownDataFolder(config.data) : undefined
  const folder = resolve(config.data)
  if (owned === undefined) mkdirSync(folder, { recursive: true, mode: 0o700 })
  const closing: (() => Promise<void> | void)[] = [() => owned?.release()]
  const close = async () => {
    for (let step = closing.pop(); step !== undefined; step = closing.pop()) await step()
  }
  try {
    return await openAll(config, { folder, clock, log }, owned, closing, close)
  } catch (error) {
    await close()
    throw error
  }
}

async function openAll(
  config: Config,
  parts: Parts,
  owned: OwnedFolder | undefined,
  closing: (() => Promise<void> | void)[],
  close: () => Promise<void>,
): Promise<Stores> {
  const { folder, clock } = parts
  const { records, alone, problem: recordsProblem } = await openTheRecords(config, parts)
  closing.push(() => records.destroy())
  const index = await openIndex(config, parts)
  closing.push(() => index.close())
  const { bus, expireBus } = await openBus(config, parts)
  closing.push(() => bus.close())
  const media = createMediaStore({ records, files: await openMediaFiles({ folder: join(folder, 'media') }), clock })
  return {
    folder,
    isOwner: owned !== undefined,
    bus,
    records,
    alone,
    media,
    index,
    expireBus,
    problems: () => {
      const problems = [bus.problem(), recordsProblem()]
      const ofSearch = [index.problem()]
      // What keeps the embedded index from writing is the disk that it shares with the others.
      if (config.index === 'embedded') problems.push(...ofSearch.splice(0))
      return { grave: said(problems), ofSearch: said(ofSearch) }
    },
    close,
  }
}

const said = (problems: readonly (string | undefined)[]): string[] => [
  ...new Set(problems.filter((words) => words !== undefined)),
]

async function openBus(
  config: Config,
  { folder, clock, log }: Parts,
): Promise<{ bus: Bus; expireBus: Stores['expireBus'] }> {
  if (config.bus !== 'embedded') {
    const bus = await openKafkaBus(kafkaOptions(config, config.bus, { clock, log }))
    return { bus, expireBus: async () => undefined }
  }
  const bus = new EmbeddedBus({ file: new LogFile(join(folder, 'bus.db')), clock })
  return { bus, expireBus: () => bus.expire() }
}

async function openTheRecords(
  config: Config,
  { folder, clock, log }: Parts,
): Promise<{ records: Records; alone: Alone; problem: () => string | undefined }> {
  if (config.records !== 'embedded') return openPostgresRecords(postgresOptions(config, config.records, { clock, log }))
  const { records, problem } = await openRecords(join(folder, 'records.db'))
  return { records, alone: ownedAlone, problem }
}

type OpenedIndex = Stores['index'] & { readonly problem: () => string | undefined }

async function openIndex(config: Config, { folder, clock, log }: Parts): Promise<OpenedIndex> {
  if (config.index !== 'embedded') return openElasticMentionIndex(elasticOptions(config, config.index, { clock, log }))
  return openSqliteMentionIndex({ file: join(folder, 'mentions.db'), clock, log })
}

const TRY_AGAIN_MS = 2_000

/** Opens the stores, waiting so long for engines that do not answer yet: they start together with this process. Throws the last Failure. */
export async function openStoresWithin(
  waitMs: number,
  config: Config,
  parts: { clock: Clock; log: Log },
  signal?: AbortSignal,
): Promise<Stores> {
  const { clock, log } = parts
  const deadline = clock.now() + waitMs
  for (;;) {
    try {
      return await openStores(config, parts)
    } catch (error) {
      const mayPass = error instanceof Failure && error.retryable && !isEmbedded(config)
      if (!mayPass || clock.now() >= deadline) throw error
      log.warn('an engine does not answer yet, waiting', { reason: error.reason, detail: error.message })
      await clock.sleep(TRY_AGAIN_MS, signal)
    }
  }
}
