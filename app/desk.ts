import type { FastifyInstance } from 'fastify'
import { createAlertsStore } from '../alerts/alert-records.js'
import { createCases } from '../cases/case-desk.js'
import { createOutboxDoor } from '../cases/outbox-door.js'
import { createNumbers } from '../channels/sms/numbers.js'
import { replyOptions } from '../cases/reply-options.js'
import { createAudit } from '../desk/audit.js'
import type { Condition } from '../desk/routes/operations.js'
import { createDesk } from '../desk/server.js'
import { createSessions } from '../desk/sessions.js'
import { toCsv } from '../reports/to-csv.js'
import { toHtml } from '../reports/to-html.js'
import { createCorrectionsDoor } from '../runtime/corrections/say-corrections.js'
import { packagePath } from '../runtime/package-root.js'
import { createOutboundStates } from '../send/outbound-records.js'
import type { EnrichedMention } from '../schemas/enriched-mention.js'
import type { Context } from './context.js'
import { diskProblem } from './disk.js'

/** The desk's server over this process's stores, not yet listening. */
export async function openDesk(
  { core, config, platforms, mediaWorker, units, stopping }: Context,
  version: string,
): Promise<FastifyInstance> {
  const { clock, log, metrics, stores, districts, deadLetters, users, reports, corrections, board, vocabulary } = core
  const { bus, records, index } = stores
  const door = createOutboxDoor({ records, bus, clock, log })

  const numbers = createNumbers(districts, config.smsNumbers)
  const officeOf = ({ channel, account }: EnrichedMention) =>
    channel === 'sms' && account !== null ? numbers.get(account)?.unit : undefined

  const condition = async (): Promise<Condition> => {
    const low = await diskProblem(stores.folder)
    const { grave, ofSearch } = stores.problems()
    const media = mediaWorker.problem()
    const warnings = low === undefined || grave.length > 0 ? [...ofSearch] : [low, ...ofSearch]
    return { problems: grave, warnings: media === undefined ? warnings : [...warnings, media] }
  }

  return createDesk({
    log,
    version,
    metrics,
    condition,
    clock,
    bus,
    users,
    districts,
    reports,
    toHtml: (report) => toHtml(report, districts),
    toCsv: (report) => toCsv(report, districts),
    deadLetters,
    stopping,
    sessions: createSessions({ records, clock }),
    audit: createAudit({ records, clock }),
    units: () => units.list(),
    demonstration: config.demonstration,
    trustedProxies: config.trustedProxies,
    secureCookie: config.publicUrl.startsWith('https://'),
    search: index,
    corrections,
    correctionsDoor: createCorrectionsDoor({ corrections, bus, clock, log }),
    media: stores.media,
    alerts: createAlertsStore({ records, bus, clock }),
    cases: createCases({ records, door, clock, table: districts, units, search: index, channels: platforms.answered }),
    outbound: createOutboundStates(records),
    replyOptions: (mention, conversation) =>
      replyOptions({ mention, conversation, channels: platforms.answered, nowMs: clock.now() }),
    suggestUnits: (mention) => units.suggest(mention, officeOf(mention)),
    outboundOf: async (platformId) =>
      (
        await records
          .selectFrom('outbound')
          .select('id')
          .where('platform_id', '=', platformId)
          .where('kind', '!=', 'unmatched')
          .executeTakeFirst()
      )?.id,
    board,
    vocabulary,
    hooks: platforms.hooks,
    publicUrl: config.publicUrl === '' ? undefined : config.publicUrl,
    pages: packagePath('desk/web/dist'),
  })
}
