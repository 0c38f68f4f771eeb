import { useMemo } from 'react'
import { useTranslation } from 'react-i18next'
import { useSession } from '../api/session.js'
import type { District } from '../api/types.js'
import { useSettings } from '../settings/settings.js'
import type { ListFilter } from '../routing/filters.js'

/** Names of the tables in the page's language; an id nobody knows is shown as it is. */
export function useDistricts() {
  const { districts } = useSession()
  const { language } = useSettings()
  return useMemo(() => {
    const byId = new Map<string, District>(districts.map((district) => [district.id, district]))
    return { list: districts, name: (id: string): string => byId.get(id)?.names[language] ?? id }
  }, [districts, language])
}

/** The name of a filter's value, in the page's language. */
export function useValueName(): (filter: ListFilter, value: string) => string {
  const { t, i18n } = useTranslation()
  const districts = useDistricts()
  return (filter, value) => {
    if (filter === 'district') return value === 'unknown' ? t('facet.unknownDistrict') : districts.name(value)
    const key = `${filter}.${value}`
    return i18n.exists(key) ? t(key as never) : value
  }
}
