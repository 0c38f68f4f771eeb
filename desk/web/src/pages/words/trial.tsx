import { useTranslation } from 'react-i18next'
import type { Severity, VocabularyEntry, VocabularyTrial } from '../../api/types.js'
import { Chip } from '../../parts/chips.js'
import { useDistricts } from '../../parts/use-names.js'
import { useSettings } from '../../settings/settings.js'
import { confidence } from '../../time/format.js'

/** What `rabta tag` prints of a text, as far as it is shown here. */
interface TagLine {
  category: string | null
  alert: boolean | null
  alertConfidence: number | null
  severity: Severity | null
  districts: { id: string }[] | null
  sentiment: string | null
  threatKeywords: { text: string; start: number }[] | null
}

function Row({ label, now, then }: { label: string; now: string; then: string | null }) {
  return (
    <tr>
      <th scope="row">{label}</th>
      <td className="wide">
        <bdi>{now}</bdi>
      </td>
      {then !== null && (
        <td className="wide">{then === now ? <bdi>{then}</bdi> : <bdi className="words-changed">{then}</bdi>}</td>
      )}
    </tr>
  )
}

function useWordsOf(entry: VocabularyEntry | null) {
  const { t } = useTranslation()
  const { language } = useSettings()
  const districts = useDistricts()
  // A district that is tried is in no table yet.
  const name = (id: string): string =>
    entry?.kind === 'district' && entry.id === id ? entry.names[language] : districts.name(id)
  const comma = t('app.comma')
  const none = '–'
  return {
    alert: ({ alert, alertConfidence }: TagLine) =>
      `${alert === true ? t('tag.alert') : t('tag.noAlert')} ${confidence(alertConfidence ?? 0)}`,
    category: ({ category, severity }: TagLine) =>
      category === null ? none : [t(`category.${category}` as never), t(`severity.${severity ?? 'none'}`)].join(' · '),
    districts: ({ districts: found }: TagLine) => (found ?? []).map(({ id }) => name(id)).join(comma) || none,
    threat: ({ threatKeywords }: TagLine) => (threatKeywords ?? []).map(({ text }) => text).join(comma) || none,
    sentiment: ({ sentiment }: TagLine) => (sentiment === null ? none : t(`sentiment.${sentiment}` as never)),
  }
}

/** How the text is tagged now and how it would be, side by side; what would change stands out. */
export function TrialResult({ trial, entry }: { trial: VocabularyTrial; entry: VocabularyEntry | null }) {
  const { t } = useTranslation()
  const wordsOf = useWordsOf(entry)
  const now = trial.now as unknown as TagLine
  const then = trial.then as unknown as TagLine | null
  const row = (label: string, of: (line: TagLine) => string) => (
    <Row label={label} now={of(now)} then={then === null ? null : of(then)} />
  )
  return (
    <section className="words-trial" aria-live="polite" data-testid="words-trial">
      {trial.refused !== null && (
        <p className="form-problem" role="alert" data-testid="words-refused">
          <bdi dir="ltr" lang="en">
            {trial.refused}
          </bdi>
        </p>
      )}
      {then !== null && then.alert === true && now.alert !== true && (
        <p>
          <Chip tone={then.severity ?? 'high'}>{t('words.wouldRing')}</Chip>
        </p>
      )}
      <div className="table-scroll">
        <table className="table">
          <thead>
            <tr>
              <th scope="col" />
              <th scope="col">{t('words.now')}</th>
              {then !== null && <th scope="col">{t('words.then')}</th>}
            </tr>
          </thead>
          <tbody>
            {row(t('tag.alert'), wordsOf.alert)}
            {row(t('tag.category'), wordsOf.category)}
            {row(t('tag.district'), wordsOf.districts)}
            {row(t('tag.threat'), wordsOf.threat)}
            {row(t('tag.sentiment'), wordsOf.sentiment)}
          </tbody>
        </table>
      </div>
      {trial.seen !== null && (
        <p className="quiet" data-testid="words-seen">
          {t('words.seen', { count: trial.seen })}
        </p>
      )}
      {trial.warnings.map((warning) => (
        <p key={warning} className="words-warning">
          <bdi dir="ltr" lang="en">
            {warning}
          </bdi>
        </p>
      ))}
    </section>
  )
}
