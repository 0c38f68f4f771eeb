import { createDistrictEnricher } from '../../../enrich/enrichers/districts/districts.js'
import type { Mention } from '../../../schemas/mention.js'
import type { DistrictTag, Tags } from '../../../schemas/tags.js'
import { makeMention } from '../../support/mentions.js'

const NOTHING_YET: Tags = {
  language: null,
  districts: null,
  threat: null,
  category: null,
  sentiment: null,
  fingerprint: null,
}

const enricher = createDistrictEnricher()

export function tagMention(overrides: Partial<Mention>): DistrictTag[] {
  return enricher.enrich(makeMention(overrides), NOTHING_YET)
}

export function tagText(text: string): DistrictTag[] {
  return tagMention({ text })
}

/** The ids in the text, in the order of the alphabet. */
export function districtsIn(text: string): string[] {
  return tagText(text)
    .map((tag) => tag.id)
    .sort()
}
