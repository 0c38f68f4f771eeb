import { createOutboxDoor } from '../cases/outbox-door.js'
import { createCursorStore } from '../ingest/cursor-store.js'
import { createMediaHandler } from '../ingest/media.js'
import { createMediaWorker, type MediaWorker } from '../ingest/media-worker.js'
import { pollLoop } from '../ingest/poll-loop.js'
import { pushLoop } from '../ingest/push-loop.js'
import type { Webhook } from '../ingest/webhook.js'
import { scheduleDailyReport } from '../reports/schedule.js'
import { createOutbox } from '../send/outbox.js'
import { createStatusHandler } from '../send/status-handler.js'
import type { Context } from './context.js'
import type { Core } from './core.js'
import type { Platforms } from './platforms.js'
import { runStages, startStage, together, untilAborted } from './stages.js'

const WEBHOOK_HEALTH_EVERY_MS = 60_000
/** Within what the lifecycle gives a part. */
const SEND_GRACE_MS = 3000

/** What is asked for news, and what pushes, for one term: two processes that poll would read, and pay, twice. */
export async function takeInFor({ core, platforms }: Context, term: AbortSignal): Promise<void> {
  const { clock, log, metrics, stores } = core
  const { bus, records } = stores
  const cursors = createCursorStore(records, clock)
  await together(term, (signal) =>
    platforms.list.flatMap(({ polled, pushed }) => [
      ...polled.map((source) => pollLoop({ source, bus, cursors, clock, log, metrics }, signal)),
      ...pushed.map((source) => pushLoop({ source, bus, clock, log, metrics }, signal)),
    ]),
  )
}

/** What platforms deliver comes by the desk's doors, and so the desk tells how these do. */
export function tellOfHooks({ core, platforms, stopping, inBackground }: Context): void {
  const tell = async (webhook: Webhook) => {
    while (!stopping.aborted) {
      await webhook.heartbeat()
      await core.clock.sleep(WEBHOOK_HEALTH_EVERY_MS, stopping).catch(() => undefined)
    }
  }
  for (const webhook of platforms.hooks.values()) inBackground(`${webhook.name} health`, tell(webhook))
}

export function mediaWorkerOf({ clock, log, metrics, stores }: Core, platforms: Platforms): MediaWorker {
  const fetchers = platforms.list.flatMap(({ fetcher }) => fetcher ?? [])
  return createMediaWorker({ store: stores.media, fetchers, bus: stores.bus, clock, log, metrics })
}

/** The files that come with messages, for one term: what is wanted is written down by a stage, and fetched beside it. */
export async function fetchMediaFor({ core, platforms, mediaWorker }: Context, term: AbortSignal): Promise<void> {
  const { media } = core.stores
  await media.recover()
  const fetched = new Set(platforms.list.flatMap(({ fetcher }) => fetcher?.channel ?? []))
  const handle = createMediaHandler({ store: media, fetched })
  const stage = startStage(core, { name: 'media', topic: 'mentions.collected', handle, maxBatch: 100 })
  await together(term, (signal) => [runStages([stage], signal), mediaWorker.run(signal)])
}

/** Messages that were recorded and did not reach the bus are put there. */
export async function putOutFor({ core }: Context, term: AbortSignal): Promise<void> {
  const { clock, log, stores } = core
  await createOutboxDoor({ records: stores.records, bus: stores.bus, clock, log }).run(term)
}

/** Sending, for one term: an outbox takes what it finds half sent for a crash of its own. */
export async function sendFor({ core, platforms }: Context, term: AbortSignal): Promise<void> {
  const { clock, log, stores } = core
  const { bus, records } = stores
  const senders = platforms.list.flatMap(({ sender }) => sender ?? [])
  const outbox = createOutbox({ records, bus, clock, log, senders, stopGraceMs: SEND_GRACE_MS })
  const stages = [
    startStage(core, { name: 'send', topic: 'messages.outbound', handle: outbox.handle }),
    startStage(core, {
      name: 'send-status',
      topic: 'outbound.status',
      handle: createStatusHandler({ records, bus }),
    }),
  ]
  await together(term, (signal) => [runStages(stages, signal), outbox.run(signal)])
}

/** The report of the day before, each morning, for one term: one winner makes it. */
export async function reportFor({ core }: Context, term: AbortSignal): Promise<void> {
  const { clock, log, reports } = core
  const schedule = scheduleDailyReport({ reports, clock, log })
  await untilAborted(term)
  await schedule.stop()
}
