import { useState } from 'react'
import { Dialog, Heading, Modal, ModalOverlay } from 'react-aria-components'
import { useTranslation } from 'react-i18next'
import { Problem } from '../../api/http.js'
import { useForward, useMentionDetail } from '../../api/mentions.js'
import { useSession } from '../../api/session.js'
import type { Unit } from '../../api/types.js'
import { ActionButton } from '../../parts/action-button.js'
import { useClickKey } from './drafts.js'

function UnitOptions({ label, units }: { label: string; units: readonly Unit[] }) {
  if (units.length === 0) return null
  return (
    <optgroup label={label}>
      {units.map((unit) => (
        <option key={unit.id} value={unit.id}>
          {unit.name}
        </option>
      ))}
    </optgroup>
  )
}

const MAX_NOTE = 1_000

interface ForwardDialogProps {
  mentionId: string
  onClose: () => void
}

/** Asks which office and with which note, then forwards. */
export function ForwardDialog({ mentionId, onClose }: ForwardDialogProps) {
  const { t } = useTranslation()
  const { units } = useSession()
  // The desk knows who is responsible: a complaint of wrongdoing must not go to the office it is about.
  const suggested = useMentionDetail(mentionId).data?.suggestedUnits ?? []
  const near = suggested.flatMap((id) => units.find((unit) => unit.id === id) ?? [])
  const others = units.filter((unit) => !near.includes(unit))
  const [unit, setUnit] = useState('')
  const [note, setNote] = useState('')
  const [problem, setProblem] = useState<string | null>(null)
  const forward = useForward(mentionId)
  const click = useClickKey('forward', mentionId)

  const submit = (): void => {
    if (unit === '' || forward.isPending) return
    setProblem(null)
    forward.mutate(
      { unit, note: note.trim(), key: click.keyFor(`${unit} ${note.trim()}`) },
      {
        onSuccess: () => {
          click.taken()
          onClose()
        },
        onError: (error) =>
          setProblem(
            error instanceof Problem && error.status > 0
              ? t('forward.failed', { detail: error.message })
              : t('reply.unknown'),
          ),
      },
    )
  }

  return (
    <ModalOverlay isOpen onOpenChange={(open) => !open && onClose()} isDismissable className="overlay">
      <Modal className="modal">
        <Dialog className="dialog" data-testid="forward-dialog">
          <Heading slot="title">{t('forward.title')}</Heading>
          {units.length === 0 ? (
            <p>{t('forward.noUnits')}</p>
          ) : (
            <>
              <label className="field">
                <span>{t('forward.unit')}</span>
                <select
                  value={unit}
                  onChange={(event) => setUnit(event.target.value)}
                  autoFocus
                  data-testid="forward-unit"
                >
                  <option value="" disabled>
                    {t('forward.choose')}
                  </option>
                  <UnitOptions label={t('forward.near')} units={near} />
                  <UnitOptions label={t('forward.others')} units={others} />
                </select>
              </label>
              <label className="field">
                <span>{t('forward.note')}</span>
                <textarea
                  rows={3}
                  dir="auto"
                  maxLength={MAX_NOTE}
                  placeholder={t('forward.notePlaceholder')}
                  value={note}
                  onChange={(event) => setNote(event.target.value)}
                  onKeyDown={(event) => {
                    if (event.key === 'Enter' && (event.ctrlKey || event.metaKey)) submit()
                  }}
                  data-testid="forward-note"
                />
              </label>
            </>
          )}
          {problem !== null && (
            <p className="form-problem" role="alert">
              <bdi>{problem}</bdi>
            </p>
          )}
          <div className="dialog-actions">
            <ActionButton onPress={onClose}>{t('forward.cancel')}</ActionButton>
            <ActionButton
              look="main"
              hint="Ctrl ↵"
              isDisabled={unit === '' || forward.isPending}
              onPress={submit}
              data-testid="forward-send"
            >
              {forward.isPending ? t('forward.sending') : t('forward.send')}
            </ActionButton>
          </div>
        </Dialog>
      </Modal>
    </ModalOverlay>
  )
}
