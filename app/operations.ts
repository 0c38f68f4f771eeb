import { vocabularyDetail, type Audit } from '../desk/audit.js'
import type { SourceBoard } from '../desk/source-board.js'
import type { Users } from '../desk/users.js'
import { generatePassword } from '../desk/users.js'
import type { ImportProgress, Imports, ImportStart, ImportState } from '../ingest/archive/imports.js'
import type { Vocabulary } from '../enrich/vocabulary/vocabulary.js'
import type { Intake } from '../ingest/publish.js'
import type { ReplayOutcome, DeadLetters } from '../runtime/dead-letters.js'
import type { DistrictTable } from '../runtime/district-table.js'
import type { DailyReports } from '../reports/daily-reports.js'
import type { DeadLetter } from '../schemas/dead-letter.js'
import type { DailyReport } from '../schemas/report.js'
import type { SourceHealth } from '../schemas/source-health.js'
import type { User } from '../schemas/user.js'
import type { VocabularyEntry, VocabularyItem, VocabularyList, VocabularyTrial } from '../schemas/vocabulary.js'

/** What commands ask of a desk, whether it runs in this process or in another one that owns the data folder. */
export interface Operations {
  /** Publishes what was read from a file; resolves once the bus has it. */
  takeIn(intake: Intake): Promise<void>
  /** Answers where an import of this file stands; notes who asked, and on what basis. */
  beginImport(start: ImportStart): Promise<ImportState>
  /** Publishes a batch and, once the bus has it, saves how far the import came. */
  takeImport(id: string, intake: Intake, progress: ImportProgress, isDone: boolean): Promise<void>
  /** Records each stage has yet to process. */
  lag(): Promise<Readonly<Record<string, number>>>
  deadLetters(page: { limit: number; offset: number }): Promise<{ items: readonly DeadLetter[]; total: number }>
  replayDead(ids: readonly string[] | undefined): Promise<ReplayOutcome>
  users(): Promise<readonly User[]>
  /** Answers the generated password where none is given. */
  addUser(username: string, password: string | undefined): Promise<{ user: User; password: string | undefined }>
  disableUser(username: string): Promise<void>
  report(day: string): Promise<DailyReport>
  /** How every source does. */
  sources(): Promise<readonly SourceHealth[]>
  /** The districts and regions of now. */
  districtTable(): Promise<Pick<DistrictTable, 'districts' | 'regions'>>
  /** Districts, places and words that were added; with `retired` those that were retired too. */
  listVocabulary(retired: boolean): Promise<VocabularyList>
  addVocabulary(entry: VocabularyEntry, by: string): Promise<{ item: VocabularyItem; warnings: readonly string[] }>
  retireVocabulary(id: string, by: string): Promise<VocabularyItem>
  tryVocabulary(entry: VocabularyEntry, text: string): Promise<VocabularyTrial>
}

export interface OperationsParts {
  readonly deadLetters: DeadLetters
  readonly users: Users
  readonly reports: DailyReports
  readonly board: Pick<SourceBoard, 'list'>
  readonly imports: Imports
  readonly districts: DistrictTable
  readonly vocabulary: Vocabulary
  readonly audit: Audit
  readonly takeIn: Operations['takeIn']
  readonly lag: Operations['lag']
}

export function createOperations(parts: OperationsParts): Operations {
  const { deadLetters, users, reports, board, imports, districts, vocabulary, audit, takeIn, lag } = parts
  return {
    takeIn,
    beginImport: (start) => imports.begin(start),
    takeImport: async (id, intake, progress, isDone) => {
      await takeIn(intake)
      await imports.save(id, progress, isDone)
    },
    lag,
    deadLetters: async (page) => {
      const { items, total } = await deadLetters.list(page)
      return { items: items.map(({ letter }) => letter), total }
    },
    replayDead: (ids) => deadLetters.replay(ids),
    users: () => users.list(),
    addUser: async (username, given) => {
      const password = given ?? generatePassword()
      const user = await users.add(username, password, 'administrator')
      return { user, password: given === undefined ? password : undefined }
    },
    disableUser: (username) => users.disable(username),
    report: (day) => reports.get(day),
    sources: () => board.list(),
    districtTable: async () => ({ districts: districts.districts, regions: districts.regions }),
    listVocabulary: (retired) => vocabulary.list({ retired }),
    addVocabulary: async (entry, by) => {
      const added = await vocabulary.add(entry, by)
      await audit.note(by, 'added to the vocabulary', added.item.id, vocabularyDetail(added.item))
      return added
    },
    retireVocabulary: async (id, by) => {
      const item = await vocabulary.retire(id, by)
      await audit.note(by, 'retired from the vocabulary', id, vocabularyDetail(item))
      return item
    },
    tryVocabulary: (entry, text) => vocabulary.try({ entry, text }),
  }
}
