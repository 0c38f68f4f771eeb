import { useTranslation } from 'react-i18next'
import { useSession } from '../../api/session.js'
import type { EnrichedMention, MentionDetail, OutboundState } from '../../api/types.js'
import { useSettings } from '../../settings/settings.js'
import { MessageText } from '../../text/message-text.js'
import { now } from '../../time/clock.js'
import { moment } from '../../time/format.js'

function Theirs({ mention, isThis }: { mention: EnrichedMention; isThis: boolean }) {
  const { t } = useTranslation()
  const { language } = useSettings()
  return (
    <li className="said said-theirs">
      {isThis ? (
        <p className="quiet">{t('read.thisMessage')}</p>
      ) : mention.text === '' ? (
        <p className="quiet">{t('list.noWords')}</p>
      ) : (
        <MessageText text={mention.text} lang={mention.tags.language?.lang ?? null} />
      )}
      <p className="said-meta quiet figures">{moment(mention.writtenAt, language, now())}</p>
    </li>
  )
}

function Ours({ one }: { one: OutboundState }) {
  const { t } = useTranslation()
  const { language } = useSettings()
  const { units } = useSession()
  const unit = units.find(({ id }) => id === one.unit)?.name ?? one.unit ?? ''
  const title =
    one.kind === 'reply' ? t('read.us') : one.kind === 'forward' ? t('read.forwarded', { unit }) : t('read.notified')
  return (
    <li
      className={`said said-${one.kind === 'reply' ? 'ours' : 'note'}`}
      data-testid="outbound"
      data-status={one.status}
    >
      {one.kind !== 'reply' && (
        <p>
          <bdi>{title}</bdi>
        </p>
      )}
      <MessageText text={one.text} lang={null} />
      <p className="said-meta quiet">
        <bdi>{t('read.by', { user: one.requestedBy })}</bdi>
        <span className="figures">{moment(one.requestedAt, language, now())}</span>
        <span className={`status status-${one.status}`} data-testid="outbound-status">
          {t(`outbound.${one.status}`)}
        </span>
      </p>
      {one.reason !== null && (
        <p className="said-reason" role={one.status === 'failed' ? 'alert' : undefined}>
          <bdi>{one.reason}</bdi>
        </p>
      )}
    </li>
  )
}

/** Everything said in this conversation, theirs and ours, in the order in which it was said. */
export function Thread({ detail }: { detail: MentionDetail }) {
  const { t } = useTranslation()
  const { mention, conversation, outbound } = detail
  const others = conversation.filter((one) => one.id !== mention.id)
  const all = [
    ...[...others, mention].map((one) => ({ at: one.writtenAt, key: one.id, theirs: one, ours: null })),
    ...outbound.map((one) => ({ at: one.requestedAt, key: one.id, theirs: null, ours: one })),
  ].sort((a, b) => a.at.localeCompare(b.at))
  return (
    <section className="thread" aria-label={t('read.conversation')}>
      <h2>{t('read.conversation')}</h2>
      {all.length === 1 ? (
        <p className="quiet">{t('read.conversationNone')}</p>
      ) : (
        <ol>
          {all.map(({ key, theirs, ours }) =>
            theirs !== null ? (
              <Theirs key={key} mention={theirs} isThis={theirs.id === mention.id} />
            ) : (
              ours && <Ours key={key} one={ours} />
            ),
          )}
        </ol>
      )}
    </section>
  )
}
