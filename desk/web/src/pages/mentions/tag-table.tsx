import type { ReactNode } from 'react'
import { useTranslation } from 'react-i18next'
import type { CorrectableTag, IndexedMention, Span } from '../../api/types.js'
import { useDistricts } from '../../parts/use-names.js'
import { WordsOf } from '../../text/words-of.js'
import { confidence } from '../../time/format.js'
import { CorrectedNote } from './corrected-note.js'

function Line({ name, value, sure }: { name: string; value: ReactNode; sure: number | null }) {
  return (
    <div className="tag-line">
      <dt>{name}</dt>
      <dd>{value}</dd>
      <dd className="figures tag-sure" dir="ltr">
        {sure === null ? '' : confidence(sure)}
      </dd>
    </div>
  )
}

/** Every tag with the words that made it and how sure it is; what could not be judged says so. */
export function TagTable({ mention }: { mention: IndexedMention }) {
  const { t } = useTranslation()
  const districts = useDistricts()
  const { category, districts: places, language, sentiment, threat } = mention.tags
  const lang = language?.lang ?? null
  const note = (tag: CorrectableTag): ReactNode => <CorrectedNote mention={mention} tag={tag} />
  /** A person's word has no confidence. */
  const sure = (tag: CorrectableTag, confidence: number | undefined): number | null =>
    mention.corrections?.[tag] === undefined ? (confidence ?? null) : null
  const failed = <em className="case-late">{t('tag.failed')}</em>
  const words = (evidence: readonly Span[]): ReactNode => {
    const distinct = [...new Set(evidence.map((span) => span.text))].slice(0, 6)
    if (distinct.length === 0) return null
    return (
      <span className="tag-words">
        {t('tag.by')}{' '}
        {distinct.map((word, index) => (
          <span key={word}>
            {index > 0 && ' '}
            <WordsOf text={word} lang={lang} />
          </span>
        ))}
      </span>
    )
  }
  return (
    <dl className="card tags" data-testid="tags">
      {mention.unjudged !== null && <Line name={t('tag.unjudged')} value={t(`tag.${mention.unjudged}`)} sure={null} />}
      <Line
        name={t('tag.alert')}
        value={
          <>
            {category === null ? failed : category.alert ? t(`severity.${category.severity}`) : t('tag.noAlert')}{' '}
            {note('alert')} {note('severity')}
          </>
        }
        sure={sure('alert', category?.alertConfidence)}
      />
      <Line
        name={t('tag.category')}
        value={
          category === null ? (
            failed
          ) : (
            <>
              {t(`category.${category.category}`)} {/* They made the tag that stands no more. */}
              {mention.corrections?.category === undefined && words(category.evidence)} {note('category')}
            </>
          )
        }
        sure={sure('category', category?.categoryConfidence)}
      />
      {places === null && <Line name={t('tag.district')} value={failed} sure={null} />}
      {places?.length === 0 && (
        <Line
          name={t('tag.district')}
          value={
            <>
              {t('tag.noDistrict')} {note('districts')}
            </>
          }
          sure={null}
        />
      )}
      {places?.map((place, index) => (
        <Line
          key={place.id}
          name={t('tag.district')}
          value={
            <>
              {districts.name(place.id)}{' '}
              {place.evidence.length > 0 ? (
                words(place.evidence)
              ) : (
                <span className="tag-words">{t(`basis.${place.basis}`)}</span>
              )}{' '}
              {index === 0 && note('districts')}
            </>
          }
          sure={sure('districts', place.confidence)}
        />
      ))}
      <Line
        name={t('tag.language')}
        value={
          <>
            {language === null ? failed : t(`lang.${language.lang}`)} {note('lang')}
          </>
        }
        sure={sure('lang', language?.confidence)}
      />
      <Line
        name={t('tag.sentiment')}
        value={
          <>
            {sentiment === null ? failed : t(`sentiment.${sentiment.sentiment}`)} {note('sentiment')}
          </>
        }
        sure={null}
      />
      <Line
        name={t('tag.threat')}
        value={
          threat === null ? (
            failed
          ) : (
            <>
              {t('tag.threatening', { value: confidence(threat.threatening) })}
              {t('app.comma')}
              {t('tag.offensive', { value: confidence(threat.offensive) })} {words(threat.keywords)}
            </>
          )
        }
        sure={null}
      />
    </dl>
  )
}
