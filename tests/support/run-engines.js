// `npm run engines`: Kafka, Elasticsearch and PostgreSQL on this machine, without Docker, for trying Rabta on them. Their data goes with them.
// In the foreground until Ctrl-C; with --detach they stay behind, until --stop.
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { homedir } from 'node:os'
import { dirname, join } from 'node:path'
import { setInterval, clearInterval } from 'node:timers'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { runnerImport } from 'vite'

const root = join(dirname(fileURLToPath(import.meta.url)), '..', '..')
const listFile = join(process.env.XDG_CACHE_HOME || join(homedir(), '.cache'), 'rabta-engines', 'detached.json')

async function load(file) {
  const path = join(root, 'tests/engines/servers', file)
  const { module } = await runnerImport(path, { root, configFile: false, logLevel: 'error' })
  return module
}

async function start(outlives) {
  const [{ startKafka }, { startElasticsearch }, { startPostgres }] = await Promise.all(
    ['kafka.ts', 'elasticsearch.ts', 'postgres.ts'].map(load),
  )
  console.log('Starting Kafka, Elasticsearch and PostgreSQL (the first time they are downloaded)…')
  const begun = await Promise.allSettled([
    startKafka({ outlives }),
    startElasticsearch({ outlives }),
    startPostgres({ outlives }),
  ])
  const servers = begun.flatMap(({ value }) => (value === undefined ? [] : [value]))
  const problems = begun.flatMap(({ reason }) => (reason === undefined ? [] : [reason.message]))
  if (problems.length === 0) return servers
  for (const server of servers) await server.remove()
  throw new Error(problems.join('\n'))
}

function printSettings([kafka, elastic, postgres]) {
  console.log(`
RABTA_BUS=kafka://${kafka.address}
RABTA_INDEX=${elastic.address}
RABTA_RECORDS=${postgres.address}

For tests against them: RABTA_TEST_KAFKA=${kafka.address} RABTA_TEST_ELASTIC=${elastic.address} RABTA_TEST_POSTGRES=${postgres.address}
`)
}

/** When a process began, so that a number that was given again is not taken for it; undefined where the system does not say. */
function beganAt(pid) {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8')
    return stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19]
  } catch {
    return undefined
  }
}

async function detach() {
  if (existsSync(listFile)) throw new Error('engines were left running before: npm run engines -- --stop')
  const servers = await start(true)
  const list = servers.map(({ pid, logFile }) => ({ pid, beganAt: beganAt(pid), folder: dirname(logFile) }))
  mkdirSync(dirname(listFile), { recursive: true })
  writeFileSync(listFile, JSON.stringify(list, null, 2))
  printSettings(servers)
  console.log('They stay when this ends. Stop them, and delete their data: npm run engines -- --stop')
}

async function stop() {
  if (!existsSync(listFile)) throw new Error('no engines were left running by this user')
  const { familyOf, isAlive, signal } = await load('server.ts')
  for (const left of JSON.parse(readFileSync(listFile, 'utf8'))) {
    if (isAlive(left.pid) && beganAt(left.pid) === left.beganAt) {
      const family = familyOf(left.pid)
      signal(family, 'SIGKILL')
      while (family.some(isAlive)) await sleep(20)
    }
    rmSync(left.folder, { recursive: true, force: true })
  }
  rmSync(listFile)
  console.log('stopped, and their data is deleted')
}

async function stay() {
  const servers = await start(false)
  printSettings(servers)
  console.log('Ctrl-C stops them and deletes their data.')
  // The servers hold nothing open here: something must.
  const waiting = setInterval(() => undefined, 3_600_000)
  await new Promise((resolve) => {
    for (const name of ['SIGINT', 'SIGTERM']) process.once(name, resolve)
  })
  clearInterval(waiting)
  console.log('stopping…')
  await Promise.all(servers.map((server) => server.remove()))
}

/** So that a test run does not wait for it. */
async function download() {
  const { kafkaJars, elasticsearchHome } = await load('download.ts')
  for (const fetch of [kafkaJars, elasticsearchHome]) console.log(await fetch())
}

const [flag, ...more] = process.argv.slice(2)
const ways = { '--detach': detach, '--stop': stop, '--download': download }
if (more.length > 0 || (flag !== undefined && ways[flag] === undefined)) {
  console.error('usage: npm run engines [-- --detach | --stop | --download]')
  process.exit(2)
}
try {
  await (ways[flag] ?? stay)()
  process.exit(0)
} catch (error) {
  console.error(error.message)
  process.exit(1)
}
