import { describe, expect, it } from 'vitest'
import { readStreamPayload } from '../../channels/x/read-stream.js'
import type { XKnownRule, XStream } from '../../channels/x/stream.js'
import type { StreamLine } from '../../channels/x/stream-lines.js'
import type { PushedItems } from '../../ingest/source.js'
import { createXSpending } from '../../ingest/x-spending.js'
import { createXStreamSource } from '../../ingest/x-stream-source.js'
import { createXStreamWatch } from '../../ingest/x-stream-watch.js'
import { Failure } from '../../runtime/failure.js'
import type { SourceDetails } from '../../schemas/source-health.js'
import { FakeClock } from '../support/fake-clock.js'
import { keptLog } from './parts.js'

const accounts = [
  { userId: '42', handle: 'KPPolice' },
  { userId: '43', handle: 'IGPKP' },
]
const words = (value: unknown): StreamLine => ({ kind: 'words', text: JSON.stringify(value) })
const post = (id: number, rule = '1') =>
  words({ data: { id: String(id), text: `post ${id}` }, matching_rules: [{ id: rule, tag: 'x' }] })
const alive: StreamLine = { kind: 'keep-alive' }

/** A stream that plays what it is given, and then ends. */
class Played implements XStream {
  known: XKnownRule[] = []
  refuse: string[] = []
  connects = 0
  closed = 0
  constructor(readonly parts: (readonly StreamLine[] | Failure)[] = []) {}

  rules = async () => [...this.known]
  addRules: XStream['addRules'] = async (rules) => {
    for (const { value, tag } of rules.filter((rule) => !this.refuse.includes(rule.value)))
      this.known.push({ id: String(this.known.length + 1), value, tag })
    return rules.flatMap(({ value }) => (this.refuse.includes(value) ? [{ value, words: 'not so' }] : []))
  }
  deleteRules: XStream['deleteRules'] = async (ids) => {
    this.known = this.known.filter(({ id }) => !ids.includes(id))
  }
  connect = async () => {
    this.connects += 1
    return {
      read: async () => {
        const part = this.parts.shift()
        if (part instanceof Failure) throw part
        return part
      },
      close: () => void (this.closed += 1),
    }
  }
}

function setUp(parts: ConstructorParameters<typeof Played>[0], spent?: { dollars: number; budgetDollars: number }) {
  const clock = new FakeClock()
  const stream = new Played(parts)
  const watch = createXStreamWatch(clock)
  const log = keptLog()
  const taken: PushedItems[] = []
  const told: (Partial<SourceDetails> | undefined)[] = []
  const door = {
    take: async (items: PushedItems) => void taken.push(items),
    alive: async (details?: Partial<SourceDetails>) => void told.push(details),
  }
  const meter = {
    record: async () => undefined,
    month: async () => ({ month: '2026-11', dollars: spent?.dollars ?? 0 }),
  }
  const spending =
    spent === undefined ? undefined : createXSpending({ meter, clock, budgetDollars: spent.budgetDollars })
  const source = createXStreamSource({ stream, accounts, searchQuery: 'police', clock, log, watch, spending })
  const receive = (signal = new AbortController().signal) =>
    source.receive(door, signal).then(
      () => undefined,
      (error: unknown) => error as Failure,
    )
  return { clock, stream, watch, log, taken, told, door, source, receive }
}

const mentionsOf = (taken: readonly PushedItems[]) =>
  taken.flatMap(({ changes }) => changes.flatMap((change) => (change.type === 'deleted' ? [] : [change.mention])))

describe('the stream as a source', () => {
  it('sets its rules, hands over what comes with the account it was written to, and fails when it ends', async () => {
    const { stream, taken, told, receive } = setUp([[alive], [post(1), post(2, '2'), alive], [post(3, '3')]])
    stream.known = [
      { id: '1', value: '@KPPolice -from:KPPolice -is:retweet', tag: 'theirs' },
      { id: '9', value: '@Old', tag: 'rabta:mentions:Old' },
    ]
    expect(await receive()).toMatchObject({ reason: 'unavailable', retryable: true })
    expect(stream.known.map(({ value }) => value)).toEqual([
      '@KPPolice -from:KPPolice -is:retweet',
      '@IGPKP -from:IGPKP -is:retweet',
      'police',
    ])
    expect(taken).toHaveLength(2)
    expect(mentionsOf(taken).map(({ id, account, source }) => [id, account, source])).toEqual([
      ['x:1', 'KPPolice', 'x-stream'],
      ['x:2', 'IGPKP', 'x-stream'],
      ['x:3', null, 'x-stream'],
    ])
    expect(told.length).toBe(4)
    expect(stream.closed).toBe(1)
  })

  it('is well from the first sign of life until it ends or is silent for a minute', async () => {
    const { clock, watch, stream, receive, door } = setUp([[alive], [post(1)]])
    const seen: boolean[] = []
    door.take = async () => {
      seen.push(watch.isWell())
      await clock.advance(61_000)
      seen.push(watch.isWell())
    }
    expect(watch.isWell()).toBe(false)
    await receive()
    expect([...seen, watch.isWell(), stream.connects]).toEqual([true, false, false, 1])
  })

  it('does not go on where the bus cannot take what came', async () => {
    const { stream, door, receive } = setUp([[post(1)], [post(2)]])
    door.take = () => Promise.reject(new Failure('storage-full', 'full', { retryable: true }))
    expect(await receive()).toMatchObject({ reason: 'storage-full' })
    expect([stream.parts.length, stream.closed]).toEqual([1, 1])
  })

  it('keeps what it cannot read and goes on; an announced end is a failure in the words of X', async () => {
    const errors = [
      { title: 'operational-disconnect', disconnect_type: 'UpstreamOperationalDisconnect', detail: 'upstream' },
    ]
    const { taken, receive } = setUp([
      [
        { kind: 'words', text: '{"data":{"id":' },
        { kind: 'too-large', head: '{"data":{"text":"xx', bytes: 2_000_000 },
        words({ data: { text: 'no id' } }),
        words({ data: { id: '5', text: 'with a partial error' }, errors: [{ title: 'Not Found Error' }] }),
        words({ hello: 1 }),
      ],
      [post(6), words({ errors })],
      [post(7)],
    ])
    const failure = await receive()
    expect(failure?.message).toContain('operational-disconnect: upstream')
    expect(mentionsOf(taken).map(({ id }) => id)).toEqual(['x:5', 'x:6'])
    expect(taken[0]?.unread?.map(({ detail }) => detail)).toEqual([
      'a line that is no JSON object',
      'a line of 2000000 bytes, of which the beginning is kept',
      'a post without id or text',
      'a line without data and without errors',
    ])
    for (const { payload, id } of taken[0]?.unread ?? []) {
      const again = readStreamPayload(payload, { source: 'x-stream', receivedAt: '', accounts: new Map() })
      expect([again.changes.length, again.unread.map((one) => one.id)]).toEqual([0, [id]])
    }
  })

  it('tells a rule that X refuses and listens with the others; where all are refused it fails', async () => {
    const { stream, log, receive } = setUp([])
    stream.refuse = ['police']
    await receive()
    expect(stream.connects).toBe(1)
    expect(log.events.filter(({ level }) => level === 'error')).toHaveLength(1)
    stream.known = []
    stream.refuse = stream.refuse.concat(accounts.map(({ handle }) => `@${handle} -from:${handle} -is:retweet`))
    expect(await receive()).toMatchObject({ reason: 'invalid-payload', retryable: false })
  })

  it('says what it costs, and stops for the budget, which it says too', async () => {
    const near = setUp([[alive]], { dollars: 95, budgetDollars: 100 })
    await near.receive()
    expect(near.told[0]).toMatchObject({ spend: { month: '2026-11', dollars: 95, budgetDollars: 100 } })
    expect(near.told[0]?.remark).toContain('95 % of the budget')
    const spent = setUp([[post(1)]], { dollars: 100, budgetDollars: 100 })
    const failure = await spent.receive()
    expect(failure?.message).toContain('RABTA_X_MONTHLY_BUDGET_DOLLARS')
    expect([failure?.retryAfterMs, spent.stream.connects]).toEqual([3_600_000, 0])
  })

  it('ends without a failure when it is stopped', async () => {
    const { receive } = setUp([new Failure('stopped', 'stopped', { retryable: true })])
    expect(await receive(AbortSignal.abort())).toBeUndefined()
  })
})
