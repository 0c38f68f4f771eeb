import { overlay, standingOf } from '../runtime/corrections/overlay.js'
import type { Correction } from '../schemas/correction.js'
import type { EnrichedMention } from '../schemas/enriched-mention.js'

/**
 * The mention as an analyst corrected it, where the analyst calls it an alert; undefined otherwise. That somebody calls it none is no reason to let a
 * danger be silent that the tagger heard: an alert ends by those who answer for it.
 */
export function asRaised(mention: EnrichedMention, made: readonly Correction[]): EnrichedMention | undefined {
  return standingOf(made, mention.text).get('alert')?.value === true ? overlay(mention, made) : undefined
}
