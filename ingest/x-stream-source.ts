import type { XAccount } from '../channels/x/accounts.js'
import { parseJson } from '../channels/x/library.js'
import { readStreamLine } from '../channels/x/read-stream.js'
import type { XStream } from '../channels/x/stream.js'
import type { StreamLine } from '../channels/x/stream-lines.js'
import { accountsByRule, rulesToChange, wantedRules } from '../channels/x/stream-rules.js'
import { unread } from '../channels/unread.js'
import type { Clock } from '../runtime/clock.js'
import { Failure } from '../runtime/failure.js'
import type { Log } from '../runtime/log.js'
import type { Change } from '../schemas/mention.js'
import type { PushDoor, PushSource, UnreadPayload } from './source.js'
import { budgetUsedUp, type XPlan, type XSpending } from './x-spending.js'
import type { XStreamWatch } from './x-stream-watch.js'

const NAME = 'x-stream'

export interface XStreamSourceOptions {
  readonly stream: XStream
  readonly accounts: readonly XAccount[]
  /** The search that `x-search` asks too; absent where there is none. */
  readonly searchQuery?: string | undefined
  readonly clock: Clock
  readonly log: Log
  /** Shared with the polls, which go on beside the stream. */
  readonly watch?: XStreamWatch
  readonly spending?: XSpending | undefined
}

/** What the lines that came together held. */
interface Batch {
  readonly changes: Change[]
  readonly unread: UnreadPayload[]
  readonly bodies: unknown[]
  disconnect: string | undefined
}

/**
 * X's filtered stream: the mentions of our accounts and what the search finds, within a second. It promises less than the polls: what X sends while we are away
 * is not sent again (but for `backfill_minutes`), so the polls go on beside it, at a slower pace while it is well, with cursors of their own; the same post has
 * the same id by either way.
 */
export function createXStreamSource(options: XStreamSourceOptions): PushSource {
  const { stream, clock, log, watch, spending } = options
  const wanted = wantedRules(options.accounts, options.searchQuery)

  async function setRules(signal: AbortSignal): Promise<ReadonlyMap<string, string>> {
    const { add, deleteIds } = rulesToChange(await stream.rules(signal), wanted)
    // First what goes: the number of rules has an end.
    await stream.deleteRules(deleteIds, signal)
    const refused = await stream.addRules(add, signal)
    if (add.length + deleteIds.length > 0)
      log.info('the rules of the x stream are set', { added: add.length - refused.length, deleted: deleteIds.length })
    for (const { words } of refused) log.error('x refused a rule of the stream', { source: NAME, words })
    if (refused.length > 0 && refused.length >= wanted.length) {
      throw new Failure('invalid-payload', `X refused every rule of the stream (${refused[0]?.words ?? ''})`, {
        retryable: false,
      })
    }
    return accountsByRule(await stream.rules(signal), wanted)
  }

  /** What a post costs must not keep it out: records that are away leave the budget unknown, and the stream goes on. */
  async function plan(): Promise<XPlan | undefined> {
    try {
      return await spending?.plan('stream')
    } catch (error) {
      log.warn('the budget of the x stream could not be read', { reason: reasonOf(error) })
      return undefined
    }
  }

  async function tellAlive(door: PushDoor): Promise<void> {
    watch?.alive()
    await door.alive((await plan())?.details)
  }

  async function stopIfSpent(door: PushDoor | undefined): Promise<void> {
    const known = await plan()
    if (known?.isStopped !== true) return
    await door?.alive(known.details)
    throw budgetUsedUp('the X stream', clock.now())
  }

  function readLines(lines: readonly StreamLine[], accounts: ReadonlyMap<string, string>): Batch {
    const batch: Batch = { changes: [], unread: [], bodies: [], disconnect: undefined }
    const receivedAt = clock.iso()
    for (const line of lines) {
      if (line.kind === 'keep-alive') continue
      if (line.kind === 'too-large') {
        const detail = `a line of ${line.bytes} bytes, of which the beginning is kept`
        batch.unread.push(unread(`sources/${NAME}`, line.head, detail))
        continue
      }
      const reading = readStreamLine(line.text, { source: NAME, receivedAt, accounts })
      batch.changes.push(...reading.changes)
      batch.unread.push(...reading.unread)
      batch.disconnect ??= reading.disconnect
      batch.bodies.push(parseJson(line.text))
    }
    return batch
  }

  /** Where it cannot be counted it is taken all the same: the poll beside the stream reads it again, and counts it. */
  async function count(bodies: readonly unknown[]): Promise<void> {
    try {
      for (const body of bodies) await spending?.count(body, false)
    } catch (error) {
      log.warn('what the x stream cost could not be counted', { reason: reasonOf(error) })
    }
  }

  async function listen(door: PushDoor, accounts: ReadonlyMap<string, string>, signal: AbortSignal): Promise<void> {
    const connection = await stream.connect(signal)
    try {
      await tellAlive(door)
      for (;;) {
        const lines = await connection.read()
        if (lines === undefined) throw new Failure('unavailable', 'X ended the stream', { retryable: true })
        watch?.alive()
        const { changes, unread: failed, bodies, disconnect } = readLines(lines, accounts)
        await count(bodies)
        if (changes.length + failed.length > 0) await door.take({ changes, unread: failed })
        if (disconnect !== undefined)
          throw new Failure('unavailable', `X ended the stream (${disconnect})`, { retryable: true })
        if (lines.length > 0) await tellAlive(door)
        if (bodies.length > 0) await stopIfSpent(door)
      }
    } finally {
      watch?.lost()
      connection.close()
    }
  }

  return {
    name: NAME,
    channel: 'x',
    receive: async (door, signal) => {
      try {
        await stopIfSpent(undefined)
        await listen(door, await setRules(signal), signal)
      } catch (error) {
        if (!signal.aborted) throw error
      }
    },
  }
}

const reasonOf = (error: unknown) => (error instanceof Failure ? error.reason : 'unexpected')
