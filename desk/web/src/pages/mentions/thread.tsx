import { useTranslation } from 'react-i18next'
import { useEarlier } from '../../api/mentions.js'
import { useSession } from '../../api/session.js'
import type { MentionDetail, ThreadEntry } from '../../api/types.js'
import { ActionButton } from '../../parts/action-button.js'
import { useSettings } from '../../settings/settings.js'
import { maskName } from '../../text/mask.js'
import { MessageText } from '../../text/message-text.js'
import { now } from '../../time/clock.js'
import { moment } from '../../time/format.js'
import { threadFrom } from './thread-order.js'

type Entry<Kind extends ThreadEntry['entry']> = Extract<ThreadEntry, { entry: Kind }>

function When({ at }: { at: string }) {
  const { language } = useSettings()
  return (
    <time className="figures" dateTime={at}>
      {moment(at, language, now())}
    </time>
  )
}

/** What the answer below is about, where it is not the line just above it. */
function Answers({ to }: { to: ThreadEntry | undefined }) {
  const { t } = useTranslation()
  if (to === undefined) return null
  return (
    <p className="said-answers quiet">
      <span>{t('read.answers')}</span> <bdi dir="auto">{to.text === '' ? t('list.noWords') : to.text}</bdi>
    </p>
  )
}

function Said({ one, isThis, answers }: { one: Entry<'mention'>; isThis: boolean; answers: ThreadEntry | undefined }) {
  const { t } = useTranslation()
  const name = one.ours ? t('read.us') : (one.author.name ?? one.author.handle)
  return (
    <li
      className={`said said-${one.ours ? 'ours' : 'theirs'}${isThis ? ' said-this' : ''}`}
      aria-current={isThis ? 'true' : undefined}
      data-testid="said"
      data-entry="mention"
      data-mention-id={one.id}
    >
      <Answers to={answers} />
      {one.text === '' ? (
        <p className="quiet">{t('list.noWords')}</p>
      ) : (
        <MessageText text={one.text} lang={one.tags.language?.lang ?? null} lines={isThis ? 'few' : 'all'} />
      )}
      <p className="said-meta quiet">
        {isThis && <strong className="said-mark">{t('read.thisMessage')}</strong>}
        {name !== null && <bdi>{maskName(name)}</bdi>}
        <When at={one.at} />
        {one.editedAt != null && (
          <span className="said-edited">
            {t('read.edited')} <When at={one.editedAt} />
          </span>
        )}
      </p>
    </li>
  )
}

function Withdrawn({ one }: { one: Entry<'deleted'> }) {
  const { t } = useTranslation()
  return (
    <li className="said said-theirs said-gone" data-testid="said" data-entry="deleted" data-mention-id={one.id}>
      <p className="quiet">{t('read.deleted')}</p>
      <p className="said-meta quiet">
        <When at={one.deletedAt} />
      </p>
    </li>
  )
}

function Ours({ one, answers }: { one: Entry<'reply' | 'forward'>; answers: ThreadEntry | undefined }) {
  const { t } = useTranslation()
  const { units } = useSession()
  const unit = units.find(({ id }) => id === one.unit)?.name ?? one.unit ?? ''
  return (
    <li
      className={`said said-${one.entry === 'reply' ? 'ours' : 'note'}`}
      data-testid="outbound"
      data-entry={one.entry}
      data-status={one.status}
    >
      {one.entry === 'forward' && (
        <p>
          <bdi>{t('read.forwarded', { unit })}</bdi>
        </p>
      )}
      <Answers to={answers} />
      {one.text === '' ? (
        <p className="quiet">{t('read.deleted')}</p>
      ) : (
        <MessageText text={one.text} lang={null} lines={one.entry === 'forward' ? 'few' : 'all'} />
      )}
      <p className="said-meta quiet">
        <bdi>{t('read.by', { user: one.requestedBy })}</bdi>
        <When at={one.at} />
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

/** What this person said and what we answered, in the order in which it was said: theirs on one side, ours on the other. */
export function Thread({ detail }: { detail: MentionDetail }) {
  const { t } = useTranslation()
  const { mention, conversation, conversationEarlier } = detail
  const earlier = useEarlier(mention.id, conversationEarlier)
  const pages = earlier.data?.pages ?? []
  const entries = threadFrom(conversation, pages)
  const hasMore = pages.length === 0 ? conversationEarlier !== null : earlier.hasNextPage
  const load = (): void => void (pages.length === 0 ? earlier.refetch() : earlier.fetchNextPage())
  const byId = new Map(entries.map((entry) => [entry.id, entry]))
  const answered = (entry: ThreadEntry, at: number): ThreadEntry | undefined =>
    entry.inReplyTo === null || entries[at - 1]?.id === entry.inReplyTo ? undefined : byId.get(entry.inReplyTo)
  return (
    <section className="thread" aria-label={t('read.conversation')} data-testid="thread">
      <h2>{t('read.conversation')}</h2>
      {hasMore && (
        <div className="thread-earlier">
          <ActionButton look="quiet" isDisabled={earlier.isFetching} onPress={load} data-testid="earlier">
            {earlier.isFetching ? t('state.loading') : t('read.earlier')}
          </ActionButton>
          {earlier.isError && <span className="case-late">{t('list.moreFailed')}</span>}
        </div>
      )}
      {entries.length <= 1 ? (
        <p className="quiet">{t('read.conversationNone')}</p>
      ) : (
        <ol>
          {entries.map((one, at) =>
            one.entry === 'mention' ? (
              <Said key={one.id} one={one} isThis={one.id === mention.id} answers={answered(one, at)} />
            ) : one.entry === 'deleted' ? (
              <Withdrawn key={one.id} one={one} />
            ) : (
              <Ours key={one.id} one={one} answers={answered(one, at)} />
            ),
          )}
        </ol>
      )}
    </section>
  )
}
