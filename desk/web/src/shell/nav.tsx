import { useTranslation } from 'react-i18next'
import { useAlerts } from '../api/alerts.js'
import { useSources } from '../api/overview.js'
import { useMay } from '../api/session.js'
import { Link } from '../routing/link.js'
import { pageOf, type PageName } from './pages.js'

interface NavItem {
  page: PageName
  to: string
  count: number
}

function useNavItems(): NavItem[] {
  const alerts = useAlerts()
  const mayReadSources = useMay('sources:read')
  const mayReadReports = useMay('reports:read')
  const mayKeepWords = useMay('vocabulary:manage')
  const sources = useSources(mayReadSources)
  const ringing = alerts.data?.filter((alert) => alert.status === 'ringing').length ?? 0
  const failing = sources.data?.filter((source) => source.status === 'failing').length ?? 0
  const items: NavItem[] = [
    { page: 'watch', to: '/watch', count: ringing },
    { page: 'mentions', to: '/mentions', count: 0 },
  ]
  if (mayReadReports) items.push({ page: 'reports', to: '/reports', count: 0 })
  if (mayReadSources) items.push({ page: 'sources', to: '/sources', count: failing })
  if (mayKeepWords) items.push({ page: 'words', to: '/words', count: 0 })
  return items
}

/** The pages: at the side where there is room, at the thumb on a phone. A number is something that waits for somebody. */
export function Nav({ path }: { path: string }) {
  const { t } = useTranslation()
  const items = useNavItems()
  const current = pageOf(path)
  return (
    <nav className="nav" aria-label={t('nav.label')}>
      {items.map(({ page, to, count }) => (
        <Link
          key={page}
          to={to}
          className="nav-link"
          aria-current={page === current ? 'page' : undefined}
          data-testid={`nav-${page}`}
        >
          <span>{t(`nav.${page}`)}</span>
          {count > 0 && <span className="nav-count figures">{count}</span>}
        </Link>
      ))}
    </nav>
  )
}
