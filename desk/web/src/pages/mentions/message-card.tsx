import { useMemo } from 'react'
import { useTranslation } from 'react-i18next'
import type { EnrichedMention, Media } from '../../api/types.js'
import { mediaKind } from '../../parts/chips.js'
import { useSettings } from '../../settings/settings.js'
import { evidenceMarks, MessageText } from '../../text/message-text.js'
import { maskName, maskNumber } from '../../text/mask.js'
import { hasDirectionMarks } from '../../text/script.js'
import { now } from '../../time/clock.js'
import { dayName, dayOf, hourMinuteSecond } from '../../time/format.js'

function Author({ mention }: { mention: EnrichedMention }) {
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

function MediaLine({ media }: { media: Media }) {
  const { t } = useTranslation()
  const size =
    media.bytes === null ? null : t('media.kilobytes', { count: Math.max(1, Math.round(media.bytes / 1024)) })
  return (
    <li className="media">
      <b>{t(`media.${mediaKind(media.kind)}`)}</b>
      {media.fileName !== null && <bdi>{media.fileName}</bdi>}
      {media.mimeType !== null && <bdi dir="ltr">{media.mimeType.split(';')[0]}</bdi>}
      {size !== null && <span>{size}</span>}
      <span className="quiet">{t('media.notFetched')}</span>
    </li>
  )
}

/** An address of the platform itself, over https; anything else from a payload is not made into a link. */
function platformUrl(url: string | null): string | null {
  if (url === null || !URL.canParse(url)) return null
  return new URL(url).protocol === 'https:' ? url : null
}

/** The message as it came: its words with the evidence marked, who, when, what came with it. */
export function MessageCard({ mention }: { mention: EnrichedMention }) {
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
      {(mention.media.length > 0 || mention.location !== null) && (
        <ul className="media-list">
          {mention.media.map((media, index) => (
            <MediaLine key={index} media={media} />
          ))}
          {mention.location !== null && (
            <li className="media">
              <b>{t('media.location')}</b>
              {mention.location.name !== null && <bdi>{mention.location.name}</bdi>}
              {mention.location.address !== null && <bdi>{mention.location.address}</bdi>}
              <bdi dir="ltr" className="figures">
                {mention.location.latitude.toFixed(5)}, {mention.location.longitude.toFixed(5)}
              </bdi>
            </li>
          )}
        </ul>
      )}
      <footer className="card-meta quiet">
        <span>
          {t(`channel.${mention.channel}`)} ({mention.private ? t('read.private') : t('read.public')})
        </span>
        <Author mention={mention} />
        <span className="figures">{t('read.written', { at: at(mention.writtenAt) })}</span>
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
