import { useTranslation } from 'react-i18next'
import { useValueName } from '../../parts/use-names.js'
import { LIST_FILTERS, toggled, type Filters } from '../../routing/filters.js'
import { useSettings } from '../../settings/settings.js'
import { now } from '../../time/clock.js'
import { moment } from '../../time/format.js'

/** A filter that is set: its name on the token, and the search without it. */
export interface Token {
  key: string
  name: string
  without: Filters
}

export function useTokens(filters: Filters): Token[] {
  const { t } = useTranslation()
  const { language } = useSettings()
  const valueName = useValueName()
  const at = (instant: string): string => moment(instant, language, now())
  const tokens: Token[] = LIST_FILTERS.flatMap((filter) =>
    filters[filter].map((value) => ({
      key: `${filter}:${value}`,
      name: valueName(filter, value),
      without: toggled(filters, filter, value),
    })),
  )
  if (filters.alert !== null) {
    const name = filters.alert ? t('query.alertYes') : t('query.alertNo')
    tokens.push({ key: 'alert', name, without: { ...filters, alert: null } })
  }
  if (filters.unjudged) {
    tokens.push({ key: 'unjudged', name: t('query.unjudged'), without: { ...filters, unjudged: false } })
  }
  if (filters.since !== null) {
    const length =
      filters.since === '1h' || filters.since === '24h' || filters.since === '7d'
        ? t(`span.${filters.since}`)
        : filters.since
    tokens.push({ key: 'since', name: t('query.last', { length }), without: { ...filters, since: null } })
  }
  if (filters.from !== null) {
    tokens.push({ key: 'from', name: t('query.from', { at: at(filters.from) }), without: { ...filters, from: null } })
  }
  if (filters.to !== null) {
    tokens.push({ key: 'to', name: t('query.to', { at: at(filters.to) }), without: { ...filters, to: null } })
  }
  return tokens
}
