import { afterAll, beforeAll, expect, it } from 'vitest'
import { setTimeout as sleep } from 'node:timers/promises'
import { seeded } from '../stream.js'
import { until } from './desk-client.js'
import { BEGINS_WITHIN_MS, openHouse, type House } from './house.js'
import { Talk } from './talk.js'

const long = process.env['RABTA_TEST_LONG'] === '1'
const SEED = Number(process.env['RABTA_TEST_SEED'] ?? 20261122)
const PER_SECOND = 40
const DANGER_EVERY_MS = 1_500
/** After each restart, so that every process is restarted under load and the one before has found its place. */
const BETWEEN_MS = long ? 10_000 : 3_000
const LATEST_MS = 15_000
const STOPPED_WITHIN_MS = 10_000

const random = seeded(SEED)
let house: House

beforeAll(async () => {
  house = await openHouse()
  await house.fleet.add('alerts-2', 'alerts')
}, BEGINS_WITHIN_MS)

afterAll(() => house?.close())

it('loses nothing and rings no danger late while every process is restarted in turn under load', async () => {
  const { fleet, peers, desk, console: live } = house
  const over = new AbortController()
  const found = house.followFound(over.signal)
  const talk = new Talk({ peers, random, found, window: 5_000, dangersPerMille: 0 })
  talk.perSecond = PER_SECOND
  talk.mayReach = Infinity
  const talking = talk.run(over.signal)
  const telling = new AbortController()
  const tell = async () => {
    while (!telling.signal.aborted) {
      talk.danger()
      await sleep(DANGER_EVERY_MS)
    }
  }
  const limits = { limitMs: 120_000, log: () => fleet.log() }
  const warm = talk.danger('whatsapp')
  await until('the first danger is heard', limits, () => live.heard.has(warm.id))
  talk.dangers.splice(0)
  const told = tell()
  const stops: string[] = []
  const marks: { readonly atMs: number; readonly name: string }[] = []
  try {
    await sleep(BETWEEN_MS)
    for (const name of [...fleet.names()]) {
      marks.push({ atMs: Date.now(), name })
      const ended = await fleet.kill(name, 'SIGTERM')
      expect(ended, fleet.log()).toMatchObject({ code: 0, signal: null })
      expect(ended.tookMs, name).toBeLessThan(STOPPED_WITHIN_MS)
      await fleet.running(name)
      stops.push(`${name} ${ended.tookMs} ms`)
      await sleep(BETWEEN_MS)
    }
  } finally {
    telling.abort()
    await told
    talk.mayReach = 0
  }

  const dangers = [...talk.dangers]
  await until('every danger is heard', limits, () => {
    const missing = dangers.filter(({ id }) => !live.heard.has(id))
    return missing.length === 0 ? true : `${missing.length} are not heard`
  })
  const delays = dangers.map(({ id, saidAtMs }) => (live.heard.get(id)?.atMs ?? Infinity) - saidAtMs)
  const worst = dangers[delays.indexOf(Math.max(...delays))]
  const during = marks.filter(({ atMs }) => atMs <= (worst?.saidAtMs ?? 0)).at(-1)
  const sorted = [...delays].sort((a, b) => a - b)
  const [median, largest] = [sorted[sorted.length >> 1] ?? 0, sorted.at(-1) ?? Infinity]
  process.stdout.write(
    `stopped in: ${stops.join(', ')}\n${talk.sent.length} mentions, ${dangers.length} dangers; heard after ${median} ms in the middle, ${largest} ms at most (${worst?.id.split(':')[0] ?? ''}, told ${(worst?.saidAtMs ?? 0) - (during?.atMs ?? 0)} ms after the stop of ${during?.name ?? 'nobody'}); the console connected ${live.connections} times\n`,
  )
  await until('all mentions are found', limits, () => {
    const ahead = talk.sent.length - found()
    return ahead <= 0 ? true : `${ahead} are not found`
  })
  over.abort()
  await talking
  expect((await desk.found()).map(({ id }) => id).sort()).toEqual([...talk.sent].sort())
  const rung = (await desk.alerts()).filter(({ rule }) => rule === 'danger')
  expect(rung.flatMap(({ mentionIds }) => mentionIds).sort()).toEqual([warm, ...dangers].map(({ id }) => id).sort())
  expect(rung.map(({ count }) => count)).toEqual(rung.map(() => 1))
  expect(await desk.deadLetters()).toEqual([])
  expect(fleet.ownEnds).toEqual([])
  expect(dangers.length).toBeGreaterThan(10)
  expect(largest).toBeLessThanOrEqual(LATEST_MS)
})
