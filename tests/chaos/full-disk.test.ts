import { spawnSync } from 'node:child_process'
import { closeSync, mkdirSync, openSync, rmSync, statfsSync, writeSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, expect, it } from 'vitest'
import { endAllRabta, freePort, signIn, startRabta } from '../support/rabta-process.js'
import { temporaryFolder } from '../support/temporary-folder.js'
import { alertsOf, indexedIds, until } from './outcome.js'
import { dangersAmong, say, startPeers } from './stream.js'

const MESSAGES = process.env['RABTA_TEST_LONG'] === '1' ? 20_000 : 2_000
const DISK_MIB = process.env['RABTA_TEST_LONG'] === '1' ? 600 : 200
const PASSWORD = 'chaos-only-password'
const AT_ONCE = 25

/** A small disk of our own, in memory; only root may mount one. */
function mountDisk(path: string): boolean {
  mkdirSync(path, { recursive: true })
  return spawnSync('mount', ['-t', 'tmpfs', '-o', `size=${DISK_MIB}m`, 'tmpfs', path]).status === 0
}

/** Takes all that is left of a disk. */
function fill(path: string): string {
  const file = join(path, 'filler')
  const handle = openSync(file, 'w')
  for (const chunk of [Buffer.alloc(1024 * 1024), Buffer.alloc(4096), Buffer.alloc(1)]) {
    try {
      for (;;) writeSync(handle, chunk)
    } catch {
      // Full for this size: go on with the smaller one.
    }
  }
  closeSync(handle)
  return file
}

const folder = temporaryFolder()
const disk = join(folder.path, 'disk')
const mounted = mountDisk(disk)

afterAll(async () => {
  await endAllRabta()
  if (mounted) spawnSync('umount', ['-l', disk])
  folder.remove()
})

it.skipIf(!mounted)(
  `loses none of ${MESSAGES} mentions to a disk that fills up and is freed (skipped where no disk can be mounted)`,
  async () => {
    const port = await freePort()
    const peers = await startPeers(port, disk, PASSWORD)
    const rabta = await startRabta(peers.settings)
    await peers.whatsapp.connect(`${rabta.url}/hooks/whatsapp`)
    const client = await signIn(rabta.url, PASSWORD)
    const sent: string[] = []
    const sayUpTo = async (count: number) => {
      while (sent.length < count) {
        for (let n = 0; n < AT_ONCE && sent.length < count; n++) sent.push(say(peers, sent.length))
        await new Promise((resolve) => setTimeout(resolve, 20))
      }
    }
    const total = async () => (await client.get<{ total: number }>('/api/mentions?limit=1')).total

    await sayUpTo(MESSAGES / 4)
    await until(
      'some mentions are in',
      () => rabta,
      60_000,
      async () => (await total()) > MESSAGES / 8,
    )
    const filler = fill(disk)
    expect(statfsSync(disk).bavail).toBeLessThan(16)
    await sayUpTo(MESSAGES / 2)
    await until(
      'the desk says that its disk is full',
      () => rabta,
      60_000,
      async () => {
        const ready = await fetch(`${rabta.url}/readyz`)
        return ready.status === 503 && (await ready.text()).includes('disk')
      },
    )
    await until(
      'webhooks are answered 503',
      () => rabta,
      60_000,
      async () => {
        if (peers.whatsapp.stats().refused > 0) return true
        // What the stores had taken from the disk before it filled up holds some hundred messages more.
        await sayUpTo(sent.length + AT_ONCE)
        return false
      },
    )
    await sayUpTo((MESSAGES * 3) / 4)
    expect((await fetch(`${rabta.url}/healthz`)).status).toBe(200)

    rmSync(filler)
    await sayUpTo(MESSAGES)
    await until(
      'all mentions in the index',
      () => rabta,
      300_000,
      async () => {
        const count = await total()
        return count >= sent.length ? true : `${count} of ${sent.length}`
      },
    )
    expect((await indexedIds(client)).sort()).toEqual([...sent].sort())
    const dangers = (await alertsOf(client)).filter((alert) => alert.rule === 'danger')
    expect(dangers.length).toBe(dangersAmong(sent.length))
    expect((await client.get<{ total: number }>('/api/dead')).total).toBe(0)
    await until(
      'the desk is ready again',
      () => rabta,
      30_000,
      async () => !(await (await fetch(`${rabta.url}/readyz`)).text()).includes('full'),
    )
    expect(await rabta.kill('SIGTERM')).toEqual({ code: 0, signal: null })
    await peers.close()
  },
)
