import { onTestFinished } from 'vitest'
import { createOutbox } from '../../send/outbox.js'
import { createOutboundStates } from '../../send/outbound-records.js'
import type { Receipt, Sender } from '../../send/sender.js'
import { createStatusHandler } from '../../send/status-handler.js'
import type { Records } from '../../runtime/records/tables.js'
import type { Outbound, OutboundStatus, OutboundUpdate } from '../../schemas/outbound.js'
import { RecordingBus } from '../pipeline/recording-bus.js'
import { FakeClock } from '../support/fake-clock.js'
import { openTestRecords } from '../support/test-records.js'

export const silent = { info: () => undefined, warn: () => undefined, error: () => undefined }

/** A platform that answers as it is told, and remembers what it was handed. */
export class Platform implements Sender {
  readonly handed: Outbound[] = []
  readonly waiting: { resolve: (receipt: Receipt) => void; reject: (error: unknown) => void }[] = []
  /** What the next calls do: throw this, or hang until told. */
  readonly plan: (Error | 'hang')[] = []
  /** So many answers hang until told, whatever goes between them. */
  hangingReplies = 0

  constructor(readonly channel: 'x' | 'whatsapp' = 'whatsapp') {}

  async send(outbound: Outbound, signal: AbortSignal): Promise<Receipt> {
    this.handed.push(outbound)
    const hangs = outbound.kind === 'reply' && this.hangingReplies-- > 0
    const next = hangs ? 'hang' : this.plan.shift()
    if (next === undefined) return { platformId: `wamid.${outbound.id}` }
    if (next !== 'hang') throw next
    return new Promise((resolve, reject) => {
      this.waiting.push({ resolve, reject })
      signal.addEventListener('abort', () => reject(signal.reason as Error), { once: true })
    })
  }

  get ids(): string[] {
    return this.handed.map((outbound) => outbound.id)
  }
}

export function makeOutbound(overrides: Partial<Outbound> = {}): Outbound {
  return {
    schema: 'rabta.outbound/1',
    id: 'out:1',
    kind: 'reply',
    channel: 'whatsapp',
    to: '920000000001',
    text: 'thank you',
    inReplyTo: 'wamid.TEST1',
    mentionId: 'whatsapp:wamid.TEST1',
    alertId: null,
    unit: null,
    requestedBy: 'officer',
    requestedAt: '2026-11-22T04:00:00.000Z',
    ...overrides,
  }
}

export async function openStore() {
  const { records, sabotage, sqlite } = await openTestRecords()
  onTestFinished(() => records.destroy())
  return { records, sabotage, sqlite, clock: new FakeClock(), bus: new RecordingBus() }
}

/** One life of the send process over records that outlive it. `kill` ends it without a word, as a crash would. */
export function startProcess(store: { records: Records; clock: FakeClock; bus: RecordingBus }, platform: Platform) {
  const { records, clock, bus } = store
  const outbox = createOutbox({ records, bus, clock, log: silent, senders: [platform], random: () => 0.5 })
  const status = createStatusHandler({ records, bus })
  const stop = new AbortController()
  const running = outbox.run(stop.signal)
  const states = createOutboundStates(records)
  const signal = new AbortController().signal
  const batchOf = <T>(values: readonly T[]) =>
    values.map((value, offset) => ({ key: 'k', value, partition: 0, offset }))
  return {
    take: async (...messages: Outbound[]) => {
      await outbox.handle(batchOf(messages), signal)
      await clock.advance(1)
      await settled(clock)
    },
    platformSays: (platformId: string, said: OutboundStatus, reason: string | null = null) => {
      const update: OutboundUpdate = {
        schema: 'rabta.outbound-update/1',
        id: null,
        channel: 'whatsapp',
        status: said,
        reason,
        platformId,
        at: clock.iso(),
      }
      return status(batchOf([update]), signal)
    },
    stateOf: async (id: string) => (await states.getOutbound(id))?.status,
    states,
    settled: () => settled(clock),
    stop: async () => {
      stop.abort(new Error('stopped by the test'))
      await clock.advance(8000)
      await settled(clock)
      await running
    },
  }
}

/** Lets everything run that needs no time to pass. */
async function settled(clock: FakeClock): Promise<void> {
  for (let turn = 0; turn < 60; turn++) await clock.yield()
}
