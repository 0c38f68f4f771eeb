import { useTranslation } from 'react-i18next'
import type { CorrectionEntry } from '../../api/types.js'
import { useTagNames } from '../../parts/use-tag-names.js'

/** One line a tag that was set right: what, to what, by whom, instead of what. */
export function CorrectionLines({ entries }: { entries: readonly CorrectionEntry[] }) {
  const { t } = useTranslation()
  const { tagName, valueName, correctedBy } = useTagNames()
  return (
    <ol className="correction-lines">
      {entries.map((entry) => (
        <li key={`${entry.revision} ${entry.tag}`}>
          <b>{tagName(entry.tag)}</b>:{' '}
          {entry.value === null
            ? t('correct.takenBack', { value: valueName(entry.tag, entry.was) })
            : valueName(entry.tag, entry.value)}{' '}
          <span className="tag-words">
            {correctedBy(entry.tag, entry)}
            {!entry.ofThisText && ` · ${t('correct.ofTextBefore')}`}
          </span>
          {entry.note !== '' && (
            <p className="correction-note" dir="auto">
              {entry.note}
            </p>
          )}
        </li>
      ))}
    </ol>
  )
}

/** All that people set right in a mention, the last first; closed, for what stands is in the table. */
export function CorrectionHistory({ entries }: { entries: readonly CorrectionEntry[] }) {
  const { t } = useTranslation()
  if (entries.length === 0) return null
  return (
    <details className="card correction-history" data-testid="correction-history">
      <summary>{t('correct.history', { count: entries.length })}</summary>
      <CorrectionLines entries={entries} />
    </details>
  )
}
