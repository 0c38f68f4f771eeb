import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { createSmsParts, type SmsPart, type SmsParts } from '../../ingest/sms-parts.js'
import type { Change } from '../../schemas/mention.js'
import { FakeClock } from '../support/fake-clock.js'
import { Shelf } from './sms-smpp-house.js'
import { openTestRecords } from '../support/test-records.js'

const MINUTE_MS = 60_000

function part(text: string, sequence: number, total: number, reference = 7, from = '+923001234567'): SmsPart {
  const concatenation = total === 1 ? undefined : { scheme: 'udh8' as const, reference, total, sequence }
  return { source: 'sms-smpp', from, to: '8333', text, encoding: 'dc8', concatenation, writtenAt: null, mended: [] }
}

async function house() {
  const clock = new FakeClock()
  const { records } = await openTestRecords()
  return { clock, records, shelf: new Shelf(), parts: createSmsParts({ records, clock }) }
}

async function publish(parts: SmsParts, shelf: Shelf, changes: readonly Change[]): Promise<void> {
  await shelf.door.take({ changes })
  await parts.given(changes)
}

async function bring(parts: SmsParts, shelf: Shelf, ...these: SmsPart[]): Promise<void> {
  for (const added of await parts.add(these)) await publish(parts, shelf, added.changes)
}

const due = async (parts: SmsParts, shelf: Shelf, clock: FakeClock) =>
  publish(parts, shelf, await parts.due(clock.now()))

describe('parts of a message', () => {
  it('show early what is there, then what was lost, then what came after all', async () => {
    const { clock, shelf, parts } = await house()
    await bring(parts, shelf, part('bomb ', 1, 3), part(' come', 3, 3))
    await due(parts, shelf, clock)
    expect(shelf.texts()).toEqual([])
    await clock.advance(30_000)
    await due(parts, shelf, clock)
    expect(shelf.texts()).toEqual(['bomb  [part 2 of 3 not here yet]  come'])
    await clock.advance(10 * MINUTE_MS)
    await due(parts, shelf, clock)
    expect(shelf.texts()).toEqual(['bomb  [part 2 of 3 did not arrive]  come'])
    expect([...shelf.byId.values()][0]?.mended).toContain('part-lost')
    await clock.advance(20 * MINUTE_MS)
    await bring(parts, shelf, part('at the gate', 2, 3))
    expect(shelf.texts()).toEqual(['bomb at the gate come'])
    expect(shelf.changes.map((change) => change.type)).toEqual(['written', 'edited', 'edited'])
    expect(await parts.due(clock.now())).toEqual([])
  })

  it('of a reference that is used again make another message', async () => {
    const { clock, shelf, parts } = await house()
    await bring(parts, shelf, part('one ', 1, 2), part('two', 2, 2))
    await bring(parts, shelf, part('three ', 1, 2), part('four', 2, 2))
    expect(shelf.texts()).toEqual(['one two', 'three four'])
    await bring(parts, shelf, part('five ', 1, 2))
    await clock.advance(61 * MINUTE_MS)
    await bring(parts, shelf, part('six', 2, 2))
    await clock.advance(11 * MINUTE_MS)
    await due(parts, shelf, clock)
    expect(shelf.texts().slice(2)).toEqual(['five  [part 2 of 2 did not arrive]', '[part 1 of 2 did not arrive] six'])
  })

  it('of one part come once until the gateway knows that we have it, and are another message after', async () => {
    const { clock, shelf, parts } = await house()
    const [first] = await parts.add([part('help', 1, 1)])
    const [again] = await parts.add([part('help', 1, 1)])
    expect(again).toEqual(first)
    await publish(parts, shelf, first?.changes ?? [])
    expect((await parts.add([part('help', 1, 1)]))[0]?.changes).toEqual([])
    await parts.settle([first?.messageId ?? ''])
    await clock.advance(MINUTE_MS)
    await bring(parts, shelf, part('help', 1, 1))
    expect(shelf.texts()).toEqual(['help', 'help'])
  })

  it('that were stored and never published come back', async () => {
    const { clock, parts } = await house()
    await parts.add([part('help', 1, 1)])
    await clock.advance(15_000)
    expect((await parts.due(clock.now())).length).toBe(1)
  })

  it('are forgotten when nothing can join them any more', async () => {
    const { clock, records, shelf, parts } = await house()
    await bring(parts, shelf, part('help', 1, 1))
    await clock.advance(61 * MINUTE_MS)
    await parts.due(clock.now())
    expect(await records.selectFrom('sms_parts').selectAll().execute()).toEqual([])
  })

  it('mend a character cut in two between them', async () => {
    const { shelf, parts } = await house()
    await bring(parts, shelf, part('a\ud83d', 1, 2), part('\ude00b', 2, 2))
    expect(shelf.texts()).toEqual(['a😀b'])
  })
})

interface Step {
  readonly message: number
  readonly sequence: number
  readonly crash: 'none' | 'before' | 'stored' | 'published'
  readonly waitMs: number
}

describe('whatever the order, repetitions, losses, waits and crashes', () => {
  it('every message is there once, whole or with its holes shown', async () => {
    const totals = [1, 2, 3, 5]
    const step = fc.record({
      message: fc.nat(3),
      sequence: fc.nat(4),
      crash: fc.constantFrom(
        'none' as const,
        'none' as const,
        'before' as const,
        'stored' as const,
        'published' as const,
      ),
      waitMs: fc.constantFrom(0, 10, 20_000, 2 * MINUTE_MS),
    })
    await fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 1, maxLength: 25 }), async (steps) => {
        const { clock, records, shelf } = await house()
        let parts = createSmsParts({ records, clock })
        const seen = new Map<number, Set<number>>()
        const deliver = async ({ message, sequence: at, crash, waitMs }: Step) => {
          const total = totals[message] ?? 1
          const sequence = (at % total) + 1
          const one = part(`<${message}.${sequence}>`, sequence, total, message, `+92300000000${message}`)
          seen.set(message, (seen.get(message) ?? new Set()).add(sequence))
          // The SMSC brings it again until it is told that it arrived.
          for (let tries = 0; ; tries++) {
            const dies = tries === 0 ? crash : 'none'
            if (dies !== 'before') {
              const [added] = await parts.add([one])
              if (dies !== 'stored') {
                await shelf.door.take({ changes: added?.changes ?? [] })
                if (dies !== 'published') await parts.given(added?.changes ?? [])
              }
            }
            if (dies === 'none') break
            parts = createSmsParts({ records, clock })
          }
          await clock.advance(waitMs)
          await due(parts, shelf, clock)
        }
        for (const each of steps) await deliver(each)
        await clock.advance(11 * MINUTE_MS)
        await due(parts, shelf, clock)
        const shown = new Map([...shelf.byId.values()].map((mention) => [mention.author.id, mention.text]))
        expect(shelf.byId.size).toBe(seen.size)
        for (const [message, sequences] of seen) {
          const text = shown.get(`+92300000000${message}`) ?? ''
          const total = totals[message] ?? 1
          for (let sequence = 1; sequence <= total; sequence++)
            expect(text.split(`<${message}.${sequence}>`).length - 1).toBe(sequences.has(sequence) ? 1 : 0)
          expect(text.includes('did not arrive')).toBe(sequences.size < total)
        }
        const versions = new Map<string, string>()
        for (const change of shelf.changes) {
          if (change.type === 'deleted') continue
          const key = `${change.mention.id} ${change.mention.version}`
          expect(versions.get(key) ?? change.mention.text).toBe(change.mention.text)
          versions.set(key, change.mention.text)
        }
        await records.destroy()
      }),
      { seed: 11, numRuns: 60 },
    )
  })
})
