import { useTranslation } from 'react-i18next'
import { useSources } from '../../api/overview.js'
import { useMay } from '../../api/session.js'
import { Failed, Loading, Notice } from '../../parts/notice.js'
import { DeadLetters } from './dead-letters.js'
import { SourceCard } from './source-card.js'

/** Whether every source speaks, and what could not be processed. */
export function SourcesPage() {
  const { t } = useTranslation()
  const maySources = useMay('sources:read')
  const mayDead = useMay('dead:read')
  const sources = useSources(maySources)
  return (
    <div className="sheet">
      <header className="sheet-head">
        <h1>{t('source.title')}</h1>
      </header>
      {!maySources ? (
        <Notice title={t('state.notAllowed')} />
      ) : sources.data === undefined ? (
        sources.isError ? (
          <Failed error={sources.error} onRetry={() => void sources.refetch()} />
        ) : (
          <Loading />
        )
      ) : sources.data.length === 0 ? (
        <Notice title={t('source.none')}>{t('source.noneWhy')}</Notice>
      ) : (
        <div className="sources">
          {sources.data.map((source) => (
            <SourceCard key={source.source} source={source} />
          ))}
        </div>
      )}
      {mayDead && <DeadLetters />}
    </div>
  )
}
