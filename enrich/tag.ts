import type { EnrichedMention } from '../schemas/enriched-mention.js'

/** What `rabta tag` prints of one message, with the values of LABELLING.md; null where an enricher failed. Spans are UTF-16 offsets. */
export function tagLine(id: string, mention: EnrichedMention): Record<string, unknown> {
  const { language, districts, threat, category, sentiment } = mention.tags
  return {
    id,
    lang: language?.lang ?? null,
    langConfidence: language?.confidence ?? null,
    districts:
      districts?.map(({ id: district, confidence, evidence, basis }) => ({
        id: district,
        confidence,
        evidence,
        basis,
      })) ?? null,
    category: category?.category ?? null,
    categoryConfidence: category?.categoryConfidence ?? null,
    alert: category?.alert ?? null,
    alertConfidence: category?.alertConfidence ?? null,
    severity: category?.severity ?? null,
    threatKeywords: threat?.keywords ?? null,
    sentiment: sentiment?.sentiment ?? null,
    sentimentScore: sentiment?.score ?? null,
    threatening: threat?.threatening ?? null,
    offensive: threat?.offensive ?? null,
    evidence: category?.evidence ?? null,
    failed: mention.failed,
  }
}
