import { execFile } from 'node:child_process'
import { chownSync, existsSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { promisify } from 'node:util'
import pg from 'pg'
import { lastingPort, runServer, serverFolder, unprivileged, type Server } from './server.js'

const run = promisify(execFile)
const INSTALLED = ['/usr/lib/postgresql', '/usr/local/lib/postgresql', '/opt/homebrew/opt']

export interface PostgresOptions {
  readonly port?: number
  readonly outlives?: boolean
}

/** An empty database `rabta` of the user `rabta`, UTF-8, trusting whoever asks on loopback; durable as in production. */
export async function startPostgres(options: PostgresOptions = {}): Promise<Server> {
  const programs = programFolder()
  const owner = unprivileged('postgres', 'rabta-engines', 'nobody')
  const folder = serverFolder('postgres')
  if (owner !== undefined) chownSync(folder, owner.uid, owner.gid)
  const port = options.port ?? (await lastingPort())
  const data = join(folder, 'data')
  const cluster = ['-U', 'rabta', '-A', 'trust', '-E', 'UTF8', '--locale=C.UTF-8', '--no-instructions', '--no-sync']
  await run(join(programs, 'initdb'), ['-D', data, ...cluster], { cwd: folder, ...owner })
  const settings = {
    listen_addresses: '127.0.0.1',
    unix_socket_directories: folder,
    shared_buffers: '64MB',
    timezone: 'UTC',
    log_timezone: 'UTC',
  }
  const parameters = Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`])
  const server = await runServer({
    name: 'PostgreSQL',
    address: `postgres://rabta@127.0.0.1:${port}/rabta`,
    folder,
    program: join(programs, 'postgres'),
    parameters: ['-D', data, '-p', String(port), ...parameters],
    owner,
    // Its "fast" shutdown: sessions are ended, nothing is lost.
    stopSignal: 'SIGINT',
    isHealthy: async () => {
      await ask(port, 'SELECT 1')
      return true
    },
    ...(options.outlives === undefined ? {} : { outlives: options.outlives }),
  })
  await ask(port, 'CREATE DATABASE rabta')
  return server
}

function programFolder(): string {
  const versions = INSTALLED.flatMap((folder) =>
    existsSync(folder) ? readdirSync(folder).map((name) => join(folder, name, 'bin')) : [],
  )
  const number = (path: string) => Number(/(\d+)\/bin$/.exec(path)?.[1] ?? 0)
  const candidates = [...versions.sort((a, b) => number(b) - number(a)), ...(process.env['PATH'] ?? '').split(':')]
  const found = candidates.find((path) => existsSync(join(path, 'initdb')) && existsSync(join(path, 'postgres')))
  if (found === undefined) throw new Error('PostgreSQL is not installed: apt-get install postgresql')
  return found
}

async function ask(port: number, sql: string): Promise<void> {
  const client = new pg.Client({
    host: '127.0.0.1',
    port,
    user: 'rabta',
    database: 'postgres',
    connectionTimeoutMillis: 2000,
  })
  client.on('error', () => undefined)
  try {
    await client.connect()
    await client.query(sql)
  } finally {
    await client.end().catch(() => undefined)
  }
}
