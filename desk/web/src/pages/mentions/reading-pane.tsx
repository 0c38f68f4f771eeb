import { useEffect, useRef } from 'react'
import { useTranslation } from 'react-i18next'
import { Problem } from '../../api/http.js'
import { useMentionDetail } from '../../api/mentions.js'
import { useKeys } from '../../keys/keys.js'
import { ActionButton } from '../../parts/action-button.js'
import { Failed, Loading, Notice } from '../../parts/notice.js'
import { Opened } from './opened.js'

/** The mention that is open: all of it, why it was tagged so, what was said before, and the answer. */
export function ReadingPane({ id, onClose }: { id: string | null; onClose: () => void }) {
  const { t } = useTranslation()
  const detail = useMentionDetail(id)
  const pane = useRef<HTMLElement>(null)
  useKeys(id === null ? {} : { Escape: onClose })
  useEffect(() => {
    // On a phone the pane covers the list: what reads aloud or moves by key goes on inside it.
    if (id !== null && window.matchMedia('(max-width: 859px)').matches) pane.current?.focus()
  }, [id])

  if (id === null) {
    return (
      <section className="pane pane-empty" aria-label={t('read.label')} data-testid="reading-pane">
        <Notice title={t('read.empty')}>
          <p className="key-line" dir="ltr" aria-hidden="true">
            <kbd>j</kbd> <kbd>k</kbd> <kbd>Enter</kbd>
          </p>
        </Notice>
      </section>
    )
  }
  const gone = detail.error instanceof Problem && detail.error.status === 404
  return (
    <section
      className="pane"
      aria-label={t('read.label')}
      ref={pane}
      tabIndex={-1}
      data-testid="reading-pane"
      data-mention-id={id}
    >
      <div className="pane-close">
        <ActionButton look="quiet" hint="Esc" onPress={onClose} data-testid="close-pane">
          <span className="only-wide">{t('read.close')}</span>
          <span className="only-phone">{t('read.back')}</span>
        </ActionButton>
      </div>
      {gone ? (
        <Notice title={t('read.notFound')} action={<ActionButton onPress={onClose}>{t('read.close')}</ActionButton>} />
      ) : detail.data !== undefined ? (
        <Opened key={id} detail={detail.data} />
      ) : detail.isError ? (
        <Failed error={detail.error} onRetry={() => void detail.refetch()} />
      ) : (
        <Loading />
      )}
    </section>
  )
}
