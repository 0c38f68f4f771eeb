import { useMemo, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useMentionSearch } from '../../api/mentions.js'
import { ActionButton } from '../../parts/action-button.js'
import { Failed, Loading } from '../../parts/notice.js'
import { mentionsPath, openMention, parseFilters } from '../../routing/filters.js'
import { navigate, useLocation } from '../../routing/location.js'
import { now } from '../../time/clock.js'
import { Facets } from './facets.js'
import { ListHead } from './list-head.js'
import { MentionList } from './mention-list.js'
import { ReadingPane } from './reading-pane.js'
import { useFresh } from './use-fresh.js'

/** Search, narrow down, read, answer. Filters and the open mention live in the address. */
export function MentionsPage() {
  const { t } = useTranslation()
  const { search } = useLocation()
  const filters = useMemo(() => parseFilters(search), [search])
  const filterKey = mentionsPath(filters)
  const open = openMention(search)
  const [asked, setAsked] = useState(() => ({ filterKey, atMs: now() }))
  const [facetsOpen, setFacetsOpen] = useState(false)
  // A new search means "the last 24 h" from now; what is open does not make a new search.
  if (asked.filterKey !== filterKey) setAsked({ filterKey, atMs: now() })

  const result = useMentionSearch(filters, asked.atMs)
  const first = result.data?.pages[0]
  const isOld = result.isPlaceholderData
  const fresh = useFresh(filters, asked.atMs, isOld ? undefined : first)
  const showFresh = (): void => setAsked({ filterKey, atMs: now() })

  return (
    <div className="mentions" data-open={open !== null} data-facets={facetsOpen}>
      <aside className="facets" aria-label={t('facet.filters')}>
        <Facets filters={filters} facets={first?.facets} />
        <div className="facets-close">
          <ActionButton look="main" large onPress={() => setFacetsOpen(false)}>
            {t('facet.close')}
          </ActionButton>
        </div>
      </aside>
      <section className="found" aria-label={t('list.label')}>
        <ListHead
          filters={filters}
          page={first}
          isOld={isOld}
          fresh={fresh}
          onShowFresh={showFresh}
          onFilters={() => setFacetsOpen(true)}
        />
        {result.isError && (first === undefined || isOld) ? (
          <Failed error={result.error} onRetry={() => void result.refetch()} />
        ) : isOld ? (
          <Loading />
        ) : (
          <MentionList
            key={asked.atMs}
            filters={filters}
            result={result}
            open={open}
            onOpen={(id) => navigate(mentionsPath(filters, id))}
            onShowFresh={showFresh}
          />
        )}
      </section>
      <ReadingPane id={open} onClose={() => navigate(mentionsPath(filters))} />
    </div>
  )
}
