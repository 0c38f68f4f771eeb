import { spawnSync } from 'node:child_process'
import { mkdirSync, writeFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import { randomBytes } from 'node:crypto'
import { afterAll, expect, inject, it } from 'vitest'
import { packagePath } from '../../runtime/package-root.js'
import type { MentionPage } from '../../schemas/search.js'
import { signInWithin, until } from '../chaos/distributed/desk-client.js'
import { startPeers } from '../chaos/stream.js'
import { composeServices, type ComposeService } from '../deploy/compose-services.js'
import { freePort } from '../support/rabta-process.js'
import { startFleet } from '../support/rabta-fleet.js'
import { temporaryFolder } from '../support/temporary-folder.js'

const PASSWORD = 'compose-only-password'
const STOPPED_WITHIN_MS = 10_000
/** The platform's secrets, which a deployment has in files. */
const SECRETS = ['RABTA_WHATSAPP_APP_SECRET', 'RABTA_WHATSAPP_VERIFY_TOKEN', 'RABTA_WHATSAPP_ACCESS_TOKEN']

const folder = temporaryFolder()
const fleet = startFleet({})
const closing: (() => Promise<void>)[] = []

afterAll(async () => {
  await fleet.end()
  for (const close of closing) await close()
  folder.remove()
})

function write(kind: string, name: string, content: string): string {
  const into = join(folder.path, kind)
  mkdirSync(into, { recursive: true })
  const file = join(into, name)
  writeFileSync(file, content, { mode: 0o600 })
  return file
}

/** What stands in deploy/rabta.env: the sources, with their secrets in files. */
async function operatorsSettings(): Promise<{
  settings: Record<string, string>
  say: (text: string) => string
  connect: (url: string) => Promise<boolean>
}> {
  const peers = await startPeers(0, folder.path, PASSWORD)
  closing.push(() => peers.close())
  const settings: Record<string, string> = {
    RABTA_NAMESPACE: `compose-${randomBytes(4).toString('hex')}`,
    RABTA_LOG_LEVEL: 'warn',
  }
  for (const [name, value] of Object.entries(peers.settings)) {
    if (SECRETS.includes(name)) settings[`${name}_FILE`] = write('platforms', name.toLowerCase(), `${value}\n`)
    else if (name.startsWith('RABTA_WHATSAPP_')) settings[name] = value
  }
  const say = (body: string) =>
    peers.whatsapp.receive({ from: { waId: '923000077777', name: 'Compose' }, type: 'text', body })
  return { settings, say: (text) => `whatsapp:${say(text)}`, connect: (url) => peers.whatsapp.connect(url) }
}

/** The environment of docker-compose.yml, with the hosts, ports, folders and secrets of this test in place of those of its containers, and nothing else changed. */
async function environmentOf({ name, environment }: ComposeService, replica: number): Promise<Record<string, string>> {
  const { kafka, elastic, postgres } = inject('engines')
  const hosts: Record<string, string> = {
    'kafka:9092': kafka,
    'elasticsearch:9200': new URL(elastic).host,
    'postgres:5432': new URL(postgres).host,
  }
  const secrets: Record<string, string> = { admin_password: PASSWORD }
  const made: Record<string, string> = {}
  for (const [setting, value] of Object.entries(environment)) {
    if (value.startsWith('/run/secrets/')) {
      const secret = basename(value)
      made[setting] = write('secrets', secret, `${secrets[secret] ?? 'not-asked-for-by-the-engines-of-the-test'}\n`)
    } else if (setting.endsWith('_PORT')) made[setting] = String(await freePort())
    // ingest and desk share a volume, the others have a folder of their own.
    else if (setting === 'RABTA_DATA')
      made[setting] = join(folder.path, ['ingest', 'desk'].includes(name) ? 'media' : `${name}-${replica}`)
    else if (setting === 'RABTA_HOST') made[setting] = '127.0.0.1'
    else made[setting] = Object.entries(hosts).reduce((text, [there, here]) => text.replace(there, here), value)
  }
  return made
}

/** As the health check of the file does: `rabta health` in the process's own environment. */
function isHealthy(environment: Readonly<Record<string, string>>): number | null {
  const path = { PATH: process.env['PATH'] ?? '', HOME: process.env['HOME'] ?? '' }
  return spawnSync(process.execPath, [packagePath('bin/rabta.js'), 'health'], { env: { ...path, ...environment } })
    .status
}

it('the services of docker-compose.yml run, become healthy, carry a message from its webhook to search and an alert, and stop cleanly', async () => {
  const { settings, say, connect } = await operatorsSettings()
  const environments = new Map<string, Record<string, string>>()
  for (const service of composeServices())
    for (let replica = 1; replica <= service.replicas; replica++)
      environments.set(`${service.name}-${replica}`, { ...settings, ...(await environmentOf(service, replica)) })
  expect(environments.size).toBe(10)
  const stageOf = new Map(composeServices().map(({ name, command }) => [name, command] as const))

  await Promise.all(
    [...environments].map(([name, environment]) => {
      const command = stageOf.get(name.replace(/-\d+$/, '')) ?? []
      expect(command).toHaveLength(1)
      return fleet.add(name, command[0] ?? '', environment)
    }),
  )
  for (const [name, environment] of environments) expect(isHealthy(environment), `${name}\n${fleet.log()}`).toBe(0)

  const url = `http://127.0.0.1:${environments.get('desk-1')?.['RABTA_PORT'] ?? ''}`
  expect(await connect(`${url}/hooks/whatsapp`)).toBe(true)
  const desk = await signInWithin(url, PASSWORD)
  const danger = say('Mardan bypass par abhi firing ho rahi hai, do log zakhmi hain, jaldi police bhejain')
  const ordinary = say('driving license banwane ka tareeqa kya hai, office ka time bata dein')
  const limits = { limitMs: 60_000, log: () => fleet.log() }
  await until('both messages are found', limits, async () => {
    const ids = (await desk.get<MentionPage>('/api/mentions')).items.map(({ mention }) => mention.id)
    return ids.length === 2 && ids.includes(danger) && ids.includes(ordinary) ? true : ids.join()
  })
  await until('the danger rings', limits, async () =>
    (await desk.alerts()).some(({ mentionIds }) => mentionIds.includes(danger)),
  )
  expect((await desk.alerts()).filter(({ rule }) => rule === 'danger').map(({ mentionIds }) => mentionIds)).toEqual([
    [danger],
  ])

  for (const [name, environment] of [...environments].reverse()) {
    const ended = await fleet.remove(name)
    expect(ended, name).toMatchObject({ code: 0, signal: null })
    expect(ended.tookMs, name).toBeLessThan(STOPPED_WITHIN_MS)
    expect(isHealthy(environment), name).toBe(3)
  }
  expect(fleet.ownEnds).toEqual([])
})
