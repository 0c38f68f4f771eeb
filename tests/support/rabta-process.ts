import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { createServer } from 'node:net'
import { createInterface } from 'node:readline'
import { packagePath } from '../../runtime/package-root.js'

export interface RabtaProcess {
  readonly url: string
  readonly pid: number
  /** What it printed for people, line by line. */
  readonly printed: readonly string[]
  /** Its log lines. */
  readonly logged: readonly string[]
  /** Closes our ends of the pipes that it prints and logs to. */
  stopReading(): void
  kill(signal: NodeJS.Signals): Promise<{ code: number | null; signal: NodeJS.Signals | null }>
}

const START_LIMIT_MS = 60_000
const running = new Set<ChildProcess>()

/** Ends whatever a failed test left running. */
export async function endAllRabta(): Promise<void> {
  for (const child of running) {
    child.kill('SIGKILL')
    await once(child, 'exit').catch(() => undefined)
  }
}

/** A port that was free a moment ago, for a process that must come back on the same one. */
export async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as { port: number }
  server.close()
  await once(server, 'close')
  return port
}

/** Starts the built `rabta all` as its user would, with these settings and no others; resolves when it prints its address. */
export async function startRabta(settings: Readonly<Record<string, string>>, command = 'all'): Promise<RabtaProcess> {
  const child = spawn(process.execPath, [packagePath('bin/rabta.js'), command], {
    env: { PATH: process.env['PATH'] ?? '', HOME: process.env['HOME'] ?? '', ...settings },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  running.add(child)
  child.once('exit', () => running.delete(child))
  const printed: string[] = []
  const logged: string[] = []
  createInterface({ input: child.stderr }).on('line', (line) => logged.push(line))
  const url = await new Promise<string>((resolve, reject) => {
    const timer = setTimeout(
      () => reject(new Error(`no address within ${START_LIMIT_MS} ms:\n${logged.join('\n')}`)),
      START_LIMIT_MS,
    )
    createInterface({ input: child.stdout }).on('line', (line) => {
      printed.push(line)
      const address = /http:\/\/[\d.]+:\d+/.exec(line)
      if (address === null) return
      clearTimeout(timer)
      resolve(address[0])
    })
    child.once('exit', (code) => {
      clearTimeout(timer)
      reject(new Error(`rabta ended with ${code} before it was ready:\n${[...printed, ...logged].join('\n')}`))
    })
  })
  return {
    url,
    pid: child.pid ?? 0,
    printed,
    logged,
    stopReading: () => {
      child.stdout.destroy()
      child.stderr.destroy()
    },
    kill: async (signal) => {
      const ended = once(child, 'exit') as Promise<[number | null, NodeJS.Signals | null]>
      if (child.exitCode !== null || child.signalCode !== null)
        return { code: child.exitCode, signal: child.signalCode }
      child.kill(signal)
      const [code, by] = await ended
      return { code, signal: by }
    },
  }
}

export interface SignedInClient {
  get<T>(path: string): Promise<T>
  post(path: string, body: unknown): Promise<{ status: number; body: unknown }>
  readonly cookie: string
}

/** Signs in and calls the API with the session's cookie. */
export async function signIn(url: string, password: string, username = 'admin'): Promise<SignedInClient> {
  const answer = await fetch(`${url}/api/session`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ username, password }),
  })
  if (answer.status !== 204) throw new Error(`sign-in answered ${answer.status}: ${await answer.text()}`)
  const cookie = (answer.headers.get('set-cookie') ?? '').split(';')[0] ?? ''
  return {
    cookie,
    get: async <T>(path: string) => {
      const got = await fetch(`${url}${path}`, { headers: { cookie } })
      if (!got.ok) throw new Error(`${path} answered ${got.status}: ${await got.text()}`)
      return (await got.json()) as T
    },
    post: async (path, body) => {
      const got = await fetch(`${url}${path}`, {
        method: 'POST',
        headers: { cookie, 'content-type': 'application/json' },
        body: JSON.stringify(body),
      })
      const text = await got.text()
      return { status: got.status, body: text === '' ? undefined : (JSON.parse(text) as unknown) }
    },
  }
}
