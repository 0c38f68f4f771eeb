import { createKnownSources } from '../alerts/sources-records.js'
import { SourceBoard } from '../desk/source-board.js'
import { createAudit } from '../desk/audit.js'
import { createUsers, type Users } from '../desk/users.js'
import type { LiveVocabulary } from '../enrich/vocabulary/live-vocabulary.js'
import type { Vocabulary } from '../enrich/vocabulary/vocabulary.js'
import { createReopens } from '../ingest/reopen.js'
import { createImports } from '../ingest/archive/imports.js'
import { prepareIntake, publishIntake } from '../ingest/publish.js'
import { createDailyReports } from '../reports/make-daily-report.js'
import type { DailyReports } from '../reports/daily-reports.js'
import type { Clock } from '../runtime/clock.js'
import { createCorrections, type Corrections } from '../runtime/corrections/correction-store.js'
import { createDeadLetters, type DeadLetters } from '../runtime/dead-letters.js'
import type { DistrictTable } from '../runtime/district-table.js'
import type { Log } from '../runtime/log.js'
import { createMetrics, type Metrics } from '../runtime/metrics.js'
import type { Config } from './config.js'
import { createOperations, type Operations } from './operations.js'
import { ownAccounts } from './own-accounts.js'
import { silenceLimits } from './silence-limits.js'
import { openStoresWithin, type Stores } from './stores.js'
import { openVocabulary } from './vocabulary.js'
import type { Topic } from '../schemas/topics.js'

/** What every command stands on: its stores, and the operations on them. */
export interface Core {
  readonly clock: Clock
  readonly log: Log
  readonly metrics: Metrics
  /** The districts of now. */
  readonly districts: DistrictTable
  /** What administrators added, and the enrichers that tag by it. */
  readonly live: LiveVocabulary
  readonly vocabulary: Vocabulary
  readonly stores: Stores
  readonly deadLetters: DeadLetters
  readonly users: Users
  readonly reports: DailyReports
  /** What people set right in the tags. */
  readonly corrections: Corrections
  /** How every source does. */
  readonly board: SourceBoard
  readonly operations: Operations
  /** The stages that are this process's work, each with the topic it reads: how far behind they are is measured here. */
  readonly stages: Map<string, Topic>
}

/** Throws the Failure of the stores; engines that do not answer yet are waited for so long. */
export async function openCore(
  config: Config,
  { clock, log, waitMs = 0, signal }: { clock: Clock; log: Log; waitMs?: number; signal?: AbortSignal },
): Promise<Core> {
  const metrics = createMetrics()
  const stores = await openStoresWithin(waitMs, config, { clock, log }, signal)
  const { bus, records, index } = stores
  const { live, vocabulary } = await openVocabulary(config, { records, index, clock, log }).catch(
    async (error: unknown) => {
      await stores.close()
      throw error
    },
  )
  const deadLetters = createDeadLetters({
    records,
    bus,
    clock,
    reopen: createReopens({ bus, clock, metrics, own: ownAccounts(config) }),
  })
  const users = await createUsers({ records, clock })
  const reports = createDailyReports({ search: index, records, clock })
  const corrections = createCorrections({ records, clock })
  const board = new SourceBoard(bus, {
    known: createKnownSources({ records, clock, limits: silenceLimits(config) }),
    clock,
  })
  const stages = new Map<string, Topic>()
  const operations = createOperations({
    deadLetters,
    users,
    reports,
    board,
    imports: createImports({ records, clock }),
    districts: live.table,
    vocabulary,
    audit: createAudit({ records, clock }),
    takeIn: async (intake) => {
      const at = clock.iso()
      await publishIntake(prepareIntake(intake, at), { bus, metrics, stage: 'replay', at })
    },
    lag: async () =>
      Object.fromEntries(
        await Promise.all([...stages].map(async ([name, topic]) => [name, await bus.lag(topic, name)] as const)),
      ),
  })
  return {
    clock,
    log,
    metrics,
    districts: live.table,
    live,
    vocabulary,
    stores,
    deadLetters,
    users,
    reports,
    corrections,
    board,
    operations,
    stages,
  }
}
