import { createEnrichers } from '../../app/enrichers.js'
import { createEnrichHandler } from '../../enrich/stage.js'
import { systemClock } from '../../runtime/clock.js'
import { createMetrics } from '../../runtime/metrics.js'
import { packagePath } from '../../runtime/package-root.js'
import { runStage, type StageRecord } from '../../runtime/stage.js'
import type { Mention } from '../../schemas/mention.js'
import { loadStory } from '../../simulators/story/story.js'
import { MemoryBus } from '../../tests/support/memory-bus.js'
import { openBus, removeTopics } from './bus.js'
import { collectedMentions, collectedMessages, enrichedMessages, quiet, type Place } from './corpus.js'
import { cpuOf, rateOf, until, type Figures } from './figures.js'

const COUNT = 3000
const AT_ONCE = 50

async function inMemory(mentions: readonly Mention[]): Promise<{ rate: number; cpuMs: number }> {
  const bus = new MemoryBus()
  const enrichers = createEnrichers()
  const parts = { bus, clock: systemClock, log: quiet, metrics: createMetrics(), enrichers: () => enrichers }
  const handle = createEnrichHandler(parts)
  const records = mentions.map((mention, offset): StageRecord<'mentions.collected'> => ({
    key: mention.id,
    value: { type: 'written', mention },
    partition: 0,
    offset,
  }))
  const { signal } = new AbortController()
  const work = async () => {
    for (let at = 0; at < records.length; at += AT_ONCE) await handle(records.slice(at, at + AT_ONCE), signal)
  }
  let rate = 0
  const cpuMs = await cpuOf(records.length, async () => (rate = await rateOf(records.length, work)))
  return { rate, cpuMs }
}

/** All enrichers in one process: the stage's own handler, without a bus and between two topics of Kafka. */
export async function measureEnrich(place: Place, figures: Figures, round: number): Promise<void> {
  const made = collectedMentions(COUNT, 200 + round)
  const told = loadStory(packagePath('simulators/story')).played.map(({ text }) => text)
  const ofStory = made.map((mention, n) => ({ ...mention, text: told[n % told.length] ?? '' }))
  const letters = (mentions: readonly Mention[]) => mentions.reduce((sum, { text }) => sum + text.length, 0) / COUNT
  figures.add('letters a made text', letters(made), 'UTF-16 units')
  figures.add('letters a text of the story', letters(ofStory), 'UTF-16 units')

  const values = enrichedMessages(made.slice(0, 500)).map(({ value }) => value)
  const yardstick = await rateOf(values.length * 20, async () => {
    for (let time = 0; time < 20; time++) for (const value of values) JSON.parse(JSON.stringify(value))
  })
  figures.add('yardstick: an enriched mention to JSON and back', yardstick, 'a second')
  for (const [name, mentions] of [
    ['made texts', made],
    ['texts of the story', ofStory],
  ] as const) {
    const { rate, cpuMs } = await inMemory(mentions)
    figures.add(`enrich, ${name}, one process`, rate, 'mentions/s')
    figures.add(`enrich, ${name}, a core's time`, cpuMs, 'ms a mention')
  }

  const namespace = `${place.namespace}-enrich${round}`
  const bus = await openBus(place, namespace)
  const metrics = createMetrics()
  try {
    const messages = collectedMessages(made)
    for (let at = 0; at < COUNT; at += 200) await bus.publish('mentions.collected', messages.slice(at, at + 200))
    const enrichers = createEnrichers()
    const handler = createEnrichHandler({ bus, clock: systemClock, log: quiet, metrics, enrichers: () => enrichers })
    let started = 0
    const stage = runStage({
      ...{
        name: 'enrich',
        topic: 'mentions.collected',
        bus,
        clock: systemClock,
        log: quiet,
        metrics,
        maxBatch: AT_ONCE,
      },
      handle: (batch, signal) => {
        started ||= performance.now()
        return handler(batch, signal)
      },
    })
    const done = async () => Object.values(await bus.end('mentions.enriched')).reduce((sum, end) => sum + end, 0)
    await until('all is enriched', async () => (await done()) >= COUNT)
    const rate = (COUNT / (performance.now() - started)) * 1000
    await stage.stop()
    figures.add('enrich, made texts, one process, through Kafka', rate, 'mentions/s')
  } finally {
    await bus.close()
    await removeTopics(place, namespace)
  }
}
