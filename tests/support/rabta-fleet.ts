import { spawn, type ChildProcess } from 'node:child_process'
import { createInterface } from 'node:readline'
import { packagePath } from '../../runtime/package-root.js'

export interface End {
  readonly name: string
  readonly code: number | null
  readonly signal: NodeJS.Signals | null
}

/**
 * Processes of rabta, each under a name, with a supervisor that starts a process again when it ends, as the restart policy of a container does.
 * Nothing outlives the process that made the fleet.
 */
export interface Fleet {
  /** Starts `rabta COMMAND` with the settings of the fleet and these; resolves when it runs, rejects where that takes too long. */
  add(name: string, command: string, settings?: Readonly<Record<string, string>>): Promise<void>
  /** Resolves when that process has ended; the supervisor starts the next. */
  kill(name: string, signal: NodeJS.Signals): Promise<End & { readonly tookMs: number }>
  /** Resolves when a process of this name runs. */
  running(name: string): Promise<void>
  /** Ends it for good, by SIGTERM. */
  remove(name: string): Promise<End & { readonly tookMs: number }>
  /** Of the process that runs now; 0 between two. */
  pid(name: string): number
  names(): readonly string[]
  /** Ends that this test did not ask for: a part gave up, and the supervisor began again. */
  readonly ownEnds: readonly End[]
  /** The last lines of each process, for a test that failed. */
  log(lines?: number): string
  /** Ends all at once, by their ids. */
  end(): Promise<void>
}

const RUNS_WITHIN_MS = 120_000
const AGAIN_AFTER_MS = 200
const KEPT_LINES = 2000

interface Member {
  readonly name: string
  readonly command: string
  readonly settings: Readonly<Record<string, string>>
  readonly lines: string[]
  child: ChildProcess | undefined
  isWanted: boolean
  isAsked: boolean
  runs: boolean
  waiting: (() => void)[]
}

export function startFleet(settings: Readonly<Record<string, string>>): Fleet {
  const members = new Map<string, Member>()
  const ownEnds: End[] = []
  const all = new Set<ChildProcess>()
  let isOver = false
  const killAll = () => {
    for (const child of all) child.kill('SIGKILL')
  }
  process.once('exit', killAll)

  function start(member: Member): void {
    const child = spawn(process.execPath, [packagePath('bin/rabta.js'), member.command], {
      env: { PATH: process.env['PATH'] ?? '', HOME: process.env['HOME'] ?? '', ...settings, ...member.settings },
      stdio: ['ignore', 'pipe', 'pipe'],
    })
    all.add(child)
    member.child = child
    member.isAsked = false
    const note = (line: string) => {
      member.lines.push(line)
      if (member.lines.length > KEPT_LINES) member.lines.shift()
    }
    note(`-- started, process ${child.pid}`)
    createInterface({ input: child.stderr }).on('line', note)
    createInterface({ input: child.stdout }).on('line', (line) => {
      note(line)
      if (!line.startsWith('Rabta runs')) return
      member.runs = true
      for (const go of member.waiting.splice(0)) go()
    })
    child.once('exit', (code, signal) => {
      all.delete(child)
      member.runs = false
      note(`-- ended with ${code ?? signal}`)
      if (!member.isAsked) ownEnds.push({ name: member.name, code, signal })
      if (member.isWanted && !isOver)
        setTimeout(() => {
          if (member.isWanted && !isOver) start(member)
        }, AGAIN_AFTER_MS)
    })
  }

  function memberOf(name: string): Member {
    const member = members.get(name)
    if (member === undefined) throw new Error(`the fleet has no ${name}`)
    return member
  }

  async function running(name: string): Promise<void> {
    const member = memberOf(name)
    if (member.runs) return
    await new Promise<void>((resolve, reject) => {
      const timer = setTimeout(
        () =>
          reject(new Error(`${name} does not run within ${RUNS_WITHIN_MS} ms:\n${member.lines.slice(-40).join('\n')}`)),
        RUNS_WITHIN_MS,
      )
      member.waiting.push(() => {
        clearTimeout(timer)
        resolve()
      })
    })
  }

  async function end(member: Member, signal: NodeJS.Signals): Promise<End & { tookMs: number }> {
    const { child, name } = member
    const began = performance.now()
    member.isAsked = true
    if (child !== undefined && child.exitCode === null && child.signalCode === null)
      await new Promise<void>((resolve) => {
        child.once('exit', () => resolve())
        child.kill(signal)
      })
    return {
      name,
      code: child?.exitCode ?? null,
      signal: child?.signalCode ?? null,
      tookMs: Math.round(performance.now() - began),
    }
  }

  return {
    add: async (name, command, own = {}) => {
      if (members.has(name)) throw new Error(`the fleet has a ${name} already`)
      const member: Member = {
        name,
        command,
        settings: own,
        lines: [],
        child: undefined,
        isWanted: true,
        isAsked: false,
        runs: false,
        waiting: [],
      }
      members.set(name, member)
      start(member)
      await running(name)
    },
    kill: (name, signal) => end(memberOf(name), signal),
    running,
    remove: async (name) => {
      const member = memberOf(name)
      member.isWanted = false
      const ended = await end(member, 'SIGTERM')
      members.delete(name)
      return ended
    },
    pid: (name) => {
      const { child } = memberOf(name)
      return child === undefined || child.exitCode !== null || child.signalCode !== null ? 0 : (child.pid ?? 0)
    },
    names: () => [...members.keys()],
    ownEnds,
    log: (lines = 15) =>
      [...members.values()].map((member) => `== ${member.name}\n${member.lines.slice(-lines).join('\n')}`).join('\n'),
    end: async () => {
      isOver = true
      const gone = [...all].map((child) => new Promise<void>((resolve) => child.once('exit', () => resolve())))
      killAll()
      await Promise.all(gone)
      process.off('exit', killAll)
    },
  }
}
