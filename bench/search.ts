import { mkdtempSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { monitorEventLoopDelay, performance } from 'node:perf_hooks'
import { openSqliteMentionIndex } from '../index/sqlite/sqlite-mention-index.js'
import { systemClock } from '../runtime/clock.js'
import { createLog } from '../runtime/log.js'
import type { MentionQuery } from '../schemas/search.js'
import { madeMention, seeded } from '../tests/index/made-mentions.js'

/**
 * What the embedded index takes. After a build: `node --input-type=module -e "await (await import('vite')).runnerImport('./bench/search.ts')" 100000`.
 * Prints writes a second, then p50 and p95 of searches, and how long the main thread was held up meanwhile.
 */
const count = Number(process.argv.at(-1)) || 100_000
const ROUNDS = 30

const compiled = (name: string) => new URL(`../dist/index/sqlite/${name}`, import.meta.url)
const folder = mkdtempSync(join(tmpdir(), 'rabta-bench-'))
const file = join(folder, 'mentions.sqlite')
const index = await openSqliteMentionIndex({
  file,
  clock: systemClock,
  log: createLog('warn', process.stderr),
  workerUrls: { search: compiled('search-worker.js'), write: compiled('write-worker.js') },
  searchTimeoutMs: 60_000,
})

const SEARCHES: Readonly<Record<string, MentionQuery>> = {
  'nothing asked': {},
  'frequent word': { q: 'پولیس' },
  'word in a third': { q: 'میں' },
  'rare word': { q: 'lafz1234' },
  'two words': { q: 'پشاور بھتہ' },
  phrase: { q: '"بھتہ کی کال"' },
  prefix: { q: 'lafz1*' },
  'without a word': { q: 'پولیس -شکریہ' },
  'best first': { q: 'پشاور', sort: 'best' },
  'tags only': { category: ['extortion', 'terrorism'], severity: ['high'] },
  'district and day': { district: ['peshawar'], from: '2026-11-17T00:00:00.000Z', to: '2026-11-18T00:00:00.000Z' },
  'word and tags': { q: 'پشاور', lang: ['ur'], alert: true },
}

try {
  await measureIdle()
  await measureWrites()
  for (const [name, query] of Object.entries(SEARCHES)) await measureSearch(name, query)
  const started = performance.now()
  await index.count('2026-11-17T00:00:00.000Z', '2026-11-18T00:00:00.000Z', { districts: 'all' })
  console.log(`${'count of a day'.padEnd(18)} ${(performance.now() - started).toFixed(1)} ms`)
  const expiring = performance.now()
  const gone = await index.expire(new Date(Date.UTC(2026, 10, 15, 4)))
  console.log(`${'expire'.padEnd(18)} ${gone} in ${(performance.now() - expiring).toFixed(0)} ms`)
} finally {
  await index.close()
  rmSync(folder, { recursive: true })
}

/** What the machine itself holds up, so that the numbers after it can be judged. */
async function measureIdle(): Promise<void> {
  const held = monitorEventLoopDelay({ resolution: 1 })
  held.enable()
  await systemClock.sleep(3000)
  held.disable()
  console.log(`main thread held up at most ${(held.max / 1e6).toFixed(1)} ms in 3 s of doing nothing`)
}

async function measureWrites(): Promise<void> {
  const random = seeded(1)
  const batchSize = 500
  const held = monitorEventLoopDelay({ resolution: 1 })
  let spent = 0
  for (let from = 0; from < count; from += batchSize) {
    const batch = Array.from({ length: Math.min(batchSize, count - from) }, (_, at) => ({
      type: 'written' as const,
      mention: madeMention(from + at, random),
    }))
    held.enable()
    const started = performance.now()
    await index.write(batch)
    spent += performance.now() - started
    held.disable()
  }
  const size = statSync(file).size / 2 ** 20
  console.log(
    `${count} mentions written, ${Math.round((count / spent) * 1000)} a second in batches of ${batchSize}, ${size.toFixed(0)} MiB`,
  )
  console.log(`main thread held up at most ${(held.max / 1e6).toFixed(1)} ms while writing`)
}

async function measureSearch(name: string, query: MentionQuery): Promise<void> {
  const times: number[] = []
  const held = monitorEventLoopDelay({ resolution: 1 })
  held.enable()
  let total = 0
  for (let round = 0; round < ROUNDS; round++) {
    const started = performance.now()
    total = (await index.search(query, { districts: 'all' })).total
    times.push(performance.now() - started)
  }
  held.disable()
  times.sort((a, b) => a - b)
  const at = (part: number) => (times[Math.floor(part * (times.length - 1))] ?? 0).toFixed(1).padStart(7)
  console.log(
    `${name.padEnd(18)} p50 ${at(0.5)} ms  p95 ${at(0.95)} ms  hits ${total}  held up ${(held.max / 1e6).toFixed(1)} ms`,
  )
}
