import { useTranslation } from 'react-i18next'
import { useDeadLetters } from '../../api/overview.js'
import { Ago } from '../../parts/ago.js'
import { Failed, Loading } from '../../parts/notice.js'

/** What nobody could process: how many, why, and how it is put back. */
export function DeadLetters() {
  const { t } = useTranslation()
  const dead = useDeadLetters(true)
  const total = dead.data?.total ?? 0
  return (
    <section className="breakdown" data-testid="dead-letters" data-total={dead.data?.total}>
      <h2>{t('source.dead')}</h2>
      {dead.data === undefined ? (
        dead.isError ? (
          <Failed error={dead.error} onRetry={() => void dead.refetch()} />
        ) : (
          <Loading />
        )
      ) : total === 0 ? (
        <p className="quiet">{t('source.deadNone')}</p>
      ) : (
        <>
          <p>
            <strong>{t('source.deadCount', { count: total })}</strong>{' '}
            <span className="quiet">{t('source.deadHow')}</span>
          </p>
          <div className="table-scroll">
            <table className="table">
              <thead>
                <tr>
                  <th scope="col">{t('source.at')}</th>
                  <th scope="col">{t('source.origin')}</th>
                  <th scope="col">{t('source.reason')}</th>
                  <th scope="col" className="wide">
                    {t('source.detail')}
                  </th>
                  <th scope="col" className="number">
                    {t('source.attempts')}
                  </th>
                </tr>
              </thead>
              <tbody>
                {dead.data.items.map((letter) => (
                  <tr key={letter.id}>
                    <td className="figures">
                      <Ago at={letter.at} />
                    </td>
                    <td>
                      <bdi dir="ltr">{letter.origin}</bdi>
                    </td>
                    <td>
                      <bdi dir="ltr">{letter.reason}</bdi>
                    </td>
                    <td className="wide">
                      <bdi>{letter.detail}</bdi>
                    </td>
                    <td className="number figures">{letter.attempts}</td>
                  </tr>
                ))}
              </tbody>
            </table>
          </div>
        </>
      )}
    </section>
  )
}
