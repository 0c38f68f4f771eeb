import type { FastifyInstance } from 'fastify'
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { createAlertsHandler } from '../../alerts/alerts-handler.js'
import { createAlertsStore } from '../../alerts/alert-records.js'
import { dangerRule } from '../../alerts/rules/danger.js'
import { createCases } from '../../cases/case-desk.js'
import { createOutboxDoor } from '../../cases/outbox-door.js'
import { replyOptions } from '../../cases/reply-options.js'
import { createUnits } from '../../cases/units.js'
import { createAudit } from '../../desk/audit.js'
import { createDesk, type DeskParts } from '../../desk/server.js'
import { createSessions } from '../../desk/sessions.js'
import { SourceBoard } from '../../desk/source-board.js'
import { createUsers } from '../../desk/users.js'
import { NOBODY } from '../ingest/parts.js'
import { createReopens } from '../../ingest/reopen.js'
import { createWhatsAppHook } from '../../channels/whatsapp/hook.js'
import { createWebhook } from '../../ingest/webhook.js'
import { createDailyReports } from '../../reports/make-daily-report.js'
import { toCsv } from '../../reports/to-csv.js'
import { toHtml } from '../../reports/to-html.js'
import { createCorrections } from '../../runtime/corrections/correction-store.js'
import { createCorrectionsDoor } from '../../runtime/corrections/say-corrections.js'
import { createDeadLetters } from '../../runtime/dead-letters.js'
import { Failure } from '../../runtime/failure.js'
import { loadDistrictTable } from '../../runtime/district-table.js'
import { EmbeddedBus } from '../../runtime/embedded-bus/embedded-bus.js'
import { LogFile } from '../../runtime/embedded-bus/log-file.js'
import { createLog } from '../../runtime/log.js'
import { openMediaFiles } from '../../runtime/media/media-files.js'
import { createMediaStore } from '../../runtime/media-store.js'
import { createMetrics } from '../../runtime/metrics.js'
import type { MentionSearch } from '../../index/mention-search.js'
import type { EnrichedMention } from '../../schemas/enriched-mention.js'
import { createOutboundStates } from '../../send/outbound-records.js'
import { FakeClock } from '../support/fake-clock.js'
import { temporaryFolder } from '../support/temporary-folder.js'
import { MemorySearch } from './memory-search.js'
import { openTestRecords } from '../support/test-records.js'

export const APP_SECRET = 'the-secret-of-the-app'
export const VERIFY_TOKEN = 'the-token-of-the-handshake'
export const ADMIN = { username: 'officer', password: 'a long enough password' }

export type House = Awaited<ReturnType<typeof openHouse>>

/** A real desk on a temporary folder, not listening; the index alone is a stand-in unless one is given. `replace` takes the place of single parts. */
export async function openHouse(
  replace: Partial<DeskParts> = {},
  { search = new MemorySearch(), clock = new FakeClock() }: { search?: MentionSearch; clock?: FakeClock } = {},
) {
  const folder = temporaryFolder()
  const logged: string[] = []
  const log = createLog('info', { write: (line: string) => void logged.push(line) })
  const file = new LogFile(join(folder.path, 'bus.db'))
  const bus = new EmbeddedBus({ file, clock })
  const { records } = await openTestRecords()
  const metrics = createMetrics()
  const districts = loadDistrictTable()
  const units = createUnits(districts, new Map([['dpo-peshawar', '920000000101'], ['rpo-peshawar', '920000000102']])) // prettier-ignore
  const channels = new Set(['x', 'whatsapp'] as const)
  const users = await createUsers({ records, clock })
  const sessions = createSessions({ records, clock })
  const stopping = new AbortController()
  const door = createOutboxDoor({ records, bus, clock, log })
  const reports = createDailyReports({ search, records, clock })
  const format = createWhatsAppHook({ appSecret: APP_SECRET, verifyToken: VERIFY_TOKEN })
  const webhook = createWebhook({ format, bus, clock, log, metrics })
  const corrections = createCorrections({ records, clock })
  const pages = makePages(folder.path)
  const media = createMediaStore({
    records,
    files: await openMediaFiles({ folder: join(folder.path, 'media') }),
    clock,
  })
  const parts: DeskParts = {
    log,
    version: '0.0.0-test',
    metrics,
    clock,
    bus,
    users,
    sessions,
    districts,
    reports,
    search,
    corrections,
    correctionsDoor: createCorrectionsDoor({ corrections, bus, clock, log }),
    media,
    pages,
    condition: async () => ({ problems: [], warnings: [] }),
    toHtml: (report) => toHtml(report, districts),
    toCsv: (report) => toCsv(report, districts),
    deadLetters: createDeadLetters({
      records,
      bus,
      clock,
      reopen: createReopens({ bus, clock, metrics, own: NOBODY }),
    }),
    stopping: stopping.signal,
    audit: createAudit({ records, clock }),
    units: () => units.list(),
    demonstration: true,
    secureCookie: false,
    alerts: createAlertsStore({ records, bus, clock }),
    cases: createCases({ records, door, clock, table: districts, units, search, channels }),
    outbound: createOutboundStates(records),
    replyOptions: (mention, conversation) => replyOptions({ mention, conversation, channels, nowMs: clock.now() }),
    suggestUnits: (mention) => units.suggest(mention),
    outboundOf: async (platformId) =>
      (await records.selectFrom('outbound').select('id').where('platform_id', '=', platformId).executeTakeFirst())?.id,
    board: new SourceBoard(bus),
    vocabulary: emptyVocabulary,
    hooks: new Map([['/hooks/whatsapp', webhook]]),
    ...replace,
  }
  const app = await createDesk(parts)

  /** A session of an administrator, without the price of a password. */
  const cookieOf = async (username = ADMIN.username): Promise<string> => {
    const known = (await users.list()).find((user) => user.username === username)
    const user = known ?? (await users.add(username, ADMIN.password, 'administrator'))
    const { token } = await sessions.open(user)
    return `${parts.secureCookie ? '__Host-' : ''}rabta_session=${token}`
  }

  const stop = async (): Promise<void> => {
    stopping.abort(new Error('the test is over'))
    await app.close()
    await bus.close()
    await records.destroy()
    folder.remove()
  }
  const memory = search instanceof MemorySearch ? search : new MemorySearch()
  return { ...parts, media, app, bus, file, records, clock, logged, folder, cookieOf, stopDesk: stopping, stop, memory, pages } // prettier-ignore
}

/** For desks on which nobody keeps words: its own tests give the real one. */
const emptyVocabulary: DeskParts['vocabulary'] = {
  list: async () => ({ revision: 0, inUse: 0, items: [] }),
  add: () => Promise.reject(new Failure('refused', 'not on this desk', { retryable: false })),
  retire: () => Promise.reject(new Failure('not-found', 'there is no such entry', { retryable: false })),
  try: () => Promise.reject(new Failure('refused', 'not on this desk', { retryable: false })),
}

function makePages(folder: string): string {
  const pages = join(folder, 'pages')
  mkdirSync(join(pages, 'assets'), { recursive: true })
  writeFileSync(join(pages, 'index.html'), '<!doctype html><title>the page</title>')
  writeFileSync(join(pages, 'assets', 'app.js'), 'document.title = "ready"')
  writeFileSync(join(folder, 'secret.txt'), 'nobody may read this')
  return pages
}

/** Lets the rule of danger look at mentions, as the alerts stage would. */
export async function ring({ records, bus, clock, metrics }: House, ...mentions: EnrichedMention[]): Promise<void> {
  const handle = createAlertsHandler({ records, bus, clock, metrics, rules: [dangerRule] })
  const batch = mentions.map((mention, offset) => ({
    key: mention.id,
    value: { type: 'written' as const, mention },
    partition: 0,
    offset,
  }))
  await handle(batch, new AbortController().signal)
}

/** The address of a desk that listens on a port the system chose. */
export async function listen(app: FastifyInstance): Promise<string> {
  await app.listen({ host: '127.0.0.1', port: 0 })
  const address = app.server.address()
  if (address === null || typeof address === 'string') throw new Error('no address')
  return `http://127.0.0.1:${address.port}`
}
