import { afterAll, expect, it } from 'vitest'
import { endAllRabta, freePort, signIn, startRabta, type RabtaProcess } from '../support/rabta-process.js'
import { temporaryFolder } from '../support/temporary-folder.js'
import { alertsOf, indexedIds, until } from './outcome.js'
import { dangersAmong, say, seeded, startPeers } from './stream.js'

const long = process.env['RABTA_TEST_LONG'] === '1'
const MESSAGES = long ? 20_000 : 3_000
const KILLS = long ? 20 : 5
const SEED = Number(process.env['RABTA_TEST_SEED'] ?? 20261122)
const PASSWORD = 'chaos-only-password'
const AT_ONCE = 25

afterAll(endAllRabta)

it(`holds each of ${MESSAGES} mentions exactly once, and each group once, after ${KILLS} kills at moments of seed ${SEED}`, async () => {
  const folder = temporaryFolder()
  const random = seeded(SEED)
  const port = await freePort()
  const peers = await startPeers(port, folder.path, PASSWORD)
  const sent: string[] = []
  let rabta: RabtaProcess = await startRabta(peers.settings)
  await peers.whatsapp.connect(`${rabta.url}/hooks/whatsapp`)

  const killAt = Array.from({ length: KILLS }, () => Math.floor(random() * MESSAGES)).sort((a, b) => a - b)
  let kills = 0
  while (sent.length < MESSAGES) {
    for (let n = 0; n < AT_ONCE && sent.length < MESSAGES; n++) sent.push(say(peers, sent.length))
    await new Promise((resolve) => setTimeout(resolve, 20))
    if (sent.length >= (killAt[kills] ?? Infinity)) {
      kills++
      await new Promise((resolve) => setTimeout(resolve, Math.floor(random() * 1500)))
      await rabta.kill('SIGKILL')
      rabta = await startRabta(peers.settings)
    }
  }
  while (kills < KILLS) {
    kills++
    await new Promise((resolve) => setTimeout(resolve, Math.floor(random() * 1500)))
    await rabta.kill('SIGKILL')
    rabta = await startRabta(peers.settings)
  }

  const client = await signIn(rabta.url, PASSWORD)
  const totalOf = async () => (await client.get<{ total: number }>('/api/mentions?limit=1')).total
  await until(
    `${MESSAGES} mentions in the index`,
    () => rabta,
    300_000,
    async () => {
      const total = await totalOf()
      return total >= MESSAGES ? true : `${total} of ${MESSAGES}`
    },
  )
  expect((await indexedIds(client)).sort()).toEqual([...sent].sort())

  const planted = dangersAmong(MESSAGES)
  await until(
    `${planted} alerts`,
    () => rabta,
    30_000,
    async () => {
      const count = (await alertsOf(client)).filter((alert) => alert.rule === 'danger').length
      return count >= planted ? true : `${count} alerts`
    },
  )
  const dangers = (await alertsOf(client)).filter((alert) => alert.rule === 'danger')
  const members = dangers.flatMap((alert) => alert.mentionIds)
  expect(new Set(members).size).toBe(members.length)
  expect(dangers.map((alert) => alert.count)).toEqual(dangers.map(() => 1))
  expect(dangers.length).toBe(planted)
  expect((await client.get<{ total: number }>('/api/dead')).total).toBe(0)
  expect(kills).toBe(KILLS)

  const stopped = Date.now()
  expect(await rabta.kill('SIGTERM')).toEqual({ code: 0, signal: null })
  expect(Date.now() - stopped).toBeLessThan(10_000)
  await peers.close()
  folder.remove()
})
