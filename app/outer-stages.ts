import { createOutboxDoor } from '../cases/outbox-door.js'
import { createCursorStore } from '../ingest/cursor-store.js'
import { pollLoop } from '../ingest/poll-loop.js'
import type { Source } from '../ingest/source.js'
import { createXMentionsSource, createXSearchSource } from '../ingest/x-source.js'
import { scheduleDailyReport } from '../reports/schedule.js'
import { runStage } from '../runtime/stage.js'
import { createOutbox } from '../send/outbox.js'
import type { Sender } from '../send/sender.js'
import { createWhatsAppSender } from '../send/senders/whatsapp-sender.js'
import { createXSender } from '../send/senders/x-sender.js'
import { createStatusHandler } from '../send/status-handler.js'
import type { Context } from './context.js'

const WEBHOOK_HEALTH_EVERY_MS = 60_000
/** Within what the lifecycle gives a part. */
const SEND_GRACE_MS = 3000

/** What is asked for news: X. WhatsApp comes by the desk's webhook, which tells its health here. */
export function startIngest({ core, config, channels, stopping, inBackground }: Context): void {
  const { clock, log, metrics, stores } = core
  const cursors = createCursorStore(stores.records, clock)
  const sources: Source[] = []
  if (channels.x !== undefined) {
    const parts = { client: channels.x, clock, log, pollMs: config.xPollSeconds * 1000 }
    sources.push(createXMentionsSource({ ...parts, userId: config.xUserId }))
    if (config.xSearchQuery !== '') sources.push(createXSearchSource({ ...parts, query: config.xSearchQuery }))
  }
  for (const source of sources)
    inBackground(source.name, pollLoop({ source, bus: stores.bus, cursors, clock, log, metrics }, stopping))

  const webhook = channels.whatsapp?.webhook
  if (webhook === undefined) return
  const tell = async () => {
    while (!stopping.aborted) {
      await webhook.heartbeat()
      await clock.sleep(WEBHOOK_HEALTH_EVERY_MS, stopping).catch(() => undefined)
    }
  }
  inBackground('whatsapp health', tell())
}

/** Messages that were recorded and did not reach the bus are put there. */
export function startCases({ core, stopping, inBackground }: Context): void {
  const { clock, log, stores } = core
  inBackground('outbox door', createOutboxDoor({ records: stores.records, bus: stores.bus, clock, log }).run(stopping))
}

export function startSend({ core, config, channels, stopping, inBackground }: Context): void {
  const { clock, log, metrics, stages, stores } = core
  const { bus, records } = stores
  const senders: Sender[] = []
  if (channels.x !== undefined && config.xApiKey !== '') senders.push(createXSender(channels.x))
  const { whatsappForwardTemplate: name } = config
  const template = name === '' ? undefined : { name, language: 'en' }
  if (channels.whatsapp !== undefined) senders.push(createWhatsAppSender(channels.whatsapp.client, template))
  const outbox = createOutbox({ records, bus, clock, log, senders, stopGraceMs: SEND_GRACE_MS })
  const common = { bus, clock, log, metrics }
  stages.push(
    runStage({ ...common, name: 'send', topic: 'messages.outbound', handle: outbox.handle }),
    runStage({
      ...common,
      name: 'send-status',
      topic: 'outbound.status',
      handle: createStatusHandler({ records, bus }),
    }),
  )
  inBackground('outbox', outbox.run(stopping))
}

export function startReports({ core, stopping, inBackground }: Context): void {
  const { clock, log, reports } = core
  const schedule = scheduleDailyReport({ reports, clock, log })
  const stopped = new Promise<void>((resolve) => {
    stopping.addEventListener('abort', () => resolve(schedule.stop()), { once: true })
  })
  inBackground('daily report', stopped)
}
