import { spawnSync } from 'node:child_process'
import { copyFileSync, mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import { afterEach, describe, expect, test } from 'vitest'
import { readConfig } from '../../app/config.js'
import { STAGES } from '../../app/stage-names.js'
import { packagePath } from '../../runtime/package-root.js'
import { temporaryFolder } from '../support/temporary-folder.js'
import { composeFile, composeServices } from './compose-services.js'

const file = composeFile()
const services = Object.entries(file.services)
const ours = services.filter(([, { image }]) => image.startsWith('rabta:'))

const ends: (() => void)[] = []
afterEach(() => {
  for (const end of ends.splice(0)) end()
})

function folder(): string {
  const { path, remove } = temporaryFolder()
  ends.push(remove)
  return path
}

describe('docker-compose.yml', () => {
  test('runs every stage once as a service of its own name, by a command that exists', () => {
    expect(composeServices().map(({ command }) => command)).toEqual(STAGES.map((stage) => [stage]))
    expect(composeServices().map(({ name }) => name)).toEqual([...STAGES])
    expect(composeServices().find(({ name }) => name === 'alerts')?.replicas).toBe(2)
  })

  test.each(composeServices())('the settings of $name are right, with their secrets in files', ({ environment }) => {
    const secrets = folder()
    const given = { ...environment, RABTA_NEWS_FEEDS: 'https://example.com/feed' }
    for (const [name, value] of Object.entries(given)) {
      if (!value.startsWith('/run/secrets/')) continue
      const copy = join(secrets, basename(value))
      writeFileSync(copy, `of-${basename(value)}-32`)
      given[name as keyof typeof given] = copy
    }
    const config = readConfig(given, secrets)
    expect([config.bus, config.index]).toEqual([{ brokers: ['kafka:9092'] }, { nodes: ['http://elasticsearch:9200'] }])
    expect(config.records).toEqual({ url: 'postgres://rabta@postgres:5432/rabta' })
    expect([config.recordsPassword, config.indexPassword]).toEqual([
      'of-postgres_password-32',
      'of-elastic_password-32',
    ])
    expect(config.healthPort).toBeGreaterThan(0)
    expect(config.data).toBe('/data')
  })

  test.each(services)('%s is watched, bounded, and comes back', (_name, service) => {
    expect(service['restart']).toBe('unless-stopped')
    expect(service.healthcheck?.test.length).toBeGreaterThan(1)
    expect(Number(service.deploy?.resources?.limits?.cpus)).toBeGreaterThan(0)
    expect(service.deploy?.resources?.limits?.memory).toMatch(/^\d+[mg]$/)
    expect(service['pids_limit']).toBeGreaterThan(0)
    expect(service['logging']).toEqual({ driver: 'json-file', options: { 'max-size': '20m', 'max-file': '5' } })
    for (const [other, { condition }] of Object.entries(service.depends_on ?? {})) {
      expect(file.services[other]).toBeDefined()
      expect(condition).toBe('service_healthy')
    }
  })

  test.each(services)('%s has no right that it does not need', (name, service) => {
    expect(service['cap_drop']).toEqual(['ALL'])
    expect(service['security_opt']).toEqual(['no-new-privileges:true'])
    for (const forbidden of [
      'privileged',
      'cap_add',
      'devices',
      'pid',
      'ipc',
      'network_mode',
      'userns_mode',
      'container_name',
    ])
      expect(service).not.toHaveProperty(forbidden)
    for (const volume of service.volumes ?? []) {
      if (typeof volume === 'string') expect(Object.keys(file.volumes)).toContain(volume.split(':')[0])
      else expect(volume).toMatchObject({ type: 'bind', source: './deploy/secrets/platforms', read_only: true })
    }
    if (service.image.startsWith('rabta:') || name === 'postgres') {
      expect(service['read_only']).toBe(true)
      expect(service.tmpfs?.some((path) => path.startsWith('/tmp:'))).toBe(true)
    }
  })

  test.each(services)('%s: its image is one version, and no secret stands in the file', (_name, service) => {
    expect(service.image).toMatch(/:\d+\.\d+(\.\d+)?(-[a-z]+)?$/)
    for (const [name, value] of Object.entries(service.environment)) {
      expect(typeof value).toBe('string')
      if (!/PASSWORD|SECRET|TOKEN|API_KEY/.test(name)) continue
      expect(name).toMatch(/_FILE$/)
      expect(service.secrets).toContain(basename(value))
      expect(file.secrets[basename(value)]?.file).toBe(`./deploy/secrets/${basename(value)}`)
    }
    expect(JSON.stringify(service.environment)).not.toMatch(/:\/\/[^/@"]*:[^/@"]*@/)
  })

  test('only the desk is published, on this machine alone; the engines have no way out', () => {
    expect(services.filter(([, { ports }]) => ports !== undefined).map(([name]) => name)).toEqual(['desk'])
    expect(file.services['desk']?.ports).toEqual(['${RABTA_PUBLISH:-127.0.0.1:4100}:4100'])
    expect(file.networks['engines']?.internal).toBe(true)
    for (const name of ['kafka', 'elasticsearch', 'postgres']) {
      expect(file.services[name]?.networks).toEqual(['engines'])
      expect(file.services[name]?.volumes).toHaveLength(1)
    }
    const outside = services.filter(([, { networks }]) => networks.includes('outside')).map(([name]) => name)
    expect(outside.sort()).toEqual(['desk', 'ingest', 'send'])
  })

  test('files that came with messages are where they are fetched and where they are shown', () => {
    const holders = ours.filter(([, { volumes }]) => volumes?.includes('media:/data')).map(([name]) => name)
    expect(holders.sort()).toEqual(['desk', 'ingest'])
  })

  test('docker compose takes it, where it is installed', ({ skip }) => {
    const version = spawnSync('docker', ['compose', 'version'], { encoding: 'utf8' })
    if (version.status !== 0) skip('docker compose is not installed')
    const place = folder()
    mkdirSync(join(place, 'deploy/secrets/platforms'), { recursive: true })
    copyFileSync(packagePath('docker-compose.yml'), join(place, 'docker-compose.yml'))
    copyFileSync(packagePath('deploy/rabta.env.example'), join(place, 'deploy/rabta.env'))
    for (const name of Object.keys(file.secrets)) writeFileSync(join(place, 'deploy/secrets', name), 'x')
    const config = spawnSync('docker', ['compose', 'config', '--quiet'], { cwd: place, encoding: 'utf8' })
    expect(config.stderr).toBe('')
    expect(config.status).toBe(0)
  })
})

describe('deploy/make-secrets.sh', () => {
  const setUp = () => {
    const place = folder()
    copyFileSync(packagePath('deploy/make-secrets.sh'), join(place, 'make-secrets.sh'))
    const run = (args: string[] = [], input = '') =>
      spawnSync('sh', [join(place, 'make-secrets.sh'), ...args], { encoding: 'utf8', input })
    return { secrets: join(place, 'secrets'), run }
  }
  const mode = (path: string) => (statSync(path).mode & 0o777).toString(8)

  test('makes what docker-compose.yml asks for, each another one, in a folder closed to others; a second run changes nothing', () => {
    const { secrets, run } = setUp()
    expect(run().status).toBe(0)
    const names = Object.values(file.secrets).map((secret) => basename(secret.file ?? ''))
    const read = () => names.map((name) => readFileSync(join(secrets, name), 'utf8'))
    const made = read()
    expect(made).toHaveLength(3)
    for (const secret of made) expect(secret).toMatch(/^[A-Za-z0-9]{32}$/)
    expect(new Set(made).size).toBe(3)
    expect(mode(secrets)).toBe('700')
    expect(run().status).toBe(0)
    expect(read()).toEqual(made)
  })

  test('writes what it is given under a name, never over another, never nothing, never outside of its folder', () => {
    const { secrets, run } = setUp()
    expect(run(['x_bearer_token'], 'first').status).toBe(0)
    expect(run(['x_bearer_token'], 'second').status).toBe(1)
    expect(readFileSync(join(secrets, 'platforms/x_bearer_token'), 'utf8')).toBe('first')
    expect(mode(join(secrets, 'platforms/x_bearer_token'))).toBe('444')
    expect(run(['empty']).status).toBe(1)
    expect(run(['../escaped'], 'x').status).toBe(2)
  })

  test('says no secret', () => {
    const { secrets, run } = setUp()
    const { stdout, stderr } = run()
    expect(stdout + stderr).not.toContain(readFileSync(join(secrets, 'admin_password'), 'utf8'))
  })
})
