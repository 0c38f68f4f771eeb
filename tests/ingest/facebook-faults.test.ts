import fc from 'fast-check'
import { expect, it } from 'vitest'
import { parseFacebookCursor } from '../../ingest/facebook-cursor.js'
import { Failure } from '../../runtime/failure.js'
import type { FacebookFault } from '../../simulators/facebook/faults.js'
import { openHouse, SOURCES, type SourceName } from './facebook-house.js'

const NAMES = Object.keys(SOURCES) as SourceName[]
const MINUTE_MS = 60_000
const people = Array.from({ length: 4 }, (_, index) => ({
  id: `70${index}`,
  name: `Person ${index}`,
  isHidden: index === 3,
}))

type Step =
  | { readonly do: 'post' | 'notice' | 'tag'; readonly by: number; readonly isTold: boolean }
  | { readonly do: 'comment' | 'message'; readonly by: number; readonly on: number; readonly isTold: boolean }
  | { readonly do: 'edit' | 'remove' | 'hide'; readonly on: number }
  | { readonly do: 'fail'; readonly fault: FacebookFault }
  | { readonly do: 'turn'; readonly source: number; readonly crash: 'before-bus' | 'before-cursor' | undefined }
  | { readonly do: 'wait'; readonly minutes: number }
  | { readonly do: 'duplicate' | 'swap' | 'bus-away' | 'deliver' }

const nat = fc.nat({ max: 100 })
const fault: fc.Arbitrary<FacebookFault> = fc.oneof(
  fc.record({ kind: fc.constant('code' as const), code: fc.constantFrom(1, 2, 4, 17, 32, 613, 190, 341, 80001) }),
  fc.record({
    kind: fc.constantFrom('429', '503', 'html', 'html-503', 'slow', 'cut', 'empty', 'duplicate', 'renamed', 'no-data'),
    times: fc.integer({ min: 1, max: 2 }),
  }),
)
const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 3, arbitrary: fc.record({ do: fc.constantFrom('post', 'notice', 'tag'), by: nat, isTold: fc.boolean() }) },
  {
    weight: 5,
    arbitrary: fc.record({ do: fc.constantFrom('comment', 'message'), by: nat, on: nat, isTold: fc.boolean() }),
  },
  { weight: 2, arbitrary: fc.record({ do: fc.constantFrom('edit', 'remove', 'hide'), on: nat }) },
  { weight: 4, arbitrary: fc.record({ do: fc.constant('fail' as const), fault }) },
  {
    weight: 8,
    arbitrary: fc.record({
      do: fc.constant('turn' as const),
      source: nat,
      crash: fc.constantFrom(undefined, undefined, undefined, 'before-bus', 'before-cursor'),
    }),
  },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('wait' as const), minutes: fc.integer({ min: 1, max: 90 }) }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constantFrom('duplicate', 'swap', 'bus-away', 'deliver') }) },
)

/** What is true on the page: the text of each item that the public wrote, or that it was withdrawn. */
type Truth = Map<string, { text: string; isGone: boolean; isPublic: boolean; isMessage: boolean }>

const pick = <T>(items: readonly T[], index: number): T | undefined => items[index % Math.max(1, items.length)]

async function play(steps: readonly Step[]): Promise<void> {
  const house = await openHouse({ pageMax: 3, retryDelaysMs: [1000] })
  const truth: Truth = new Map()
  const alive = (of: (entry: { isPublic: boolean; isMessage: boolean }) => boolean) =>
    [...truth].filter(([, entry]) => !entry.isGone && of(entry)).map(([id]) => id)
  let busAway = 0
  house.bus.beforePublish = () => {
    if (busAway <= 0) return
    busAway -= 1
    throw new Failure('unavailable', 'the bus is away', { retryable: true })
  }
  const wrote = (id: string, text: string, parts: { isPublic?: boolean; isMessage?: boolean } = {}) =>
    truth.set(id, { text, isGone: false, isPublic: parts.isPublic ?? true, isMessage: parts.isMessage ?? false })

  async function take(at: Step, index: number): Promise<void> {
    const text = `text ${index}`
    // A second for each: Facebook's own stamps are no finer.
    await house.clock.advance(1_000)
    switch (at.do) {
      case 'post':
      case 'tag': {
        const from = pick(people, at.by) ?? { id: '1', name: '' }
        wrote(house.page[at.do]({ text, from, isTold: at.isTold }), text)
        return
      }
      case 'notice':
        wrote(house.page.post({ text, isTold: at.isTold }), text, { isPublic: false })
        return
      case 'comment': {
        const on = pick(
          alive(({ isMessage }) => !isMessage).filter((id) => id.startsWith(house.page.pageId)),
          at.on,
        )
        const from = pick(people, at.by)
        if (on === undefined || from === undefined) return
        wrote(house.page.comment({ on, from, text, isTold: at.isTold }), text)
        return
      }
      case 'message': {
        const from = { ...(pick(people, at.by) ?? { id: '1', name: '' }), isHidden: false }
        wrote(house.page.message({ from, text, isTold: at.isTold }), text, { isMessage: true })
        return
      }
      case 'edit':
      case 'remove':
      case 'hide': {
        const isPost = (id: string) => [...truth.keys()].includes(id) && id.startsWith(house.page.pageId)
        const ids = alive(({ isPublic, isMessage }) => isPublic && (at.do !== 'hide' || !isMessage))
        // A post takes its comments with it, which no webhook tells one by one: only leaves are removed here.
        const id = pick(at.do === 'remove' ? ids.filter((each) => !isPost(each)) : ids, at.on)
        const entry = truth.get(id ?? '')
        if (id === undefined || entry === undefined) return
        if (at.do === 'edit') {
          entry.text = `${text} edited`
          house.page.edit(id, entry.text)
        } else if (at.do === 'remove') {
          entry.isGone = true
          house.page.remove(id)
        } else house.page.hide(id)
        return
      }
      case 'fail':
        house.page.fail(at.fault)
        return
      case 'turn':
        await house.turn(pick(NAMES, at.source) ?? 'facebook-feed', at.crash).catch((error: unknown) => {
          if (!(error instanceof Failure)) throw error
        })
        return
      case 'wait':
        await house.clock.advance(at.minutes * MINUTE_MS)
        return
      case 'duplicate':
        house.page.duplicateNext()
        return
      case 'swap':
        house.page.swapNext()
        return
      case 'bus-away':
        busAway += 1
        return
      case 'deliver':
        await house.delivered()
    }
  }

  try {
    for (const [index, at] of steps.entries()) await take(at, index)
    house.page.heal()
    busAway = 0
    await house.delivered()
    await house.clock.advance(2 * 60 * MINUTE_MS)
    for (const name of NAMES) await house.sweep(name)
    await house.clock.advance(2 * 60 * MINUTE_MS)
    for (const name of NAMES) await house.sweep(name)

    const held = house.held()
    for (const [id, { text, isGone, isPublic }] of truth) {
      const state = held.get(`facebook:${id}`)
      if (!isPublic) expect(state, `our own ${id}`).toBeUndefined()
      else if (isGone) expect(state, `${id} was withdrawn`).toBe('deleted')
      else expect(state === 'deleted' ? state : state?.text, id).toBe(text)
    }
    expect(held.size).toBe([...truth.values()].filter(({ isPublic }) => isPublic).length)
    expect(house.bus.values('mentions.dead')).toEqual([])
    for (const name of NAMES) expect(parseFacebookCursor(house.saved.get(name)).sweep).toBeUndefined()
  } finally {
    await house.close()
  }
}

it(
  'holds everything once by its id, in its last state, whatever fails and wherever it is killed',
  { timeout: 300_000 },
  async () => {
    await fc.assert(fc.asyncProperty(fc.array(step, { minLength: 15, maxLength: 60 }), play), {
      seed: 20261122,
      numRuns: 20,
      endOnFailure: true,
    })
  },
)
