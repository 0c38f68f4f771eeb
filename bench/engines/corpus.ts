import { createEnrichers } from '../../app/enrichers.js'
import { enrichMention } from '../../enrich/enrich-mention.js'
import type { BusMessage } from '../../runtime/bus.js'
import { loadDistrictTable } from '../../runtime/district-table.js'
import type { EnrichedChange, EnrichedMention } from '../../schemas/enriched-mention.js'
import type { Mention } from '../../schemas/mention.js'
import type { Category } from '../../schemas/tags.js'
import { madeMention, seeded } from '../../tests/index/made-mentions.js'
import { makeTags } from '../../tests/support/mentions.js'

export interface Place {
  readonly kafka: string
  readonly elastic: string
  readonly postgres: string
  /** Where made files may lie. */
  readonly folder: string
  /** Of this run alone. */
  readonly namespace: string
}

export const quiet = { info: () => undefined, warn: () => undefined, error: () => undefined }

const untagged = ({ tags: _, failed: _f, unjudged: _u, enrichedAt: _e, ...mention }: EnrichedMention): Mention => ({
  ...mention,
  schema: 'rabta.mention/1',
})

/** Mentions as the sources bring them, each of a conversation or post of its own, received now. */
export function collectedMentions(count: number, seed: number): Mention[] {
  const random = seeded(seed)
  const now = new Date().toISOString()
  return Array.from({ length: count }, (_, n) => {
    const mention = untagged(madeMention(n, random))
    const id = `${mention.channel}:made-${seed}-${n}`
    return { ...mention, id, conversation: `${id}:talk`, writtenAt: now, receivedAt: now, version: Date.parse(now) }
  })
}

/** As they are on `mentions.collected`. */
export const collectedMessages = (mentions: readonly Mention[]): BusMessage[] =>
  mentions.map((mention) => ({ key: mention.id, value: { type: 'written', mention } }))

/** As they are on `mentions.enriched`, tagged by the enrichers themselves. */
export function enrichedMessages(mentions: readonly Mention[]): BusMessage[] {
  const enrichers = createEnrichers()
  const options = { enrichers, now: new Date().toISOString(), onFailure: () => undefined }
  return mentions.map((mention) => ({
    key: mention.id,
    value: { type: 'written', mention: enrichMention(mention, options) },
  }))
}

export const meanBytes = (messages: readonly BusMessage[]): number =>
  messages.reduce((sum, { value }) => sum + Buffer.byteLength(JSON.stringify(value)), 0) / messages.length

export const written = (mention: EnrichedMention): EnrichedChange => ({ type: 'written', mention })

const DANGERS: readonly Category[] = ['terrorism', 'extortion', 'kidnapping', 'direct_threat', 'violence', 'harassment']
const districts = loadDistrictTable().districts.map(({ id }) => id)

export interface DangerStream {
  /** One mention in so many is an alert. */
  readonly every: number
  /** Between two mentions, as they were received. */
  readonly stepMs: number
  readonly seed: number
}

/** An endless stream of mentions of all districts, no two of which are copies of one another. */
export function* dangerStream({ every, stepMs, seed }: DangerStream): Generator<EnrichedMention> {
  const random = seeded(seed)
  const pick = <Item>(items: readonly Item[]): Item => items[Math.floor(random() * items.length)] as Item
  const bits = () =>
    Math.floor(random() * 2 ** 32)
      .toString(16)
      .padStart(8, '0')
  const start = Date.UTC(2026, 10, 15, 0)
  for (let n = 0; ; n++) {
    const mention = madeMention(n, random)
    const receivedAt = new Date(start + n * stepMs).toISOString()
    const alert = n % every === 0
    const category = {
      category: alert ? pick(DANGERS) : ('inquiry' as const),
      categoryConfidence: 0.9,
      alert,
      alertConfidence: alert ? 0.9 : 0.1,
      severity: alert ? ('high' as const) : ('none' as const),
      evidence: [],
    }
    yield {
      ...mention,
      id: `${mention.channel}:danger-${seed}-${n}`,
      conversation: `${mention.channel}:danger-${seed}-${n}`,
      author: { ...mention.author, id: `${seed}-${n}` },
      receivedAt,
      writtenAt: receivedAt,
      version: start + n * stepMs,
      unjudged: null,
      tags: makeTags({
        districts: [{ id: pick(districts), confidence: 0.9, basis: 'text', evidence: [] }],
        category,
        fingerprint: { simhash: `${bits()}${bits()}`, tokens: 8 + Math.floor(random() * 20) },
      }),
    }
  }
}
