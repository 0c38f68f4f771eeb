import { useTranslation } from 'react-i18next'
import { Notice } from '../../parts/notice.js'
import { mentionsPath, NO_FILTERS, type Filters } from '../../routing/filters.js'
import { Link } from '../../routing/link.js'

export function NothingFound({ filters }: { filters: Filters }) {
  const { t } = useTranslation()
  const filtered = mentionsPath({ ...filters, sort: 'new' }) !== mentionsPath(NO_FILTERS)
  return (
    <Notice
      title={t('list.none')}
      action={
        <Link to={filtered ? mentionsPath(NO_FILTERS) : '/sources'} className="button button-main">
          {filtered ? t('query.clear') : t('list.sources')}
        </Link>
      }
    >
      {filtered ? t('list.noneFiltered') : t('list.noneYet')}
    </Notice>
  )
}
