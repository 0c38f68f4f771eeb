import { execFileSync, spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { closeSync, existsSync, mkdtempSync, openSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

/** A real server of the test's own: started from its own folder, on its own port, and gone with the process that started it. */
export interface Server {
  /** Of the process started last. */
  readonly pid: number
  readonly address: string
  /** What the server wrote, over all its starts. */
  readonly logFile: string
  /** Ends it as a power cut would: SIGKILL to it and to every process of its own. Resolves when they are gone. */
  kill(): Promise<void>
  /** Starts it again on the same port and data. Resolves when it is healthy; throws with the end of its log where it does not become so. */
  start(): Promise<void>
  /** Orderly; SIGKILL where that takes longer than half a minute. */
  stop(): Promise<void>
  /** SIGSTOP: its connections stay open and nothing answers. */
  pause(): void
  resume(): void
  /** Kills it if needed and deletes its folder. */
  remove(): Promise<void>
}

/** What makes a program a `Server`. */
export interface Recipe {
  readonly name: string
  readonly address: string
  /** Deleted by `remove`. */
  readonly folder: string
  readonly program: string
  readonly parameters: readonly string[]
  readonly environment?: Readonly<Record<string, string>>
  /** Whose process it is; else that of this process. */
  readonly owner?: Owner | undefined
  readonly stopSignal: NodeJS.Signals
  /** Asked again and again until it is true; a rejection counts as false. */
  isHealthy(): Promise<boolean>
  /** Leaves it running when this process ends. */
  readonly outlives?: boolean
}

export interface Owner {
  readonly uid: number
  readonly gid: number
}

const HEALTHY_WITHIN_MS = 240_000
const STOPPED_WITHIN_MS = 30_000
const ASKED_EVERY_MS = 100

export const pause = (ms: number) => new Promise<void>((resolve) => setTimeout(resolve, ms))

/** Starts it for the first time. Where that fails its folder is deleted, and the error holds the end of its log. */
export async function runServer(recipe: Recipe): Promise<Server> {
  const server = new RunningServer(recipe)
  try {
    await server.start()
    return server
  } catch (error) {
    await server.remove()
    throw error
  }
}

class RunningServer implements Server {
  readonly address: string
  readonly logFile: string
  readonly #recipe: Recipe
  #child: ChildProcess | undefined
  #watchdog: ChildProcess | undefined

  constructor(recipe: Recipe) {
    this.#recipe = recipe
    this.address = recipe.address
    this.logFile = join(recipe.folder, 'server.log')
  }

  get pid(): number {
    return this.#child?.pid ?? 0
  }

  get #isRunning(): boolean {
    return this.#child !== undefined && this.#child.exitCode === null && this.#child.signalCode === null
  }

  async start(): Promise<void> {
    if (this.#isRunning) return
    const { program, parameters, environment, owner, folder, name, outlives = false } = this.#recipe
    const log = openSync(this.logFile, 'a')
    const child = spawn(program, parameters, {
      cwd: folder,
      detached: true,
      stdio: ['ignore', log, log],
      env: { PATH: process.env['PATH'] ?? '', HOME: folder, LANG: 'C.UTF-8', ...environment },
      ...owner,
    })
    closeSync(log)
    this.#child = child
    const failed = new Promise<string>((resolve) => {
      child.once('error', (error) => resolve(error.message))
      child.once('exit', (code, signal) => resolve(`it ended with ${code ?? signal}`))
    })
    child.unref()
    if (!outlives && child.pid !== undefined) this.#watchdog = watch(child.pid, folder)
    const problem = await Promise.race([failed, this.#healthy()])
    if (problem === undefined) return
    await this.kill()
    throw new Error(`${name} did not start: ${problem}\n${this.#endOfLog()}`)
  }

  async kill(): Promise<void> {
    if (this.#isRunning) {
      const ended = this.#ended()
      const family = familyOf(this.pid)
      signal(family, 'SIGKILL')
      await ended
      while (family.some(isAlive)) await pause(10)
    }
    this.#watchdog?.kill('SIGKILL')
  }

  async stop(): Promise<void> {
    if (this.#isRunning) {
      const ended = this.#ended()
      const family = familyOf(this.pid)
      signal(family, 'SIGCONT')
      signal([this.pid], this.#recipe.stopSignal)
      const late = setTimeout(() => signal(familyOf(this.pid), 'SIGKILL'), STOPPED_WITHIN_MS)
      await ended
      clearTimeout(late)
      // Elasticsearch's launcher may end a moment before the server that it launched.
      while (family.some(isAlive)) await pause(10)
    }
    this.#watchdog?.kill('SIGKILL')
  }

  pause(): void {
    signal(familyOf(this.pid), 'SIGSTOP')
  }

  resume(): void {
    signal(familyOf(this.pid), 'SIGCONT')
  }

  async remove(): Promise<void> {
    await this.kill()
    rmSync(this.#recipe.folder, { recursive: true, force: true })
  }

  /** Waits for it though it is let go of otherwise: a server must not keep a failed test's process. */
  async #ended(): Promise<void> {
    const child = this.#child
    child?.ref()
    if (child !== undefined) await once(child, 'exit')
  }

  async #healthy(): Promise<string | undefined> {
    const until = performance.now() + HEALTHY_WITHIN_MS
    while (this.#isRunning && performance.now() < until) {
      if (await this.#recipe.isHealthy().catch(() => false)) return undefined
      await pause(ASKED_EVERY_MS)
    }
    return `not healthy within ${HEALTHY_WITHIN_MS / 1000} s`
  }

  #endOfLog(): string {
    return readFileSync(this.logFile, 'utf8').split('\n').slice(-40).join('\n')
  }
}

/**
 * Ends the server when this process is gone, however it went: the pipe closes then, and no handler of ours could run after a SIGKILL.
 * PostgreSQL's own processes, which leave the group, end by themselves when their postmaster is gone.
 */
function watch(pid: number, folder: string): ChildProcess {
  const script = 'cat >/dev/null; kill -s KILL -- "-$0" 2>/dev/null; sleep 1; rm -rf -- "$1"'
  const watchdog = spawn('/bin/sh', ['-c', script, String(pid), folder], {
    detached: true,
    cwd: '/',
    stdio: ['pipe', 'ignore', 'ignore'],
  })
  watchdog.unref()
  const pipe = watchdog.stdin as unknown as { unref?: () => void; on(event: 'error', listener: () => void): void }
  pipe.unref?.()
  pipe.on('error', () => undefined)
  return watchdog
}

/** A process and all that it started, found by parentage: PostgreSQL's processes each make a group of their own. */
export function familyOf(pid: number): number[] {
  if (pid <= 0) return []
  const parents = parentsOfAll()
  const family = [pid]
  for (const member of family) for (const [child, parent] of parents) if (parent === member) family.push(child)
  return family
}

function parentsOfAll(): [pid: number, parent: number][] {
  if (!existsSync('/proc/self/stat')) {
    const lines = execFileSync('ps', ['-A', '-o', 'pid=,ppid='], { encoding: 'utf8' }).trim().split('\n')
    return lines.map((line) => line.trim().split(/\s+/).map(Number) as [number, number])
  }
  return readdirSync('/proc')
    .filter((entry) => /^\d+$/.test(entry))
    .flatMap((entry) => {
      const parent = statOf(Number(entry))?.[1]
      return parent === undefined ? [] : [[Number(entry), Number(parent)] as [number, number]]
    })
}

/** From the state on, which stands behind the name in brackets; undefined if there is no such process. */
function statOf(pid: number): string[] | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8')
    return stat.slice(stat.lastIndexOf(')') + 2).split(' ')
  } catch {
    return undefined
  }
}

/** One that has ended and that nobody has asked about yet (a container's first process may never do so) is not alive. */
export function isAlive(pid: number): boolean {
  if (existsSync('/proc/self/stat')) {
    const state = statOf(pid)?.[0]
    return state !== undefined && state !== 'Z'
  }
  try {
    process.kill(pid, 0)
    return true
  } catch {
    return false
  }
}

export function signal(pids: readonly number[], name: NodeJS.Signals): void {
  for (const pid of pids) {
    try {
      process.kill(pid, name)
    } catch {
      // It is gone already.
    }
  }
}

/** A new folder under the system's own for temporary things, of that owner. */
export function serverFolder(name: string): string {
  return mkdtempSync(join(tmpdir(), `rabta-${name}-`))
}

/**
 * A port that is free, below those that the system gives to outgoing connections: a server that is down for a while must find its own
 * still free when it comes back.
 */
export async function lastingPort(): Promise<number> {
  for (let turn = 0; turn < 100; turn++) {
    const port = 20_000 + Math.floor(Math.random() * 12_000)
    if (await isFree(port)) return port
  }
  throw new Error('no free port between 20000 and 32000')
}

async function isFree(port: number): Promise<boolean> {
  const probe = createServer()
  try {
    probe.listen(port, '127.0.0.1')
    await once(probe, 'listening')
    probe.close()
    await once(probe, 'close')
    return true
  } catch {
    return false
  }
}

/** Who runs what refuses to run as root: the first of these users that exists; undefined where this process is not root's. */
export function unprivileged(...users: readonly string[]): Owner | undefined {
  if (process.getuid?.() !== 0) return undefined
  const lines = readFileSync('/etc/passwd', 'utf8').split('\n')
  for (const user of users) {
    const [, , uid, gid] = lines.find((line) => line.startsWith(`${user}:`))?.split(':') ?? []
    if (uid !== undefined && gid !== undefined) return { uid: Number(uid), gid: Number(gid) }
  }
  throw new Error(`none of the users ${users.join(', ')} exists: run as a user other than root, or make one of them`)
}
