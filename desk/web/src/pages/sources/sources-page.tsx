import { useTranslation } from 'react-i18next'
import { useSources } from '../../api/overview.js'
import { useMay } from '../../api/session.js'
import type { SourceHealth } from '../../api/types.js'
import { Ago } from '../../parts/ago.js'
import { Failed, Loading, Notice } from '../../parts/notice.js'
import { DeadLetters } from './dead-letters.js'

const TONE = { live: 'good', failing: 'critical', starting: 'plain' } as const

function SourceRow({ source }: { source: SourceHealth }) {
  const { t } = useTranslation()
  return (
    <tr data-testid="source-row" data-status={source.status}>
      <th scope="row">
        <bdi>{source.source}</bdi>
      </th>
      <td>{t(`channel.${source.channel}`)}</td>
      <td>
        <span className={`chip chip-${TONE[source.status]}`}>{t(`source.${source.status}`)}</span>
      </td>
      <td className="figures">
        <Ago at={source.lastItemAt} />
      </td>
      <td className="figures">
        <Ago at={source.lastOkAt} />
      </td>
      <td className="wide">
        {source.failures > 0 && <span className="case-late">{t('source.failures', { count: source.failures })}</span>}{' '}
        {source.problem !== null && <bdi>{source.problem}</bdi>}
      </td>
    </tr>
  )
}

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
        <div className="table-scroll">
          <table className="table">
            <thead>
              <tr>
                <th scope="col">{t('source.name')}</th>
                <th scope="col">{t('source.channel')}</th>
                <th scope="col">{t('source.status')}</th>
                <th scope="col">{t('source.lastItem')}</th>
                <th scope="col">{t('source.lastOk')}</th>
                <th scope="col" className="wide">
                  {t('source.problem')}
                </th>
              </tr>
            </thead>
            <tbody>
              {sources.data.map((source) => (
                <SourceRow key={source.source} source={source} />
              ))}
            </tbody>
          </table>
        </div>
      )}
      {mayDead && <DeadLetters />}
    </div>
  )
}
