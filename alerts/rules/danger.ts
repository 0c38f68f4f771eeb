import type { EnrichedMention } from '../../schemas/enriched-mention.js'
import { SEVERITIES, type DistrictTag, type Severity } from '../../schemas/tags.js'
import type { Firing, Rule } from '../rule.js'

/** An alert is never less than medium, whatever a model says of its severity. */
const atLeastMedium = (severity: Severity): Severity =>
  SEVERITIES.indexOf(severity) > SEVERITIES.indexOf('medium') ? 'medium' : severity

const ids = (tags: readonly DistrictTag[]) => tags.map((tag) => tag.id)

/** Rings at once for what the tags call an alert. */
export const dangerRule: Rule = {
  name: 'danger',
  observe: ({ tags }: EnrichedMention): Firing | undefined => {
    const { category } = tags
    if (category?.alert !== true) return undefined
    const districts = tags.districts ?? []
    return {
      rule: 'danger',
      category: category.category,
      severity: atLeastMedium(category.severity),
      confidence: category.alertConfidence,
      districts: ids(districts),
      places: ids(districts.filter((tag) => tag.basis !== 'author-place')),
      evidence: category.evidence,
      group: null,
      waits: false,
    }
  },
  tick: () => undefined,
}
