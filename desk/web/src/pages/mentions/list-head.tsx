import { useTranslation } from 'react-i18next'
import type { MentionPage } from '../../api/types.js'
import { ActionButton } from '../../parts/action-button.js'
import { Choice } from '../../parts/choice.js'
import { mentionsPath, type Filters } from '../../routing/filters.js'
import { navigate } from '../../routing/location.js'
import { Histogram } from './histogram.js'

interface ListHeadProps {
  filters: Filters
  page: MentionPage | undefined
  /** The page is the one before; the next is on its way. */
  isOld: boolean
  fresh: number
  onShowFresh: () => void
  onFilters: () => void
}

const SPANS = ['1h', '24h', '7d', 'all'] as const

/** What stands over the list: the answer through time, how many, of when, in which order, and what came since. */
export function ListHead({ filters, page, isOld, fresh, onShowFresh, onFilters }: ListHeadProps) {
  const { t } = useTranslation()
  const fixed = filters.from !== null || filters.to !== null
  const span = fixed ? null : (SPANS.find((one) => one === (filters.since ?? 'all')) ?? null)
  const total = page?.total ?? 0
  return (
    <div className="list-head">
      {page !== undefined && page.total > 0 && <Histogram page={page} filters={filters} />}
      <div className="list-line">
        <p className="list-count" data-testid="total">
          {page === undefined || isOld
            ? t('state.loading')
            : t('list.count', { count: total, formatted: total.toLocaleString('en') })}
        </p>
        <span className="filters-button">
          <ActionButton onPress={onFilters}>{t('facet.filters')}</ActionButton>
        </span>
        <Choice
          label={t('span.label')}
          hideLabel
          value={span ?? ''}
          onChange={(value) =>
            navigate(mentionsPath({ ...filters, since: value === 'all' ? null : value, from: null, to: null }))
          }
          options={SPANS.map((id) => ({ id, name: t(`span.${id}`) }))}
        />
        {filters.q !== '' && (
          <Choice
            label={t('sort.label')}
            hideLabel
            value={filters.sort}
            onChange={(sort) => navigate(mentionsPath({ ...filters, sort }))}
            options={(['new', 'best'] as const).map((id) => ({ id, name: t(`sort.${id}`) }))}
          />
        )}
      </div>
      <div className="fresh" role="status">
        {fresh > 0 && (
          <ActionButton look="main" hint="s" onPress={onShowFresh} data-testid="new-items">
            {t('list.fresh', { count: fresh })}
          </ActionButton>
        )}
      </div>
    </div>
  )
}
