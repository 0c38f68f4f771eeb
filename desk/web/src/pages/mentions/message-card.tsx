import { useMemo } from 'react'
import { useTranslation } from 'react-i18next'
import type { IndexedMention } from '../../api/types.js'
import { useSettings } from '../../settings/settings.js'
import { evidenceMarks, MessageText } from '../../text/message-text.js'
import { maskName, maskNumber } from '../../text/mask.js'
import { hasDirectionMarks } from '../../text/script.js'
import { now } from '../../time/clock.js'
import { dayName, dayOf, hourMinuteSecond } from '../../time/format.js'
import { MediaParts } from './media-parts.js'

function Author({ mention }: { mention: IndexedMention }) {
  const { t } = useTranslation()
  const { name, handle, address, place } = mention.author
  if (name === null && handle === null && address === null) return <span>{t('read.unknownAuthor')}</span>
  return (
    <>
      {name !== null && <bdi>{maskName(name)}</bdi>}
      {handle !== null && <bdi dir="ltr">@{handle.replace(/^@/, '')}</bdi>}
      {address !== null && (
        <bdi dir="ltr" className="figures">
          {maskNumber(address)}
        </bdi>
      )}
      {place !== null && <bdi>{t('read.place', { place })}</bdi>}
    </>
  )
}

/** An address of the platform itself, over https; anything else from a payload is not made into a link. */
function platformUrl(url: string | null): string | null {
  if (url === null || !URL.canParse(url)) return null
  return new URL(url).protocol === 'https:' ? url : null
}

/** The message as it came: its words with the evidence marked, who, when, what came with it. */
export function MessageCard({ mention }: { mention: IndexedMention }) {
  const { t } = useTranslation()
  const { language } = useSettings()
  const marks = useMemo(() => evidenceMarks(mention), [mention])
  const nowMs = now()
  const at = (instant: string): string =>
    `${dayOf(instant) === dayOf(nowMs) ? '' : `${dayName(instant, language, nowMs)} `}${hourMinuteSecond(instant)}`
  const url = platformUrl(mention.url)
  return (
    <article className="card message-card">
      {mention.text === '' ? (
        <p className="quiet">{t('list.noWords')}</p>
      ) : (
        <div data-testid="message-text">
          <MessageText text={mention.text} lang={mention.tags.language?.lang ?? null} marks={marks} />
        </div>
      )}
      {hasDirectionMarks(mention.text) && <p className="card-note">{t('read.bidi')}</p>}
      <MediaParts mention={mention} />
      <footer className="card-meta quiet">
        <span>
          {t(`channel.${mention.channel}`)} ({mention.private ? t('read.private') : t('read.public')})
        </span>
        <Author mention={mention} />
        <span className="figures">{t('read.written', { at: at(mention.writtenAt) })}</span>
        {mention.editedAt != null && (
          <span className="figures" data-testid="edited">
            {t('read.edited')} {at(mention.editedAt)}
          </span>
        )}
        <span className="figures">{t('read.arrived', { at: at(mention.receivedAt) })}</span>
        <span>{t('read.via', { source: mention.source })}</span>
        {mention.mended.length > 0 && <span>{t('read.mended', { what: mention.mended.join(', ') })}</span>}
        {url !== null && (
          <a href={url} target="_blank" rel="noopener noreferrer nofollow">
            {t('read.original', { channel: t(`channel.${mention.channel}`) })}
          </a>
        )}
      </footer>
    </article>
  )
}
