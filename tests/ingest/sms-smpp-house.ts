import { createSmppLink, type SmppLink, type SmppLinkOptions } from '../../channels/sms/smpp/link.js'
import { createReceiptStore } from '../../channels/sms/smpp/receipt-store.js'
import { createSmppSmsClient } from '../../channels/sms/smpp/sms-client.js'
import { createSmsParts, type SmsPartsOptions } from '../../ingest/sms-parts.js'
import { createSmsSmppSource } from '../../ingest/sms-smpp-source.js'
import type { PushDoor, PushedItems } from '../../ingest/source.js'
import { systemClock, type Clock } from '../../runtime/clock.js'
import { Failure } from '../../runtime/failure.js'
import type { Log } from '../../runtime/log.js'
import type { Records } from '../../runtime/records/tables.js'
import type { Change, Mention } from '../../schemas/mention.js'
import { startSmscSimulator, type SmscSimulator, type SmscSimulatorOptions } from '../../simulators/smsc.js'
import { openTestRecords } from '../support/test-records.js'

export const silent: Log = { info: () => undefined, warn: () => undefined, error: () => undefined }
const LATE = { answerLimitMs: 500_000, submitLimitMs: 200_000 }
export const CREDENTIALS = { systemId: 'rabta', password: 'not-real' }

/** The real clock, with sleeps a hundred times shorter: sockets are real, waiting is not. */
export const hasty = (by = 100): Clock => ({
  ...systemClock,
  sleep: (waitMs, signal) => systemClock.sleep(waitMs / by, signal),
})

/** What a bus and an index make of what is published: per id the highest version. */
export class Shelf {
  readonly byId = new Map<string, Mention>()
  readonly changes: Change[] = []
  readonly statuses = new Map<string, string>()
  readonly unread: unknown[] = []
  alive = 0
  /** Publications that are to fail first. */
  failing = 0

  readonly door: PushDoor = {
    take: async (items: PushedItems) => {
      await systemClock.yield()
      if (this.failing > 0) {
        this.failing -= 1
        throw new Failure('unavailable', 'the bus is away', { retryable: true })
      }
      for (const change of items.changes) {
        this.changes.push(change)
        if (change.type === 'deleted') continue
        const there = this.byId.get(change.mention.id)
        if (there === undefined || there.version < change.mention.version)
          this.byId.set(change.mention.id, change.mention)
      }
      for (const { platformId, status } of items.statuses ?? []) this.statuses.set(platformId ?? '', status)
      this.unread.push(...(items.unread ?? []))
    },
    alive: async () => {
      this.alive += 1
    },
  }

  texts(): string[] {
    return [...this.byId.values()].map((mention) => mention.text)
  }
}

export async function until(holds: () => boolean, what = 'it', limitMs = 20_000): Promise<void> {
  const end = systemClock.now() + limitMs
  while (!holds()) {
    if (systemClock.now() > end) throw new Error(`${what} did not come about`)
    await systemClock.sleep(2)
  }
}

export interface House {
  readonly smsc: SmscSimulator
  readonly link: SmppLink
  readonly shelf: Shelf
  readonly records: Records
  readonly client: ReturnType<typeof createSmppSmsClient>
  readonly parts: ReturnType<typeof createSmsParts>
  /** What `receive` threw, in order. */
  readonly failures: Failure[]
  /** Resolves once the link is there, seen from the desk. */
  ready(): Promise<void>
  stop(): Promise<void>
}

/** A desk and an SMSC on loopback; the link is made again whenever it ends. */
export async function startHouse(
  options: {
    smsc?: Partial<SmscSimulatorOptions>
    link?: Partial<SmppLinkOptions>
    parts?: Partial<SmsPartsOptions>
    client?: { perSecond?: number; window?: number }
    clock?: Clock
  } = {},
): Promise<House> {
  const clock = options.clock ?? hasty()
  // What is given up on is given up late: this machine may be busy.
  const smsc = await startSmscSimulator({ clock, ...CREDENTIALS, answerMs: 500_000, ...options.smsc })
  const { records } = await openTestRecords()
  const link = createSmppLink({ ...CREDENTIALS, host: smsc.host, port: smsc.port, clock, ...LATE, ...options.link })
  const parts = createSmsParts({ records, clock, ...options.parts })
  const receipts = createReceiptStore({ records, clock })
  const source = createSmsSmppSource({ link, parts, receipts, clock, log: silent })
  const client = createSmppSmsClient({ link, receipts, clock, log: silent, perSecond: 5_000, ...options.client })
  const shelf = new Shelf()
  const failures: Failure[] = []
  const stopping = new AbortController()
  const run = (async () => {
    while (!stopping.signal.aborted) {
      try {
        await source.receive(shelf.door, stopping.signal)
      } catch (error) {
        if (!(error instanceof Failure)) throw error
        failures.push(error)
        await clock.sleep(500, stopping.signal).catch(() => undefined)
      }
    }
  })()
  return {
    smsc,
    link,
    shelf,
    records,
    client,
    parts,
    failures,
    ready: () => until(() => shelf.alive > 0, 'the link'),
    stop: async () => {
      stopping.abort(new Error('stopped'))
      await run
      await smsc.close()
      await records.destroy()
    },
  }
}
