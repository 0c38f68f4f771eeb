import { useTranslation } from 'react-i18next'
import type { SourceOnBoard } from '../../api/types.js'
import { Ago } from '../../parts/ago.js'
import { useSettings } from '../../settings/settings.js'
import { useMinute } from '../../time/clock.js'
import { moment } from '../../time/format.js'

const TONE = { live: 'good', failing: 'critical', starting: 'plain' } as const
const MINUTE_MS = 60_000
const HOUR_MS = 60 * MINUTE_MS
const DAY_MS = 24 * HOUR_MS
const SOON_MS = 7 * DAY_MS

function useLength(): (ms: number) => string {
  const { t } = useTranslation()
  return (ms) => {
    if (ms < 90 * MINUTE_MS) return t('source.lengthMinutes', { count: Math.max(1, Math.round(ms / MINUTE_MS)) })
    if (ms < 48 * HOUR_MS) return t('source.lengthHours', { count: Math.round(ms / HOUR_MS) })
    return t('source.lengthDays', { count: Math.round(ms / DAY_MS) })
  }
}

/** How long it has been without an item, against what is usual and when it rings. */
function LastItem({ source }: { source: SourceOnBoard }) {
  const { t } = useTranslation()
  const lengthOf = useLength()
  const { lastItemAt, usualGapMs = null, silentAfterMs = null } = source
  return (
    <>
      <p className="source-figure figures">
        <Ago at={lastItemAt} />
      </p>
      {lastItemAt !== null && (
        <p className="quiet">
          {usualGapMs === null ? t('source.usualUnknown') : t('source.usual', { length: lengthOf(usualGapMs) })}
        </p>
      )}
      {silentAfterMs !== null && <p className="quiet">{t('source.rings', { length: lengthOf(silentAfterMs) })}</p>}
    </>
  )
}

function Token({ at }: { at: string }) {
  const { t } = useTranslation()
  const { language } = useSettings()
  const minute = useMinute()
  const leftMs = Date.parse(at) - minute
  const days = Math.floor(leftMs / DAY_MS)
  const words =
    leftMs <= 0
      ? t('source.tokenEnded', { at: moment(at, language, minute) })
      : days < 1
        ? t('source.tokenToday')
        : t('source.tokenDays', { count: days })
  return (
    <div className="source-part">
      <dt>{t('source.token')}</dt>
      <dd className={leftMs <= 0 ? 'source-bad' : leftMs <= SOON_MS ? 'source-soon' : ''} data-testid="source-token">
        <time dateTime={at}>{words}</time>
      </dd>
    </div>
  )
}

type Spent = NonNullable<NonNullable<SourceOnBoard['details']>['spend']>

function Spend({ spend }: { spend: Spent }) {
  const { t } = useTranslation()
  const { month, dollars, budgetDollars } = spend
  const share = budgetDollars === null ? null : budgetDollars === 0 ? 1 : Math.min(1, dollars / budgetDollars)
  const tone = share === null || share < 0.8 ? '' : share < 1 ? ' source-soon' : ' source-bad'
  const words =
    budgetDollars === null
      ? t('source.spendFree', { dollars: dollars.toFixed(2) })
      : t('source.spendOf', { dollars: dollars.toFixed(2), budget: budgetDollars.toFixed(2) })
  return (
    <div className="source-part" data-testid="source-spend">
      <dt>{t('source.spend', { month })}</dt>
      <dd className={`figures${tone}`}>
        {words}
        {share !== null && (
          <span className="spend-bar" aria-hidden="true">
            <span style={{ inlineSize: `${Math.round(share * 100)}%` }} />
          </span>
        )}
      </dd>
    </div>
  )
}

function Advice({ source }: { source: SourceOnBoard }) {
  const { t } = useTranslation()
  const { language } = useSettings()
  const minute = useMinute()
  const endsAt = source.details?.tokenExpiresAt ?? null
  const fails = source.status === 'failing' && !source.advice.some(({ kind }) => kind === 'sign-in-again')
  const kinds = [...source.advice, ...(fails ? [{ kind: 'failing' as const, setting: null }] : [])]
  if (kinds.length === 0) return null
  return (
    <ul className="source-advice" aria-label={t('source.todo')}>
      {kinds.map(({ kind, setting }) => (
        <li key={kind} data-testid="source-advice" data-kind={kind}>
          <bdi>
            {t(`source.advice.${kind}`, {
              setting: setting === null ? t('source.theSetting') : `\u2066${setting}\u2069`,
              at: endsAt === null ? '' : moment(endsAt, language, minute),
            })}
          </bdi>
        </li>
      ))}
    </ul>
  )
}

/** One source: how it does in words, what is unusual about it, and what to do. */
export function SourceCard({ source }: { source: SourceOnBoard }) {
  const { t } = useTranslation()
  const { language } = useSettings()
  const minute = useMinute()
  const { details, silentSince = null } = source
  const tone = silentSince !== null ? 'high' : TONE[source.status]
  return (
    <article className="source" data-testid="source-row" data-status={source.status} data-source={source.source}>
      <header className="source-head">
        <h2>
          <bdi dir="ltr">{source.source}</bdi>
        </h2>
        <span className="quiet">{t(`channel.${source.channel}`)}</span>
        <span className={`chip chip-${tone}`} data-testid="source-state">
          {silentSince === null || source.status === 'failing'
            ? t(`source.${source.status}`)
            : t('source.silent', { at: moment(silentSince, language, minute) })}
        </span>
        {source.failures > 0 && <span className="source-bad">{t('source.failures', { count: source.failures })}</span>}
      </header>
      {source.problem !== null && (
        <p className={source.status === 'failing' ? 'source-bad' : 'quiet'}>
          <bdi dir="auto">{source.problem}</bdi>
        </p>
      )}
      {details?.remark != null && (
        <p className="quiet" data-testid="source-remark">
          <bdi dir="auto">{details.remark}</bdi>
        </p>
      )}
      <dl className="source-parts">
        <div className="source-part">
          <dt>{t('source.lastItem')}</dt>
          <dd>
            <LastItem source={source} />
          </dd>
        </div>
        <div className="source-part">
          <dt>{t('source.lastOk')}</dt>
          <dd className="figures">
            <Ago at={source.lastOkAt} />
          </dd>
        </div>
        {details?.tokenExpiresAt != null && <Token at={details.tokenExpiresAt} />}
        {details?.spend != null && <Spend spend={details.spend} />}
      </dl>
      <Advice source={source} />
    </article>
  )
}
