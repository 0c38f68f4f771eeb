import type { ReactNode } from 'react'
import { useTranslation } from 'react-i18next'
import type { IndexedMention, Severity } from '../api/types.js'
import { confidence } from '../time/format.js'
import { useDistricts } from './use-names.js'

export function Chip({
  children,
  tone = 'plain',
}: {
  children: ReactNode
  tone?: 'plain' | 'good' | 'bad' | Severity
}) {
  return <span className={`chip chip-${tone}`}>{children}</span>
}

/** A mention's tags in one line: how grave, what, where, how sure, which language. */
export function TagChips({ mention }: { mention: IndexedMention }) {
  const { t } = useTranslation()
  const districts = useDistricts()
  const { category, districts: places, language, sentiment } = mention.tags
  const { corrections = {} } = mention
  return (
    <div className="chips">
      {mention.unjudged !== null && <Chip tone="high">{t(`tag.${mention.unjudged}`)}</Chip>}
      {category && (
        <Chip tone={category.alert ? category.severity : category.category === 'praise' ? 'good' : 'plain'}>
          {category.alert && `${t(`severity.${category.severity}`)} · `}
          {t(`category.${category.category}`)}{' '}
          {corrections.category === undefined && <b>{confidence(category.categoryConfidence)}</b>}
        </Chip>
      )}
      {(places ?? []).slice(0, 3).map((place) => (
        <Chip key={place.id}>
          {districts.name(place.id)} {corrections.districts === undefined && <b>{confidence(place.confidence)}</b>}
        </Chip>
      ))}
      {places?.length === 0 && mention.unjudged !== 'no-words' && <Chip>{t('tag.noDistrict')}</Chip>}
      {language && <Chip>{t(`lang.${language.lang}`)}</Chip>}
      {sentiment && sentiment.sentiment !== 'neutral' && (
        <Chip tone={sentiment.sentiment === 'positive' ? 'good' : 'bad'}>{t(`sentiment.${sentiment.sentiment}`)}</Chip>
      )}
      {mention.media.map((media, index) => (
        <Chip key={index}>{t(`media.${mediaKind(media.kind)}`)}</Chip>
      ))}
      {mention.location && <Chip>{t('media.location')}</Chip>}
    </div>
  )
}

const MEDIA_KINDS = ['image', 'audio', 'video', 'document', 'sticker'] as const

export function mediaKind(kind: string): (typeof MEDIA_KINDS)[number] {
  return MEDIA_KINDS.find((one) => one === kind) ?? 'document'
}
