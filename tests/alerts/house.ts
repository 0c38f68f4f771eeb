import { onTestFinished } from 'vitest'
import { createAlertsHandler } from '../../alerts/alerts-handler.js'
import { createAlertsStore } from '../../alerts/alert-records.js'
import { createLettersHandler } from '../../alerts/letters-handler.js'
import { dangerRule } from '../../alerts/rules/danger.js'
import { createUnjudgedRule } from '../../alerts/rules/unjudged.js'
import { createAlertTicks } from '../../alerts/ticks.js'
import { createMetrics } from '../../runtime/metrics.js'
import type { Alert } from '../../schemas/alert.js'
import type { EnrichedChange, EnrichedMention } from '../../schemas/enriched-mention.js'
import type { CategoryTag, DistrictTag } from '../../schemas/tags.js'
import { FakeClock } from '../support/fake-clock.js'
import { makeEnriched } from '../support/mentions.js'
import { RecordingBus } from '../pipeline/recording-bus.js'
import { openTestRecords } from '../support/test-records.js'

export const MINUTE = 60_000
export const START = Date.UTC(2026, 10, 22, 4, 0, 0)
export const at = (minutes: number) => new Date(START + minutes * MINUTE).toISOString()
export const silent = { info: () => undefined, warn: () => undefined, error: () => undefined }
export const ALL = { districts: 'all' } as const

/** The alerts stage on real records, with a bus that remembers. */
export async function openHouse() {
  const { records, sqlite, sabotage } = await openTestRecords()
  onTestFinished(() => records.destroy())
  const clock = new FakeClock(START)
  const bus = new RecordingBus()
  const metrics = createMetrics()
  const rules = [dangerRule, createUnjudgedRule(10 * MINUTE)]
  const start = () => createAlertsHandler({ records, bus, clock, metrics, rules })
  let handler = start()
  const letters = createLettersHandler({ records, bus, clock })
  const ticks = createAlertTicks({ records, bus, clock, log: silent, rules })
  const store = createAlertsStore({ records, bus, clock })
  let offset = 0
  const feed = async (...changes: EnrichedChange[]) => {
    const batch = changes.map((value) => ({ key: 'k', value, partition: 0, offset: offset++ }))
    await handler(batch, new AbortController().signal)
  }
  return {
    records,
    sqlite,
    sabotage,
    clock,
    bus,
    metrics,
    rules,
    letters,
    ticks,
    store,
    feed,
    write: (...mentions: EnrichedMention[]) =>
      feed(...mentions.map((mention) => ({ type: 'written', mention }) as const)),
    edit: (mention: EnrichedMention) => feed({ type: 'edited', mention }),
    /** A new process over the same records. */
    restart: () => {
      handler = start()
    },
    alerts: () => store.list(ALL, { limit: 500 }),
    rung: () => bus.of('alerts.raised'),
  }
}

let serial = 0
const noFingerprint = () => ({ simhash: hash(`unlike anything ${serial++}`), tokens: 30 })

function hash(words: string): string {
  let state = 0xcbf29ce484222325n
  for (const char of words) state = BigInt.asUintN(64, (state ^ BigInt(char.codePointAt(0) ?? 0)) * 0x100000001b3n)
  state = BigInt.asUintN(64, (state ^ (state >> 29n)) * 0xbf58476d1ce4e5b9n)
  return (state ^ (state >> 32n)).toString(16).padStart(16, '0').slice(-16)
}

export const district = (id: string, basis: DistrictTag['basis'] = 'text'): DistrictTag => ({
  id,
  confidence: 0.9,
  basis,
  evidence: [],
})

export interface Story {
  id: string
  minute?: number
  author?: string
  category?: CategoryTag['category']
  severity?: CategoryTag['severity']
  alert?: boolean
  places?: string[]
  text?: string
  copyOf?: string
  words?: number
  public?: boolean
  version?: number
}

/** A mention of a story, told in the words that matter to grouping. Everyone is somebody else and says it in other words unless said so. */
export function tell(story: Story): EnrichedMention {
  const {
    id,
    minute = 0,
    author = id,
    category = 'terrorism',
    severity = 'critical',
    alert = true,
    places = ['peshawar'],
  } = story
  const isPublic = story.public ?? true
  const platform = isPublic ? 'x' : 'whatsapp'
  const fingerprint =
    story.copyOf === undefined ? noFingerprint() : { simhash: hash(story.copyOf), tokens: story.words ?? 30 }
  return makeEnriched(
    {
      id: `${platform}:${id}`,
      channel: platform,
      private: !isPublic,
      conversation: isPublic ? `x:thread-${id}` : `whatsapp:${author}`,
      author: { id: author, name: null, handle: null, address: null, place: null },
      text: story.text ?? `text of ${id}`,
      receivedAt: at(minute),
      writtenAt: at(minute),
      version: story.version ?? START,
    },
    {
      districts: places.map((place) => district(place)),
      category: { category, categoryConfidence: 0.9, alert, alertConfidence: 0.9, severity, evidence: [] },
      fingerprint,
    },
  )
}

/** Which mentions share an alert, as sorted lists: what must not depend on batches, redeliveries or crashes. */
export const partition = (alerts: readonly Alert[]) =>
  alerts.map((alert) => [...alert.mentionIds].sort().join(' ')).sort()
