import type { TFunction } from 'i18next'
import type { Alert } from '../../api/types.js'

/** What an alert is about, in words: the kind of danger, or the rule where no danger was told. */
export function kindOf({ rule, category }: Alert, t: TFunction): string {
  return rule === 'unjudged' || rule === 'silent-source' ? t(`watch.rule.${rule}`) : t(`category.${category}`)
}
