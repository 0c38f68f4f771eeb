import { useTranslation } from 'react-i18next'
import { mediaPath, useMedia } from '../../api/media.js'
import type { EnrichedMention, Media, MediaState } from '../../api/types.js'
import { mediaKind } from '../../parts/chips.js'
import { hourMinute } from '../../time/format.js'
import { MediaFilm, MediaPicture, MediaSound } from './media-shown.js'
import { MediaPin } from './media-pin.js'

/** Words this insulting come with pictures that need not meet the eye at once. */
const VEILED_FROM = 0.5

function useSize(): (bytes: number | null) => string | null {
  const { t } = useTranslation()
  return (bytes) => {
    if (bytes === null) return null
    const kilobytes = Math.max(1, Math.round(bytes / 1024))
    return kilobytes < 1024
      ? t('media.kilobytes', { count: kilobytes })
      : t('media.megabytes', { count: Math.round(kilobytes / 102.4) / 10 })
  }
}

/** Why it is not here, in words; nothing where it is. */
function Absent({ state }: { state: MediaState | undefined }) {
  const { t } = useTranslation()
  if (state === undefined) return <span className="quiet">{t('media.waits')}</span>
  const { status, reason, nextTryAt } = state
  if (status === 'stored') return null
  if (status === 'fetching') return <span className="quiet">{t('media.fetching')}</span>
  const why = reason === null ? null : t(`media.reason.${reason}`)
  if (status === 'wanted') {
    return (
      <span className="quiet">
        {why === null
          ? t('media.waits')
          : t('media.again', { reason: why, at: nextTryAt === null ? '' : hourMinute(nextTryAt) })}
      </span>
    )
  }
  return (
    <span className="media-absent">
      {status === 'gone' || why === null ? t('media.gone') : t('media.not', { reason: why })}
    </span>
  )
}

interface MediaPartProps {
  mention: EnrichedMention
  media: Media
  position: number
  state: MediaState | undefined
  isKnown: boolean
}

function MediaPart({ mention, media, position, state, isKnown }: MediaPartProps) {
  const { t } = useTranslation()
  const size = useSize()(state?.bytes ?? media.bytes)
  const isVeiled = (mention.tags.threat?.offensive ?? 0) >= VEILED_FROM
  const path = mediaPath(mention.id, position)
  const kind = t(`media.${mediaKind(media.kind)}`)
  const shownAs = state?.status === 'stored' ? state.shownAs : null
  const declared = media.mimeType?.split(';')[0] ?? null
  return (
    <li className="media" data-testid="media" data-status={state?.status ?? 'unknown'} data-shown-as={shownAs ?? ''}>
      <p className="media-line">
        <b>{kind}</b>
        {(state?.fileName ?? media.fileName) !== null && <bdi>{media.fileName ?? state?.fileName}</bdi>}
        {(state?.mimeType ?? declared) !== null && <bdi dir="ltr">{state?.mimeType ?? declared}</bdi>}
        {size !== null && <span>{size}</span>}
        {state?.typeDiffers === true && declared !== null && (
          <span className="quiet">{t('media.typeDiffers', { type: declared })}</span>
        )}
        {isKnown ? <Absent state={state} /> : <span className="quiet">{t('media.unknown')}</span>}
        {shownAs === 'download' && <span className="quiet">{t('media.onlyDownload')}</span>}
        {shownAs !== null && (
          <a className="media-download" href={`${path}?download=true`} download data-testid="media-download">
            {t('media.download')}
          </a>
        )}
      </p>
      {shownAs === 'unsafe' && <p className="card-note">{t('media.unsafe')}</p>}
      {shownAs === 'picture' && <MediaPicture path={path} name={kind} isVeiled={isVeiled} />}
      {shownAs === 'sound' && <MediaSound path={path} name={kind} />}
      {shownAs === 'film' && <MediaFilm path={path} name={kind} isVeiled={isVeiled} />}
    </li>
  )
}

/** What came with a message beside its words: pictures, voice notes, films, documents and the pin, or why they are not here. */
export function MediaParts({ mention }: { mention: EnrichedMention }) {
  const { data, isError } = useMedia(mention)
  if (mention.media.length === 0 && mention.location === null) return null
  return (
    <ul className="media-list">
      {mention.media.map((media, position) => (
        <MediaPart
          key={`${mention.version} ${position}`}
          mention={mention}
          media={media}
          position={position}
          state={data?.find((one) => one.position === position)}
          isKnown={!isError}
        />
      ))}
      {mention.location !== null && <MediaPin mention={mention} location={mention.location} />}
    </ul>
  )
}
