import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { chmodSync, existsSync, readdirSync, readFileSync } from 'node:fs'
import { dirname } from 'node:path'
import { createInterface } from 'node:readline'
import { Kafka, logLevel, type KafkaConfig } from 'kafkajs'
import pg from 'pg'
import { afterEach, expect, inject, test, vi } from 'vitest'
import { packagePath } from '../../../runtime/package-root.js'
import { startFaultProxy } from '../../support/fault-proxy.js'
import { temporaryFolder } from '../../support/temporary-folder.js'
import { startElasticsearch } from './elasticsearch.js'
import { startKafka } from './kafka.js'
import { startPostgres } from './postgres.js'
import { familyOf, isAlive, type Server } from './server.js'

const ends: (() => Promise<void>)[] = []
afterEach(async () => {
  for (const end of ends.splice(0)) await end()
})

function removed<S extends Server>(server: S): S {
  ends.push(() => server.remove())
  return server
}

const client = (broker: string, more: Partial<KafkaConfig> = {}) =>
  new Kafka({ brokers: [broker], logLevel: logLevel.NOTHING, retry: { retries: 20, maxRetryTime: 500 }, ...more })

async function send(kafka: Kafka, topic: string, value: string): Promise<void> {
  const producer = kafka.producer()
  await producer.connect()
  await producer.send({ topic, acks: -1, messages: [{ value }] })
  await producer.disconnect()
}

async function received(kafka: Kafka, topic: string, count: number): Promise<string[]> {
  const values: string[] = []
  const consumer = kafka.consumer({ groupId: `${topic}-readers` })
  await consumer.connect()
  await consumer.subscribe({ topic, fromBeginning: true })
  await consumer.run({ eachMessage: async ({ message }) => void values.push(message.value?.toString() ?? '') })
  await vi.waitFor(() => expect(values.length).toBe(count), { timeout: 60_000 })
  await consumer.disconnect()
  return values
}

async function makeTopic(kafka: Kafka, topic: string): Promise<void> {
  const admin = kafka.admin()
  await admin.connect()
  await admin.createTopics({ waitForLeaders: true, topics: [{ topic }] })
  await admin.disconnect()
}

async function rows(address: string, sql: string): Promise<unknown[]> {
  const database = new pg.Client({ connectionString: address })
  await database.connect()
  try {
    return (await database.query<object>(sql)).rows
  } finally {
    await database.end()
  }
}

/** The tests of what stands on them find out too: these run with the long forms. */
const long = process.env['RABTA_TEST_LONG'] === '1'

test('the three engines of the run answer', async () => {
  const { kafka, elastic, postgres } = inject('engines')
  const admin = client(kafka).admin()
  await admin.connect()
  expect((await admin.describeCluster()).brokers).toHaveLength(1)
  await admin.disconnect()
  const health = await fetch(`${elastic}/_cluster/health`)
  expect(await health.json()).toMatchObject({ timed_out: false, number_of_nodes: 1 })
  expect(await rows(postgres, `SELECT current_setting('server_encoding') AS encoding`)).toEqual([{ encoding: 'UTF8' }])
})

test.runIf(long)(
  'Kafka comes back from a power cut on its port with what it had acknowledged, and clients go by the address they are told',
  async () => {
    const proxy = await startFaultProxy()
    ends.push(() => proxy.close())
    const server = removed(await startKafka({ advertised: `127.0.0.1:${proxy.port}` }))
    const [host = '', port] = server.address.split(':')
    proxy.aim({ host, port: Number(port) })

    const kafka = client(server.address)
    await makeTopic(kafka, 'kept')
    await send(kafka, 'kept', 'پشاور')
    expect(proxy.stats().asked).toBeGreaterThan(0)

    const before = server.pid
    await server.kill()
    expect(isAlive(before)).toBe(false)
    await server.start()
    expect(server.pid).not.toBe(before)
    await send(kafka, 'kept', 'second')
    expect(await received(kafka, 'kept', 2)).toEqual(['پشاور', 'second'])
  },
)

test.runIf(long).each(['plain', 'scram-sha-256', 'scram-sha-512'] as const)(
  'Kafka with TLS and %s lets in who has the password, and nobody else',
  async (mechanism) => {
    const server = removed(await startKafka({ sasl: true, tls: true }))
    const login = server.login ?? { username: '', password: '' }
    const ca = readFileSync(server.caFile ?? '', 'utf8')
    const by = (password: string) =>
      client(server.address, {
        ssl: { ca },
        sasl: { mechanism, username: login.username, password } as KafkaConfig['sasl'] & object,
        retry: { retries: 0 },
      })
    await makeTopic(by(login.password), 'guarded')
    await expect(makeTopic(by('wrong'), 'stranger')).rejects.toThrow(/authenticat/i)
    await expect(makeTopic(client(server.address, { retry: { retries: 0 } }), 'stranger')).rejects.toThrow()
  },
)

test.runIf(long)('Elasticsearch comes back from a power cut with what it had acknowledged', async () => {
  const server = removed(await startElasticsearch())
  const document = `${server.address}/kept/_doc/1`
  const put = await fetch(document, {
    method: 'PUT',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ text: 'پشاور' }),
  })
  expect(put.status).toBe(201)
  const family = familyOf(server.pid)
  expect(family.length).toBeGreaterThan(1)
  await server.kill()
  expect(family.filter(isAlive)).toEqual([])
  await server.start()
  expect(await (await fetch(document)).json()).toMatchObject({ _source: { text: 'پشاور' } })
})

test.runIf(long)(
  'PostgreSQL comes back from a power cut and from an orderly stop; paused, it is silent and not gone',
  async () => {
    const server = removed(await startPostgres())
    await rows(server.address, `CREATE TABLE kept (text text); INSERT INTO kept VALUES ('پشاور')`)
    await server.kill()
    await expect(rows(server.address, 'SELECT 1')).rejects.toMatchObject({ code: 'ECONNREFUSED' })
    await server.start()
    await server.stop()
    await server.start()
    expect(await rows(server.address, 'SELECT text FROM kept')).toEqual([{ text: 'پشاور' }])

    server.pause()
    let answered = false
    const late = rows(server.address, 'SELECT 1 AS one').then((found) => {
      answered = true
      return found
    })
    // Another server answers meanwhile, so this one had the time.
    await rows(inject('engines').postgres, 'SELECT pg_sleep(0.2)')
    expect(answered).toBe(false)
    server.resume()
    expect(await late).toEqual([{ one: 1 }])
  },
)

test('a server whose test process is killed is ended, and its folder with it', async () => {
  const script = `
    import { runnerImport } from 'vite'
    const { module } = await runnerImport('./tests/engines/servers/postgres.ts', { configFile: false, logLevel: 'error' })
    const server = await module.startPostgres()
    console.log(server.pid + ' ' + server.logFile)
    setInterval(() => undefined, 1000)`
  const run = spawn(process.execPath, ['--input-type=module', '-e', script], {
    cwd: packagePath('.'),
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  const [line] = (await once(createInterface({ input: run.stdout }), 'line')) as [string]
  const [pid, logFile = ''] = line.split(' ')
  expect(isAlive(Number(pid))).toBe(true)
  run.kill('SIGKILL')
  await vi.waitFor(() => expect(isAlive(Number(pid))).toBe(false), { timeout: 10_000 })
  await vi.waitFor(() => expect(existsSync(dirname(logFile))).toBe(false), { timeout: 10_000 })
})

test('a server that cannot start says why, and leaves nothing behind', async () => {
  const own = temporaryFolder()
  chmodSync(own.path, 0o755)
  ends.push(async () => own.remove())
  vi.stubEnv('TMPDIR', own.path)
  await expect(startElasticsearch({ settings: { 'no.such.setting': 'x' } })).rejects.toThrow(
    /Elasticsearch did not start[\s\S]*no\.such\.setting/,
  )
  vi.unstubAllEnvs()
  expect(readdirSync(own.path)).toEqual([])
})
