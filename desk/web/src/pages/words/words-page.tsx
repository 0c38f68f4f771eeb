import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useMay } from '../../api/session.js'
import type { VocabularyItem } from '../../api/types.js'
import { useVocabulary } from '../../api/vocabulary.js'
import { Failed, Loading, Notice } from '../../parts/notice.js'
import { EntryForm } from './entry-form.js'
import { EntryRow, writtenIn } from './entry-row.js'

/** More than these nobody looks through; a search narrows them down. */
const MOST_SHOWN = 200

const holds = (item: VocabularyItem, sought: string): boolean =>
  writtenIn(item).some((word) => word.toLocaleLowerCase().includes(sought))

function Entries() {
  const { t } = useTranslation()
  const [retired, setRetired] = useState(false)
  const [search, setSearch] = useState('')
  const list = useVocabulary(retired)
  if (list.data === undefined)
    return list.isError ? <Failed error={list.error} onRetry={() => void list.refetch()} /> : <Loading />
  const sought = search.trim().toLocaleLowerCase()
  const found = list.data.items.filter((item) => sought === '' || holds(item, sought))
  const broken = list.data.items.filter((item) => item.problem !== null && item.retiredAt === null).length
  return (
    <section className="words-entries" aria-label={t('words.listTitle')}>
      <div className="words-list-head">
        <h2>{t('words.listTitle')}</h2>
        <span className="quiet figures">{t('words.count', { count: found.length })}</span>
        <input
          type="search"
          dir="auto"
          className="words-search"
          placeholder={t('words.search')}
          aria-label={t('words.search')}
          value={search}
          onChange={(event) => setSearch(event.target.value)}
          data-testid="words-search"
        />
        <label className="words-check">
          <input
            type="checkbox"
            checked={retired}
            onChange={(event) => setRetired(event.target.checked)}
            data-testid="words-retired"
          />{' '}
          {t('words.showRetired')}
        </label>
      </div>
      {broken > 0 && <p className="form-problem">{t('words.broken', { count: broken })}</p>}
      {found.length === 0 ? (
        <Notice title={t(list.data.items.length === 0 ? 'words.none' : 'words.notFound')}>
          {list.data.items.length === 0 ? t('words.noneWhy') : undefined}
        </Notice>
      ) : (
        <ul className="words-rows" data-testid="words-rows">
          {found.slice(0, MOST_SHOWN).map((item) => (
            <EntryRow key={item.id} item={item} />
          ))}
        </ul>
      )}
      {found.length > MOST_SHOWN && <p className="quiet">{t('words.more', { count: found.length - MOST_SHOWN })}</p>}
    </section>
  )
}

/** Districts, places and words that administrators keep: add, try, retire. */
export function WordsPage() {
  const { t } = useTranslation()
  const may = useMay('vocabulary:manage')
  return (
    <div className="sheet">
      <header className="sheet-head">
        <h1>{t('words.title')}</h1>
        <p className="quiet">{t('words.notice')}</p>
      </header>
      {may ? (
        <div className="vocabulary">
          <EntryForm />
          <Entries />
        </div>
      ) : (
        <Notice title={t('state.notAllowed')} />
      )}
    </div>
  )
}
