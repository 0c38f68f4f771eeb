import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useMay } from '../../api/session.js'
import type { MentionDetail } from '../../api/types.js'
import { useKeys } from '../../keys/keys.js'
import { ActionButton } from '../../parts/action-button.js'
import { useDistricts } from '../../parts/use-names.js'
import { Link } from '../../routing/link.js'
import { CaseLine } from './case-line.js'
import { Composer } from './composer.js'
import { ForwardDialog } from './forward-dialog.js'
import { MessageCard } from './message-card.js'
import { TagTable } from './tag-table.js'
import { Thread } from './thread.js'

export function Opened({ detail }: { detail: MentionDetail }) {
  const { t } = useTranslation()
  const districts = useDistricts()
  const mayForward = useMay('mentions:forward')
  const [forwarding, setForwarding] = useState(false)
  const { mention } = detail
  const category = mention.tags.category
  const places = (mention.tags.districts ?? []).map((place) => districts.name(place.id))
  useKeys(mayForward ? { f: () => setForwarding(true) } : {})
  return (
    <>
      <div className="pane-scroll">
        <header className="pane-head">
          <h1>{[category ? t(`category.${category.category}`) : t('tag.unjudged'), ...places].join(t('app.comma'))}</h1>
          {category?.alert && (
            <span className={`chip chip-${category.severity}`}>
              {t('tag.alert')} · {t(`severity.${category.severity}`)}
            </span>
          )}
          {detail.case !== null && <CaseLine one={detail.case} />}
        </header>
        <MessageCard mention={mention} />
        <div className="pane-actions">
          {mayForward && (
            <ActionButton look="main" hint="f" onPress={() => setForwarding(true)} data-testid="forward">
              {t('forward.action')}
            </ActionButton>
          )}
          {detail.alertId !== null && (
            <Link className="button button-plain" to={`/watch?alert=${encodeURIComponent(detail.alertId)}`}>
              {t('read.openAlert')}
            </Link>
          )}
        </div>
        <TagTable mention={mention} />
        <Thread detail={detail} />
      </div>
      <Composer detail={detail} />
      {forwarding && <ForwardDialog mentionId={mention.id} onClose={() => setForwarding(false)} />}
    </>
  )
}
