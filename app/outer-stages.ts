import { createOutboxDoor } from '../cases/outbox-door.js'
import { createCursorStore } from '../ingest/cursor-store.js'
import { createMediaHandler } from '../ingest/media.js'
import { createMediaWorker, type MediaWorker } from '../ingest/media-worker.js'
import { pollLoop } from '../ingest/poll-loop.js'
import { pushLoop } from '../ingest/push-loop.js'
import type { Webhook } from '../ingest/webhook.js'
import { scheduleDailyReport } from '../reports/schedule.js'
import { runStage } from '../runtime/stage.js'
import { createOutbox } from '../send/outbox.js'
import { createStatusHandler } from '../send/status-handler.js'
import type { Context } from './context.js'
import type { Core } from './core.js'
import type { Platforms } from './platforms.js'

const WEBHOOK_HEALTH_EVERY_MS = 60_000
/** Within what the lifecycle gives a part. */
const SEND_GRACE_MS = 3000

/** What is asked for news, and what pushes. What platforms deliver comes by the desk's hooks, which tell their health here. */
export function startIngest({ core, platforms, stopping, inBackground }: Context): void {
  const { clock, log, metrics, stores } = core
  const { bus, records } = stores
  const cursors = createCursorStore(records, clock)
  for (const { polled, pushed } of platforms.list) {
    for (const source of polled)
      inBackground(source.name, pollLoop({ source, bus, cursors, clock, log, metrics }, stopping))
    for (const source of pushed) inBackground(source.name, pushLoop({ source, bus, clock, log, metrics }, stopping))
  }
  const tell = async (webhook: Webhook) => {
    while (!stopping.aborted) {
      await webhook.heartbeat()
      await clock.sleep(WEBHOOK_HEALTH_EVERY_MS, stopping).catch(() => undefined)
    }
  }
  for (const webhook of platforms.hooks.values()) inBackground(`${webhook.name} health`, tell(webhook))
}

export function mediaWorkerOf({ clock, log, metrics, stores }: Core, platforms: Platforms): MediaWorker {
  const fetchers = platforms.list.flatMap(({ fetcher }) => fetcher ?? [])
  return createMediaWorker({ store: stores.media, fetchers, bus: stores.bus, clock, log, metrics })
}

/** The files that come with messages: what is wanted is written down by a stage, and fetched beside it. */
export function startMedia({ core, platforms, mediaWorker, stopping, inBackground }: Context): void {
  const { clock, log, metrics, stages, stores } = core
  const fetched = new Set(platforms.list.flatMap(({ fetcher }) => fetcher?.channel ?? []))
  const handle = createMediaHandler({ store: stores.media, fetched })
  const common = { bus: stores.bus, clock, log, metrics }
  stages.push(runStage({ ...common, name: 'media', topic: 'mentions.collected', handle, maxBatch: 100 }))
  inBackground('media', mediaWorker.run(stopping))
}

/** Messages that were recorded and did not reach the bus are put there. */
export function startCases({ core, stopping, inBackground }: Context): void {
  const { clock, log, stores } = core
  inBackground('outbox door', createOutboxDoor({ records: stores.records, bus: stores.bus, clock, log }).run(stopping))
}

export function startSend({ core, platforms, stopping, inBackground }: Context): void {
  const { clock, log, metrics, stages, stores } = core
  const { bus, records } = stores
  const senders = platforms.list.flatMap(({ sender }) => sender ?? [])
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
