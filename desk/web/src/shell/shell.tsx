import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useAlerts } from '../api/alerts.js'
import { useFreshTables, useMay, useSession } from '../api/session.js'
import { KeysHelp } from '../keys/keys-help.js'
import { useKeys } from '../keys/keys.js'
import { LiveStateBadge } from '../live/live-state.js'
import { MentionsPage } from '../pages/mentions/mentions-page.js'
import { QueryBar } from '../pages/mentions/query-bar.js'
import { ReportsPage } from '../pages/reports/reports-page.js'
import { SourcesPage } from '../pages/sources/sources-page.js'
import { WatchPage } from '../pages/watch/watch-page.js'
import { WordsPage } from '../pages/words/words-page.js'
import { Notice } from '../parts/notice.js'
import { Link } from '../routing/link.js'
import { navigate, useLocation } from '../routing/location.js'
import { SoundControl } from '../sound/sound-control.js'
import { DeskClock } from './clock.js'
import { Nav } from './nav.js'
import { pageOf, type PageName } from './pages.js'
import { RingingStrip } from './ringing-strip.js'
import { SettingsMenu } from './settings-menu.js'
import { useTitle } from './title.js'

function Page({ page }: { page: PageName | null }) {
  const { t } = useTranslation()
  switch (page) {
    case 'watch':
      return <WatchPage />
    case 'mentions':
      return <MentionsPage />
    case 'reports':
      return <ReportsPage />
    case 'sources':
      return <SourcesPage />
    case 'words':
      return <WordsPage />
    case null:
      return (
        <Notice
          title={t('state.noPage')}
          action={
            <Link to="/watch" className="button button-main">
              {t('state.toWatch')}
            </Link>
          }
        />
      )
  }
}

/** What stands around every page. */
export function Shell() {
  const { t } = useTranslation()
  const { demonstration } = useSession()
  const { path } = useLocation()
  const [help, setHelp] = useState(false)
  const mayReadReports = useMay('reports:read')
  const mayReadSources = useMay('sources:read')
  const mayKeepWords = useMay('vocabulary:manage')
  const { data: alerts } = useAlerts()
  useFreshTables()
  const page = pageOf(path)
  useTitle(page, alerts?.filter((alert) => alert.status === 'ringing').length ?? 0)
  useKeys({
    '?': () => setHelp(true),
    '1': () => navigate('/watch'),
    '2': () => navigate('/mentions'),
    ...(mayReadReports ? { '3': () => navigate('/reports') } : {}),
    ...(mayReadSources ? { '4': () => navigate('/sources') } : {}),
    ...(mayKeepWords ? { '5': () => navigate('/words') } : {}),
  })
  return (
    <div className="shell" data-page={page ?? 'none'}>
      <a className="skip" href="#page">
        {t('app.skip')}
      </a>
      {demonstration && (
        <p className="demonstration" data-testid="demonstration">
          {t('demo')}
        </p>
      )}
      <header className="header">
        <Link to="/watch" className="brand" aria-label={t('app.name')}>
          <bdi lang="en">rabta</bdi>{' '}
          <bdi lang="ur" className="brand-urdu">
            رابطہ
          </bdi>
        </Link>
        <QueryBar />
        <div className="header-state">
          <LiveStateBadge />
          <SoundControl />
          <DeskClock />
          <SettingsMenu onHelp={() => setHelp(true)} />
        </div>
      </header>
      <Nav path={path} />
      <div className="page">
        {page !== 'watch' && <RingingStrip />}
        <main id="page" tabIndex={-1} className={`main main-${page ?? 'none'}`}>
          <Page page={page} />
        </main>
      </div>
      <KeysHelp isOpen={help} onClose={() => setHelp(false)} />
    </div>
  )
}
