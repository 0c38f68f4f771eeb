import { readFileSync } from 'node:fs'
import { loadavg } from 'node:os'

/** Values of one measure, one a round; printed as their median and range. */
export class Figures {
  readonly #values = new Map<string, { unit: string; values: number[] }>()

  add(name: string, value: number, unit: string): void {
    const known = this.#values.get(name) ?? { unit, values: [] }
    known.values.push(value)
    this.#values.set(name, known)
  }

  print(title: string): void {
    const load = loadavg().map((one) => one.toFixed(1))
    console.log(`\n${title} (load average now ${load.join(', ')})`)
    for (const [name, { unit, values }] of this.#values) {
      const sorted = [...values].sort((a, b) => a - b)
      const [least, most] = [sorted[0] ?? 0, sorted.at(-1) ?? 0]
      const range = sorted.length === 1 ? '' : `  (${shown(least)} to ${shown(most)}, ${sorted.length} times)`
      console.log(`  ${name.padEnd(64)} ${shown(partOf(sorted, 0.5))} ${unit}${range}`)
    }
  }
}

export const shown = (value: number): string => {
  if (value >= 100) return Math.round(value).toLocaleString('en')
  return value.toFixed(value >= 10 ? 1 : 2)
}

/** A quantile of sorted values. */
export const partOf = (sorted: readonly number[], part: number): number =>
  sorted[Math.floor(part * (sorted.length - 1))] ?? 0

/** Runs `work` and answers how many of `count` were done a second. */
export async function rateOf(count: number, work: () => Promise<unknown>): Promise<number> {
  const started = performance.now()
  await work()
  return (count / (performance.now() - started)) * 1000
}

/** Milliseconds that this process kept a core busy for each of `count`: on a machine that others use too it says more than the rate. */
export async function cpuOf(count: number, work: () => Promise<unknown>): Promise<number> {
  const before = process.cpuUsage()
  await work()
  const { user, system } = process.cpuUsage(before)
  return (user + system) / 1000 / count
}

const TICK_MS = 10

/** Milliseconds of a core that another process has used; NaN where the system does not say. */
export function cpuMsOf(pid: number): number {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8')
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
    return (Number(fields[11]) + Number(fields[12])) * TICK_MS
  } catch {
    return NaN
  }
}

/** Runs `work` so often, one after the other, and answers how many milliseconds each took, sorted. */
export async function timesOf(rounds: number, work: (round: number) => Promise<unknown>): Promise<number[]> {
  const times: number[] = []
  for (let round = 0; round < rounds; round++) {
    const started = performance.now()
    await work(round)
    times.push(performance.now() - started)
  }
  return times.sort((a, b) => a - b)
}

export const pausesFor = (waitMs: number) => new Promise<void>((resolve) => setTimeout(resolve, waitMs))

export async function until(what: string, isSo: () => boolean | Promise<boolean>, withinMs = 300_000): Promise<void> {
  const deadline = performance.now() + withinMs
  while (!(await isSo())) {
    if (performance.now() > deadline) throw new Error(`${what}: not within ${withinMs} ms`)
    await pausesFor(20)
  }
}
