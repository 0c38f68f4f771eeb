import { memo, useMemo } from 'react'
import { useTranslation } from 'react-i18next'
import { WITHDRAWN } from '../../api/mentions.js'
import type { MentionPage } from '../../api/types.js'
import { TagChips } from '../../parts/chips.js'
import { mentionsPath, type Filters } from '../../routing/filters.js'
import { Link } from '../../routing/link.js'
import { useSettings } from '../../settings/settings.js'
import { evidenceMarks, foundMarks, MessageText } from '../../text/message-text.js'
import { now } from '../../time/clock.js'
import { dayName, dayOf, hourMinute, moment } from '../../time/format.js'

interface MentionRowProps {
  item: MentionPage['items'][number]
  filters: Filters
  isOpen: boolean
  isCursor: boolean
  tabbable: boolean
  onFocus: () => void
}

/** One mention in the list: when, by which channel, what, and how it was tagged. */
export const MentionRow = memo(function MentionRow(props: MentionRowProps) {
  const { item, filters, isOpen, isCursor, tabbable, onFocus } = props
  const { t } = useTranslation()
  const { language } = useSettings()
  const { mention, highlights } = item
  const marks = useMemo(() => [...evidenceMarks(mention), ...foundMarks(highlights)], [mention, highlights])
  const nowMs = now()
  const today = dayOf(mention.receivedAt) === dayOf(nowMs)
  const withdrawn = mention.mended.includes(WITHDRAWN)
  const severity = mention.tags.category?.alert ? mention.tags.category.severity : 'none'
  return (
    <Link
      to={mentionsPath(filters, mention.id)}
      className={`row${isOpen ? ' row-open' : ''}${isCursor ? ' row-cursor' : ''}`}
      tabIndex={tabbable ? 0 : -1}
      aria-current={isOpen ? 'true' : undefined}
      onFocus={onFocus}
      draggable={false}
      data-testid="mention-row"
      data-mention-id={mention.id}
      data-severity={severity}
    >
      <span className="row-when">
        <time className="figures" dateTime={mention.receivedAt} dir="ltr">
          {hourMinute(mention.receivedAt)}
        </time>
        {!today && <span className="row-day">{dayName(mention.receivedAt, language, nowMs)}</span>}
        <span className="row-channel">{t(`channel.${mention.channel}`)}</span>
      </span>
      <span className="row-what">
        {withdrawn ? (
          <em className="quiet">{t('list.withdrawn')}</em>
        ) : mention.text === '' ? (
          <em className="quiet">{t('list.noWords')}</em>
        ) : (
          <MessageText text={mention.text} lang={mention.tags.language?.lang ?? null} marks={marks} lines="few" />
        )}
        {!withdrawn && mention.editedAt != null && (
          <span className="row-edited quiet">
            {t('read.edited')}{' '}
            <time className="figures" dateTime={mention.editedAt}>
              {moment(mention.editedAt, language, nowMs)}
            </time>
          </span>
        )}
        {!withdrawn && <TagChips mention={mention} />}
      </span>
    </Link>
  )
})
