import { useTranslation } from 'react-i18next'
import type { CorrectableTag, TagValue } from '../api/types.js'
import { useSettings } from '../settings/settings.js'
import { now } from '../time/clock.js'
import { moment } from '../time/format.js'
import { useDistricts } from './use-names.js'

const NAMES = {
  alert: 'tag.alert',
  category: 'tag.category',
  severity: 'correct.severity',
  districts: 'tag.district',
  lang: 'tag.language',
  sentiment: 'tag.sentiment',
} as const

/** Each part in its own direction, whatever stands around it: a Latin name must not turn an Urdu sentence round. */
const isolated = (text: string): string => `\u2068${text}\u2069`

/** What tags and their values are called, in the page's language. */
export function useTagNames() {
  const { t } = useTranslation()
  const { language } = useSettings()
  const districts = useDistricts()
  const valueName = (tag: CorrectableTag, value: TagValue | null | undefined): string => {
    if (value === null || value === undefined) return t('tag.failed')
    if (typeof value === 'boolean') return t(value ? 'correct.yes' : 'correct.no')
    if (Array.isArray(value)) return value.length === 0 ? t('tag.noDistrict') : value.map(districts.name).join(t('app.comma')) // prettier-ignore
    return t(`${tag}.${value}` as never)
  }
  return {
    tagName: (tag: CorrectableTag): string => t(NAMES[tag]),
    valueName,
    /** Who corrected a tag, when, and what the tagger said of it. */
    correctedBy: (tag: CorrectableTag, { by, at, was }: { by: string; at: string; was: TagValue | null }): string =>
      t('correct.by', {
        user: isolated(by),
        at: isolated(moment(at, language, now())),
        value: isolated(valueName(tag, was)),
      }),
  }
}
