import { describe, expect, it, onTestFinished } from 'vitest'
import { createAlertsStore } from '../../alerts/alert-records.js'
import { SILENCE_LIMITS } from '../../alerts/rules/silent-source.js'
import { createSourcesWatch, type SourcesWatchOptions } from '../../alerts/sources-handler.js'
import { createKnownSources } from '../../alerts/sources-records.js'
import { createHealthReporter } from '../../ingest/health.js'
import type { SourceHealth } from '../../schemas/source-health.js'
import { RecordingBus } from '../pipeline/recording-bus.js'
import { FakeClock } from '../support/fake-clock.js'
import { ALL, silent } from './house.js'
import { openTestRecords } from '../support/test-records.js'

const MINUTE = 60_000
const HOUR = 60 * MINUTE
const DAY = 24 * HOUR
/** 05:00 in Karachi. */
const START = Date.UTC(2026, 10, 2)

/** One source that tells its health each minute for as long as the story goes on, and the watch over it. */
async function openStory(options: Partial<SourcesWatchOptions> = {}, source = 'x-mentions') {
  const { records } = await openTestRecords()
  onTestFinished(() => records.destroy())
  const clock = new FakeClock(START)
  const bus = new RecordingBus()
  const parts = { records, bus, clock, log: silent, ...options }
  let watch = createSourcesWatch(parts)
  const newReporter = () => createHealthReporter({ source, channel: 'x', bus, clock, log: silent })
  let reporter = newReporter()
  let read = 0
  const take = async () => {
    const told = bus.published.slice(read).filter(({ topic }) => topic === 'sources.health')
    read = bus.published.length
    await watch.handle(
      told.map(({ value }, at) => ({ key: source, value: value as SourceHealth, partition: 0, offset: read + at })),
      new AbortController().signal,
    )
  }
  const store = createAlertsStore({ records, bus, clock })
  const known = createKnownSources({ records, clock, ...(options.limits ? { limits: options.limits } : {}) })
  return {
    records,
    clock,
    bus,
    /** So many minutes, each told by `say` what the source does in it; nothing where it is not there. */
    go: async (minutes: number, say: (minute: number) => 'item' | 'quiet' | 'gone' | Error) => {
      for (let minute = 0; minute < minutes; minute++) {
        await clock.advance(MINUTE)
        const what = say(minute)
        if (what === 'item' || what === 'quiet') await reporter.ok(what === 'item' ? 1 : 0)
        else if (what !== 'gone')
          await reporter.failed(what.message, what.name === 'expired' ? 'unauthorized' : 'unavailable')
        await take()
        await watch.tick()
      }
    },
    restart: () => {
      reporter = newReporter()
      watch = createSourcesWatch(parts)
    },
    rung: () => bus.of('alerts.raised').filter(({ status }) => status === 'ringing'),
    alerts: () => store.list(ALL, { limit: 100 }),
    acknowledge: async (id: string) => store.acknowledge(id, 'officer', ALL),
    known: async () => (await known()).get(source),
  }
}

const busy = () => 'item' as const
/** An item each `every` minutes by day (06:00 to 23:00 in Karachi), nothing by night. */
const district = (every: number, from: FakeClock) => (minute: number) => {
  const hour = Math.floor((from.now() + 5 * HOUR) / HOUR) % 24
  return hour >= 6 && hour < 23 && minute % every === 0 ? ('item' as const) : ('quiet' as const)
}

describe('a source that falls silent', () => {
  it('rings once, settles itself when items come again, and says both', async () => {
    const story = await openStory()
    await story.go((3.2 * DAY) / MINUTE, (minute) => (minute % 4 === 0 ? 'item' : 'quiet'))
    expect(story.rung()).toEqual([])
    expect((await story.known())?.usualGapMs).toBeGreaterThanOrEqual(3 * MINUTE)
    expect((await story.known())?.usualGapMs).toBeLessThanOrEqual(5 * MINUTE)

    await story.go(10, () => 'quiet')
    expect(story.rung()).toEqual([])
    await story.go(120, () => 'quiet')
    expect(story.rung()).toHaveLength(1)
    expect(story.rung()[0]).toMatchObject({
      rule: 'silent-source',
      category: 'other',
      severity: 'high',
      districts: [],
      lead: { mentionId: 'source:x-mentions' },
    })
    expect(story.rung()[0]?.lead.text).toMatch(/has brought nothing since .* usually goes/)
    expect((await story.known())?.silentSince).not.toBeNull()

    await story.go(1, busy)
    const [alert] = await story.alerts()
    expect(alert).toMatchObject({ status: 'acknowledged', acknowledgedBy: 'rabta' })
    expect(alert?.lead.text).toContain('brings messages again')
    expect((await story.known())?.silentSince).toBeNull()
    await story.go(60, (minute) => (minute % 4 === 0 ? 'item' : 'quiet'))
    expect(await story.alerts()).toHaveLength(1)
  }, 60_000)

  it('is quiet at night in a district that is, and heard when the morning stays silent', async () => {
    const story = await openStory()
    await story.go((4 * DAY) / MINUTE, district(20, story.clock))
    expect(await story.alerts()).toEqual([])
    // From 05:00 to 13:00 of a working day: nothing comes.
    await story.go(8 * 60, () => 'quiet')
    expect(await story.alerts()).toHaveLength(1)
  }, 60_000)

  it('of which nothing is known yet is given twelve hours, and that is said', async () => {
    const story = await openStory()
    await story.go(10, busy)
    await story.go(11 * 60, () => 'quiet')
    expect(await story.alerts()).toEqual([])
    expect(await story.known()).toMatchObject({ usualGapMs: null, silentAfterMs: 12 * HOUR })
    await story.go(61, () => 'quiet')
    expect((await story.alerts())[0]?.lead.text).toContain('not known yet')
  })

  it('that somebody acknowledged stays theirs when it ends', async () => {
    const story = await openStory()
    await story.go(1, busy)
    await story.go(13 * 60, () => 'quiet')
    const [alert] = await story.alerts()
    await story.acknowledge(alert?.id ?? '')
    await story.go(5, () => 'quiet')
    await story.go(1, busy)
    expect(await story.alerts()).toMatchObject([{ status: 'acknowledged', acknowledgedBy: 'officer' }])
    expect((await story.alerts())[0]?.lead.text).toContain('brings messages again')
  })

  it('does not ring in the demonstration, whose story ends', async () => {
    const story = await openStory({ limits: { ...SILENCE_LIMITS, gaps: false } })
    await story.go(5, busy)
    await story.go(30 * 60, () => 'quiet')
    expect(await story.alerts()).toEqual([])
    expect((await story.known())?.silentAfterMs).toBeNull()
  })
})

describe('a source that fails', () => {
  const down = () => new Error('the platform does not answer')
  const expired = () => Object.assign(new Error('the token is refused'), { name: 'expired' })

  it('rings after ten minutes and settles when it works again', async () => {
    const story = await openStory()
    await story.go(3, busy)
    await story.go(9, down)
    expect(await story.alerts()).toEqual([])
    await story.go(30, down)
    expect(story.rung()).toHaveLength(1)
    await story.go(1, () => 'quiet')
    expect(await story.alerts()).toMatchObject([{ status: 'acknowledged', acknowledgedBy: 'rabta' }])
  })

  it('rings soon where a person must sign in again', async () => {
    const story = await openStory()
    await story.go(3, busy)
    await story.go(4, expired)
    expect(story.rung()[0]?.lead.text).toContain('sign in again')
  })

  it('for a moment rings nobody', async () => {
    const story = await openStory()
    await story.go(300, (minute) => (minute % 5 === 0 ? down() : 'item'))
    expect(await story.alerts()).toEqual([])
  })
})

describe('a process that says nothing more', () => {
  it('rings after five minutes, and settles when it is back', async () => {
    const story = await openStory()
    await story.go(10, busy)
    await story.go(4, () => 'gone')
    expect(await story.alerts()).toEqual([])
    await story.go(20, () => 'gone')
    expect(story.rung()).toHaveLength(1)
    await story.go(2, () => 'quiet')
    expect(await story.alerts()).toMatchObject([{ status: 'acknowledged', acknowledgedBy: 'rabta' }])
  })

  it('is nobody’s silence where the whole house slept', async () => {
    const story = await openStory()
    await story.go(10, busy)
    await story.clock.advance(9 * HOUR)
    await story.go(20, busy)
    expect(await story.alerts()).toEqual([])
  })

  it('is nobody’s silence after a restart from which the source was taken out', async () => {
    const story = await openStory()
    await story.go(10, busy)
    story.restart()
    await story.go(60, () => 'gone')
    expect(await story.alerts()).toEqual([])
  })

  it('rings where it is expected, though it never spoke since the start', async () => {
    const story = await openStory({ expected: new Set(['x-mentions']) })
    await story.go(10, busy)
    story.restart()
    await story.go(10, () => 'gone')
    expect(story.rung()).toHaveLength(1)
  })

  it('keeps its last item over a restart', async () => {
    const story = await openStory()
    await story.go(10, busy)
    const before = (await story.known())?.lastItemAt
    story.restart()
    await story.go(3, () => 'quiet')
    expect((await story.known())?.lastItemAt).toBe(before)
  })

  it('rings once more for nobody when the same records come again', async () => {
    const story = await openStory()
    await story.go(1, busy)
    await story.go(13 * 60, () => 'quiet')
    story.restart()
    await story.go(30, () => 'quiet')
    expect(await story.alerts()).toHaveLength(1)
    expect(new Set(story.rung().map(({ version }) => version)).size).toBe(1)
  })
})
