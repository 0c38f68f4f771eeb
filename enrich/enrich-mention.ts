import type { EnrichedMention } from '../schemas/enriched-mention.js'
import type { Mention } from '../schemas/mention.js'
import type { AnnotationName, Tags } from '../schemas/tags.js'
import type { Enricher } from './enricher.js'

/** An enricher of any of the annotations. */
export type AnyEnricher = { [Name in AnnotationName]: Enricher<Name> }[AnnotationName]

/** Of a mention that no enricher has seen. */
export const NO_TAGS: Tags = {
  language: null,
  districts: null,
  threat: null,
  category: null,
  sentiment: null,
  fingerprint: null,
}

export interface EnrichOptions {
  readonly enrichers: readonly AnyEnricher[]
  /** ISO 8601 UTC. */
  readonly now: string
  /** Told of an enricher that threw: the mention goes on without that annotation. */
  readonly onFailure: (annotation: AnnotationName, error: unknown) => void
}

/** Something that a person can read and judge by; a link, a mention of us or an emoji alone is no words. */
const WORDS = /\p{L}/u
const withoutLinks = (text: string) => text.replace(/https?:\/\/\S+/giu, ' ').replace(/(^|\s)@\S+/gu, ' ')

/** Voice notes, pictures and pins without words cannot be judged by their words. */
function hasNothingToJudgeBy(mention: Mention): boolean {
  return (
    !WORDS.test(withoutLinks(mention.text)) &&
    (mention.media.length > 0 || mention.location !== null || mention.text.trim() === '')
  )
}

/** The mention with every tag its enrichers give, in their order; never throws. */
export function enrichMention(mention: Mention, { enrichers, now, onFailure }: EnrichOptions): EnrichedMention {
  const tags: Tags = { ...NO_TAGS }
  const failed: AnnotationName[] = []
  for (const enricher of enrichers) {
    try {
      Object.assign(tags, { [enricher.adds]: enricher.enrich(mention, tags) })
    } catch (error) {
      failed.push(enricher.adds)
      onFailure(enricher.adds, error)
    }
  }
  const threatFailed = failed.includes('threat') || failed.includes('category')
  const unjudged = threatFailed ? 'threat-failed' : hasNothingToJudgeBy(mention) ? 'no-words' : null
  return { ...mention, schema: 'rabta.enriched-mention/1', tags, failed, unjudged, enrichedAt: now }
}
