import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { text } from 'node:stream/consumers'
import { afterAll, expect, it } from 'vitest'
import { packagePath } from '../../runtime/package-root.js'
import { endAllRabta, freePort, signIn, startRabta } from '../support/rabta-process.js'
import { temporaryFolder } from '../support/temporary-folder.js'
import { until } from './outcome.js'
import { say, startPeers } from './stream.js'

const MESSAGES = 50
const PASSWORD = 'chaos-only-password'

afterAll(endAllRabta)

it('goes on, and stops in order, when whoever read its log has gone', async () => {
  const folder = temporaryFolder()
  const peers = await startPeers(await freePort(), folder.path, PASSWORD)
  const rabta = await startRabta({ ...peers.settings, RABTA_LOG_LEVEL: 'info' })
  await peers.whatsapp.connect(`${rabta.url}/hooks/whatsapp`)
  const client = await signIn(rabta.url, PASSWORD)
  // A request that nobody signed is refused and logged.
  const makeItLog = () => fetch(`${rabta.url}/hooks/whatsapp`, { method: 'POST', body: '{}' })
  await makeItLog()
  await until(
    'it logs what it refuses',
    () => rabta,
    10_000,
    () => Promise.resolve(rabta.logged.some((line) => line.includes('a request to a webhook was refused'))),
  )
  rabta.stopReading()
  for (let time = 0; time < 3; time++) await makeItLog()
  for (let at = 0; at < MESSAGES; at++) say(peers, at)
  await until(
    `${MESSAGES} mentions are in`,
    () => rabta,
    60_000,
    async () => (await client.get<{ total: number }>('/api/mentions?limit=1')).total >= MESSAGES,
  )
  expect(await rabta.kill('SIGTERM')).toEqual({ code: 0, signal: null })
  await peers.close()
  folder.remove()
})

it('ends `rabta tag` without a word when whoever read its lines has enough, though there is more to come', async () => {
  const child = spawn(process.execPath, [packagePath('bin/rabta.js'), 'tag'], { stdio: ['pipe', 'pipe', 'pipe'] })
  const ended = once(child, 'exit')
  const complaints = text(child.stderr)
  // What it no longer reads fails here.
  child.stdin.on('error', () => undefined)
  const speaking = setInterval(() => child.stdin.write('koi goli chala raha hai\n'), 20)
  try {
    child.stdin.write('koi goli chala raha hai\n')
    await once(child.stdout, 'data')
    child.stdout.destroy()
    expect(await ended).toEqual([0, null])
    expect(await complaints).toBe('')
  } finally {
    clearInterval(speaking)
    child.kill('SIGKILL')
  }
})
