import { randomBytes } from 'node:crypto'
import { mkdtempSync, rmSync } from 'node:fs'
import { cpus, loadavg, tmpdir } from 'node:os'
import { join } from 'node:path'
import { measureAlerts } from './engines/alerts.js'
import { measureBus } from './engines/bus.js'
import type { Place } from './engines/corpus.js'
import { measureEnrich } from './engines/enrich.js'
import { measureFeed } from './engines/feed.js'
import { Figures } from './engines/figures.js'
import { measureFlow, measureLatency, measureReplay } from './engines/flow.js'
import { measureIndex } from './engines/search-index.js'

/**
 * What the engines take, each beside something known that ran in the same minutes. After a build, with `npm run engines` in another window, whose
 * RABTA_TEST_… settings it wants: `node --input-type=module -e "await (await import('vite')).runnerImport('./bench/engines.ts')" bus enrich index alerts
 * flow latency feed replay`, or some of these. Prints the median of three rounds with the least and the most. Leaves nothing on the engines.
 */
const PARTS: Readonly<
  Record<string, { rounds: number; run: (place: Place, figures: Figures, round: number) => Promise<void> }>
> = {
  bus: { rounds: 3, run: measureBus },
  enrich: { rounds: 3, run: measureEnrich },
  index: { rounds: 1, run: measureIndex },
  alerts: { rounds: 3, run: measureAlerts },
  flow: { rounds: 3, run: measureFlow },
  latency: { rounds: 1, run: measureLatency },
  feed: { rounds: 3, run: measureFeed },
  replay: { rounds: 3, run: measureReplay },
}

const asked = process.argv.slice(1).filter((name) => name in PARTS)
const folder = mkdtempSync(join(tmpdir(), 'rabta-bench-'))
const place: Place = {
  kafka: process.env['RABTA_TEST_KAFKA'] ?? '127.0.0.1:9092',
  elastic: process.env['RABTA_TEST_ELASTIC'] ?? 'http://127.0.0.1:9200',
  postgres: process.env['RABTA_TEST_POSTGRES'] ?? 'postgres://rabta@127.0.0.1:5432/rabta',
  folder,
  namespace: `scaling-${randomBytes(3).toString('hex')}`,
}

console.log(
  `${cpus().length} cores of ${cpus()[0]?.model}, node ${process.version}, load average ${loadavg()
    .map((one) => one.toFixed(1))
    .join(', ')}`,
)
try {
  for (const name of asked.length > 0 ? asked : Object.keys(PARTS)) {
    const part = PARTS[name]
    if (part === undefined) continue
    const figures = new Figures()
    try {
      for (let round = 0; round < part.rounds; round++) {
        await part.run(place, figures, round)
        console.log(`${name}: round ${round + 1} of ${part.rounds} done, load average ${loadavg()[0]?.toFixed(1)}`)
      }
    } finally {
      figures.print(name)
    }
  }
} finally {
  rmSync(folder, { recursive: true, force: true })
}
