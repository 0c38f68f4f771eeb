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
import { CorrectDialog } from './correct-dialog.js'
import { CorrectionHistory } from './correction-history.js'
import { ForwardDialog } from './forward-dialog.js'
import { MessageCard } from './message-card.js'
import { TagTable } from './tag-table.js'
import { Thread } from './thread.js'

export function Opened({ detail }: { detail: MentionDetail }) {
  const { t } = useTranslation()
  const districts = useDistricts()
  const mayForward = useMay('mentions:forward')
  const mayCorrect = useMay('mentions:correct')
  const [asking, setAsking] = useState<'forward' | 'correct' | null>(null)
  const { mention } = detail
  const category = mention.tags.category
  const places = (mention.tags.districts ?? []).map((place) => districts.name(place.id))
  useKeys({
    ...(mayForward ? { f: () => setAsking('forward') } : {}),
    ...(mayCorrect ? { c: () => setAsking('correct') } : {}),
  })
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
            <ActionButton look="main" hint="f" onPress={() => setAsking('forward')} data-testid="forward">
              {t('forward.action')}
            </ActionButton>
          )}
          {mayCorrect && (
            <ActionButton hint="c" onPress={() => setAsking('correct')} data-testid="correct">
              {t('correct.action')}
            </ActionButton>
          )}
          {detail.alertId !== null && (
            <Link className="button button-plain" to={`/watch?alert=${encodeURIComponent(detail.alertId)}`}>
              {t('read.openAlert')}
            </Link>
          )}
        </div>
        <TagTable mention={mention} />
        <CorrectionHistory entries={detail.correctionHistory} />
        <Thread detail={detail} />
      </div>
      <Composer detail={detail} />
      {asking === 'forward' && <ForwardDialog mentionId={mention.id} onClose={() => setAsking(null)} />}
      {asking === 'correct' && <CorrectDialog mention={mention} onClose={() => setAsking(null)} />}
    </>
  )
}
