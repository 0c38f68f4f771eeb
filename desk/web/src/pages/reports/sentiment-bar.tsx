import { useTranslation } from 'react-i18next'
import type { SentimentCounts } from '../../api/types.js'

interface SentimentBarProps {
  counts: SentimentCounts
  /** The n that fills the whole width. */
  largest: number
  large?: boolean
}

/** Negative, neutral, positive and what could not be judged, side by side, each with its count in words for who cannot see colours. */
export function SentimentBar({ counts, largest, large = false }: SentimentBarProps) {
  const { t } = useTranslation()
  const { negative, neutral, positive, total } = counts
  const rest = Math.max(0, total - negative - neutral - positive)
  const parts = [
    { id: 'negative', count: negative, name: t('sentiment.negative') },
    { id: 'neutral', count: neutral, name: t('sentiment.neutral') },
    { id: 'positive', count: positive, name: t('sentiment.positive') },
    { id: 'unjudged', count: rest, name: t('report.unjudged') },
  ].filter((part) => part.count > 0)
  const label = parts.map((part) => `${part.name} ${part.count}`).join(', ')
  const bar = (
    <div className={`share${large ? ' share-large' : ''}`} role="img" aria-label={label} title={label}>
      {parts.map((part) => (
        <span
          key={part.id}
          className={`share-part share-${part.id}`}
          style={{ inlineSize: `${(part.count / Math.max(1, largest)) * 100}%` }}
        />
      ))}
    </div>
  )
  if (!large) return bar
  return (
    <>
      {bar}
      <ul className="share-legend">
        {parts.map((part) => (
          <li key={part.id}>
            <span className={`share-swatch share-${part.id}`} /> {part.name}{' '}
            <b className="figures">{part.count.toLocaleString('en')}</b>
          </li>
        ))}
      </ul>
    </>
  )
}
