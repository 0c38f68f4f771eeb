import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { MentionPage } from '../../api/types.js'
import { useValueName } from '../../parts/use-names.js'
import { mentionsPath, toggled, type Filters, type ListFilter } from '../../routing/filters.js'
import { navigate } from '../../routing/location.js'
import { DistrictMap } from './district-map.js'

type FacetCounts = MentionPage['facets']['channel']

const SHORT = 6
const SEVERITY_ORDER = ['critical', 'high', 'medium', 'low', 'none']
const GROUPS: readonly ListFilter[] = ['district', 'category', 'severity', 'lang', 'channel', 'sentiment']

function ordered(filter: ListFilter, counts: FacetCounts, chosen: readonly string[]): FacetCounts {
  const missing = chosen
    .filter((value) => !counts.some((one) => one.value === value))
    .map((value) => ({ value, count: 0 }))
  const all = [...counts.filter((one) => one.count > 0 || chosen.includes(one.value)), ...missing]
  if (filter === 'severity')
    return all.toSorted((a, b) => SEVERITY_ORDER.indexOf(a.value) - SEVERITY_ORDER.indexOf(b.value))
  return all.toSorted((a, b) => b.count - a.count || a.value.localeCompare(b.value))
}

interface RowProps {
  name: string
  count: number
  largest: number
  chosen: boolean
  onToggle: () => void
  id: string
}

function FacetRow({ name, count, largest, chosen, onToggle, id }: RowProps) {
  return (
    <li>
      <button type="button" className="facet-row" aria-pressed={chosen} onClick={onToggle} data-testid={`facet-${id}`}>
        <span className="facet-bar" style={{ inlineSize: `${largest === 0 ? 0 : (count / largest) * 100}%` }} />
        <span className="facet-name">{name}</span>
        <span className="facet-count figures">{count.toLocaleString('en')}</span>
      </button>
    </li>
  )
}

function FacetGroup({ filter, filters, counts }: { filter: ListFilter; filters: Filters; counts: FacetCounts }) {
  const { t } = useTranslation()
  const valueName = useValueName()
  const [all, setAll] = useState(false)
  const rows = ordered(filter, counts, filters[filter])
  const shown = all ? rows : rows.filter((row, index) => index < SHORT || filters[filter].includes(row.value))
  const hidden = rows.length - shown.length
  const largest = Math.max(0, ...rows.map((row) => row.count))
  if (rows.length === 0 && filter !== 'district') return null
  const toggle = (value: string): void => navigate(mentionsPath(toggled(filters, filter, value)))
  return (
    <section className="facet" aria-label={t(`facet.${filter}`)}>
      <h2>{t(`facet.${filter}`)}</h2>
      {filter === 'district' && <DistrictMap counts={counts} chosen={filters.district} onToggle={toggle} />}
      <ul>
        {shown.map(({ value, count }) => (
          <FacetRow
            key={value}
            id={`${filter}-${value}`}
            name={valueName(filter, value)}
            count={count}
            largest={largest}
            chosen={filters[filter].includes(value)}
            onToggle={() => toggle(value)}
          />
        ))}
      </ul>
      {(hidden > 0 || all) && rows.length > SHORT && (
        <button type="button" className="facet-more" onClick={() => setAll(!all)}>
          {all ? t('facet.less') : t('facet.more', { count: hidden })}
        </button>
      )}
    </section>
  )
}

const isYes = (value: string): boolean => value === 'true' || value === 'yes'

/** What the whole answer consists of, by every tag; each line narrows it down or widens it again. */
export function Facets({ filters, facets }: { filters: Filters; facets: MentionPage['facets'] | undefined }) {
  const { t } = useTranslation()
  const alerts = facets?.alert ?? []
  const sum = (yes: boolean): number =>
    alerts.filter((one) => isYes(one.value) === yes).reduce((total, one) => total + one.count, 0)
  const setAlert = (value: boolean): void =>
    navigate(mentionsPath({ ...filters, alert: filters.alert === value ? null : value }))
  return (
    <>
      {GROUPS.slice(0, 2).map((filter) => (
        <FacetGroup key={filter} filter={filter} filters={filters} counts={facets?.[filter] ?? []} />
      ))}
      <section className="facet" aria-label={t('facet.alert')}>
        <h2>{t('facet.alert')}</h2>
        <ul>
          {([true, false] as const).map((value) => (
            <FacetRow
              key={String(value)}
              id={`alert-${String(value)}`}
              name={value ? t('facet.alertYes') : t('facet.alertNo')}
              count={sum(value)}
              largest={Math.max(sum(true), sum(false))}
              chosen={filters.alert === value}
              onToggle={() => setAlert(value)}
            />
          ))}
        </ul>
        <button
          type="button"
          className="facet-more"
          aria-pressed={filters.unjudged}
          onClick={() => navigate(mentionsPath({ ...filters, unjudged: !filters.unjudged }))}
        >
          {t('facet.unjudged')}
        </button>
      </section>
      {GROUPS.slice(2).map((filter) => (
        <FacetGroup key={filter} filter={filter} filters={filters} counts={facets?.[filter] ?? []} />
      ))}
    </>
  )
}
