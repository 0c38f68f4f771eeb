import type { Alert } from '../../api/types.js'
import { mentionsPath, NO_FILTERS } from '../../routing/filters.js'

/** The page where an alert's message can be read and answered, among its like: same kind, same district. */
export function alertPath(alert: Alert): string {
  if (alert.rule === 'silent-source') return '/sources'
  const unjudged = alert.rule === 'unjudged'
  return mentionsPath(
    {
      ...NO_FILTERS,
      district: [...alert.districts],
      category: unjudged ? [] : [alert.category],
      unjudged,
    },
    alert.lead.mentionId,
  )
}
