import { useTranslation } from 'react-i18next'
import type { DailyReport } from '../../api/types.js'
import { SentimentBar } from './sentiment-bar.js'

interface BreakdownProps {
  title: string
  rows: DailyReport['byDistrict']
  name: (value: string) => string
  note?: string
}

/** One table of the report: each line its n, its sentiment as a bar and in numbers, its alerts. */
export function Breakdown({ title, rows, name, note }: BreakdownProps) {
  const { t } = useTranslation()
  const shown = rows.filter((row) => row.total > 0).toSorted((a, b) => b.total - a.total)
  const largest = Math.max(1, ...shown.map((row) => row.total))
  return (
    <section className="breakdown">
      <h2>{title}</h2>
      <div className="table-scroll">
        <table className="table">
          <thead>
            <tr>
              <th scope="col" />
              <th scope="col" className="number">
                {t('report.n')}
              </th>
              <th scope="col" className="wide">
                {t('report.share')}
              </th>
              <th scope="col" className="number">
                {t('sentiment.negative')}
              </th>
              <th scope="col" className="number">
                {t('sentiment.neutral')}
              </th>
              <th scope="col" className="number">
                {t('sentiment.positive')}
              </th>
              <th scope="col" className="number">
                {t('report.alerts')}
              </th>
            </tr>
          </thead>
          <tbody>
            {shown.map((row) => (
              <tr key={row.value}>
                <th scope="row">{name(row.value)}</th>
                <td className="number figures">{row.total.toLocaleString('en')}</td>
                <td className="wide">
                  <SentimentBar counts={row} largest={largest} />
                </td>
                <td className="number figures">{row.negative}</td>
                <td className="number figures">{row.neutral}</td>
                <td className="number figures">{row.positive}</td>
                <td className={`number figures${row.alerts > 0 ? ' case-late' : ''}`}>{row.alerts}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
      {note !== undefined && <p className="quiet">{note}</p>}
    </section>
  )
}
