import { afterAll, beforeAll, expect, it } from 'vitest'
import { seeded } from '../stream.js'
import { until } from './desk-client.js'
import { allFaults, type Fault, type Scene } from './faults.js'
import { BEGINS_WITHIN_MS, openHouse, STAGES, type House } from './house.js'
import { plantPoison } from './poison.js'
import { Talk } from './talk.js'

const long = process.env['RABTA_TEST_LONG'] === '1'
const MENTIONS = long ? 100_000 : 4_000
const SEED = Number(process.env['RABTA_TEST_SEED'] ?? 20261122)
/** Faults whose name holds this, for somebody who looks into one. */
const ONLY = process.env['RABTA_TEST_FAULTS'] ?? ''
const LENGTHS = long
  ? { kills: 5, elastic: 60_000, postgres: 20_000, network: 10_000, comings: 60_000 }
  : { kills: 3, elastic: 15_000, postgres: 8_000, network: 2_000, comings: 10_000 }
const WINDOW = long ? 3_000 : 1_500
const LIMIT_MS = 600_000

const random = seeded(SEED)
let house: House

beforeAll(async () => {
  house = await openHouse()
}, BEGINS_WITHIN_MS)

afterAll(() => house?.close())

const shuffled = (faults: readonly Fault[]): Fault[] => {
  const left = [...faults]
  return faults.flatMap(() => left.splice(Math.floor(random() * left.length), 1))
}

it(`finds each of ${MENTIONS} mentions once, and rings each danger once, though everything goes wrong in turn; seed ${SEED}`, async () => {
  const { engines, peers, fleet, desk, console: live } = house
  const began = Date.now()
  const say = (line: string) =>
    process.stdout.write(`${String(Math.round((Date.now() - began) / 1000)).padStart(5)} s  ${line}\n`)
  const over = new AbortController()
  const found = house.followFound(over.signal)
  const talk = new Talk({ peers, random, found, window: WINDOW, dangersPerMille: long ? 1 : 6 })
  talk.perSecond = long ? 600 : 150
  const talking = talk.run(over.signal)
  const scene: Scene = { engines, fleet, talk, desk, console: live, random, lengths: LENGTHS, say }
  const caughtUp = (what: string) =>
    until(what, { limitMs: LIMIT_MS, log: () => fleet.log() }, () => {
      const ahead = talk.sent.length - found()
      return ahead <= 0 && talk.sent.length >= talk.mayReach ? true : `${ahead} of ${talk.sent.length} are not found`
    })

  const faults = shuffled(allFaults().filter(({ name }) => name.includes(ONLY)))
  const poisonBefore = new Set([Math.floor(random() * faults.length), Math.floor(random() * faults.length)])
  const letters: string[] = []
  try {
    for (const [n, fault] of faults.entries()) {
      talk.mayReach = Math.ceil((MENTIONS * (n + 1)) / (faults.length + 1))
      if (poisonBefore.has(n)) letters.push(...(await plantPoison([engines.kafka.server.address])))
      const started = Date.now()
      // Alerts without search are looked at for themselves: nothing else is out of order at the time.
      if (long || fault.name.startsWith('Elastic')) await caughtUp(`before ${fault.name}: all is found`)
      const waited = Date.now() - started
      say(`${fault.name} (${talk.sent.length} said, ${found()} found, waited ${waited} ms)`)
      talk.mayReach =
        Math.ceil((MENTIONS * (n + 1)) / (faults.length + 1)) + Math.ceil(MENTIONS / (faults.length + 1) / 2)
      await fault.run(scene)
    }
    talk.mayReach = MENTIONS
    say('all faults are over')
    await caughtUp('all mentions are found')
    say(`${talk.sent.length} said, ${found()} found`)
  } finally {
    over.abort()
    await talking
  }

  expect(talk.sent.length).toBeGreaterThanOrEqual(MENTIONS)
  expect((await desk.found()).map(({ id }) => id).sort()).toEqual([...talk.sent].sort())

  const dangerIds = talk.dangers.map(({ id }) => id).sort()
  const rung = async () => (await desk.alerts()).filter(({ rule }) => rule === 'danger')
  await until('every danger rings', { limitMs: 120_000, log: () => fleet.log() }, async () => {
    const count = (await rung()).length
    return count >= dangerIds.length ? true : `${count} of ${dangerIds.length}`
  })
  const alerts = await rung()
  expect(alerts.flatMap(({ mentionIds }) => mentionIds).sort()).toEqual(dangerIds)
  expect(alerts.map(({ count }) => count)).toEqual(alerts.map(() => 1))
  await until('the console heard of every danger', { limitMs: 60_000, log: () => fleet.log() }, () => {
    const missing = dangerIds.filter((id) => !live.heard.has(id))
    return missing.length === 0 ? true : `${missing.length} were not heard`
  })
  await until('the planted dead letters', { limitMs: 120_000, log: () => fleet.log() }, async () => {
    const count = (await desk.deadLetters()).length
    return count >= letters.length ? true : `${count} of ${letters.length}`
  })
  expect((await desk.deadLetters()).map(({ id }) => id).sort()).toEqual([...letters].sort())
  const refused = peers.whatsapp.stats().refused
  say(
    `dangers ${dangerIds.length}, dead letters ${letters.length}, webhooks refused ${refused}, console connected ${live.connections} times`,
  )
  say(
    `ends of their own: ${fleet.ownEnds.map(({ name, code, signal }) => `${name} ${code ?? signal}`).join(', ') || 'none'}`,
  )

  for (const stage of [...STAGES].reverse()) {
    const ended = await fleet.remove(stage)
    expect(ended, fleet.log()).toMatchObject({ code: 0, signal: null })
    expect(ended.tookMs).toBeLessThan(10_000)
  }
})
