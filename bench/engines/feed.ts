import { LiveReader, SharedReads } from '../../desk/live-feed.js'
import { openBus, removeTopics } from './bus.js'
import type { Place } from './corpus.js'
import type { Figures } from './figures.js'

const COUNT = 5000
const READERS = 10
/** The beginning of every topic. */
const BEGINNING = 'a_o_s_m'

/** What one desk reads for its officers' pages from `mentions.indexed`, without the HTTP around it. */
export async function measureFeed(place: Place, figures: Figures, round: number): Promise<void> {
  const namespace = `${place.namespace}-feed${round}`
  const bus = await openBus(place, namespace)
  try {
    const notices = Array.from({ length: COUNT }, (_, n) => ({
      key: `x:made-${n}`,
      value: {
        schema: 'rabta.indexed/1',
        id: `x:made-${n}`,
        channel: 'x',
        type: 'written',
        alert: false,
        districts: ['swat'],
      },
    }))
    for (let at = 0; at < COUNT; at += 200) await bus.publish('mentions.indexed', notices.slice(at, at + 200))
    for (const readers of [1, READERS]) {
      const reads = new SharedReads(bus)
      const all = await Promise.all(
        Array.from({ length: readers }, () => LiveReader.open(bus, reads, BEGINNING, new AbortController().signal)),
      )
      const started = performance.now()
      await Promise.all(
        all.map(async (reader) => {
          for (let seen = 0; seen < COUNT;) seen += (await reader.next()).length
        }),
      )
      const rate = (COUNT / (performance.now() - started)) * 1000
      figures.add(`live feed, ${readers} pages of one desk, notices that each gets`, rate, 'a second')
    }
  } finally {
    await bus.close()
    await removeTopics(place, namespace)
  }
}
