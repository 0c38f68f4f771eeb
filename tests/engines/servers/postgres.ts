import { execFile, execFileSync } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { chmodSync, chownSync, existsSync, readFileSync, readdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { promisify } from 'node:util'
import pg from 'pg'
import { lastingPort, runServer, serverFolder, unprivileged, type Owner, type Server } from './server.js'

const run = promisify(execFile)
const INSTALLED = ['/usr/lib/postgresql', '/usr/local/lib/postgresql', '/opt/homebrew/opt']

export interface PostgresOptions {
  readonly port?: number
  readonly outlives?: boolean
  /** Speaks TLS alone, with a certificate of its own making, and lets in who knows the password, by SCRAM. */
  readonly guarded?: boolean
}

/** A server that is guarded says what gets in. */
export interface PostgresServer extends Server {
  readonly password: string | undefined
  /** The authority that its certificate is of, as a PEM file. */
  readonly caFile: string | undefined
}

/** An empty database `rabta` of the user `rabta`, UTF-8, trusting whoever asks on loopback unless it is guarded; durable as in production. */
export async function startPostgres(options: PostgresOptions = {}): Promise<PostgresServer> {
  const programs = programFolder()
  const owner = unprivileged('postgres', 'rabta-engines', 'nobody')
  const folder = serverFolder('postgres')
  if (owner !== undefined) chownSync(folder, owner.uid, owner.gid)
  const port = options.port ?? (await lastingPort())
  const data = join(folder, 'data')
  const guard = options.guarded === true ? makeGuard(folder, owner) : undefined
  const access = guard === undefined ? ['-A', 'trust'] : ['-A', 'scram-sha-256', '--pwfile', guard.passwordFile]
  const cluster = ['-U', 'rabta', ...access, '-E', 'UTF8', '--locale=C.UTF-8', '--no-instructions', '--no-sync']
  await run(join(programs, 'initdb'), ['-D', data, ...cluster], { cwd: folder, ...owner })
  // What is not written here is refused: there is no line for a connection in the clear.
  if (guard !== undefined) writeFileSync(join(data, 'pg_hba.conf'), 'hostssl all all 127.0.0.1/32 scram-sha-256\n')
  const settings = {
    listen_addresses: '127.0.0.1',
    unix_socket_directories: folder,
    shared_buffers: '64MB',
    timezone: 'UTC',
    log_timezone: 'UTC',
    ...(guard === undefined ? {} : { ssl: 'on', ssl_cert_file: guard.caFile, ssl_key_file: guard.keyFile }),
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
      await ask(port, 'SELECT 1', guard)
      return true
    },
    ...(options.outlives === undefined ? {} : { outlives: options.outlives }),
  })
  await ask(port, 'CREATE DATABASE rabta', guard)
  return Object.assign(server, { password: guard?.password, caFile: guard?.caFile })
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

interface Guard {
  readonly password: string
  readonly passwordFile: string
  readonly caFile: string
  readonly keyFile: string
}

function makeGuard(folder: string, owner: Owner | undefined): Guard {
  const password = randomBytes(12).toString('hex')
  const [passwordFile, caFile, keyFile] = ['password', 'ca.pem', 'key.pem'].map((name) => join(folder, name)) as [
    string,
    string,
    string,
  ]
  writeFileSync(passwordFile, password)
  const names = ['-subj', '/CN=localhost', '-addext', 'subjectAltName=IP:127.0.0.1,DNS:localhost']
  execFileSync(
    'openssl',
    ['req', '-x509', '-newkey', 'rsa:2048', '-nodes', '-days', '30', ...names, '-keyout', keyFile, '-out', caFile],
    { stdio: 'ignore' },
  )
  for (const file of [passwordFile, caFile, keyFile]) {
    chmodSync(file, 0o600)
    if (owner !== undefined) chownSync(file, owner.uid, owner.gid)
  }
  return { password, passwordFile, caFile, keyFile }
}

async function ask(port: number, sql: string, guard?: Guard): Promise<void> {
  const client = new pg.Client({
    host: '127.0.0.1',
    port,
    user: 'rabta',
    database: 'postgres',
    connectionTimeoutMillis: 2000,
    ...(guard === undefined ? {} : { password: guard.password, ssl: { ca: readFileSync(guard.caFile, 'utf8') } }),
  })
  client.on('error', () => undefined)
  try {
    await client.connect()
    await client.query(sql)
  } finally {
    await client.end().catch(() => undefined)
  }
}
