import { useState, type ReactNode } from 'react'
import { Dialog, Heading, Modal, ModalOverlay } from 'react-aria-components'
import { useTranslation } from 'react-i18next'
import { conflictOf, useCorrect } from '../../api/corrections.js'
import { Problem } from '../../api/http.js'
import type { CorrectableTag, CorrectionEntry, IndexedMention } from '../../api/types.js'
import { ActionButton } from '../../parts/action-button.js'
import { CorrectionLines } from './correction-history.js'
import { DistrictField } from './district-field.js'
import { changedTags, CHOICES, contradictionOf, draftOf, isSame, taggedOf, type TagDraft } from './tag-draft.js'
import { useTagNames } from '../../parts/use-tag-names.js'

const MAX_NOTE = 1_000
type Conflict = { revision: number; history: CorrectionEntry[] }

interface CorrectDialogProps {
  mention: IndexedMention
  onClose: () => void
}

/** Sets the tags of a message right. Only what was changed is sent; the tagger's own value takes a correction back. */
export function CorrectDialog({ mention: given, onClose }: CorrectDialogProps) {
  const { t } = useTranslation()
  const { tagName, valueName } = useTagNames()
  // What was seen when it was opened: news of the mention must not change what is being compared.
  const [mention] = useState(given)
  const [draft, setDraft] = useState<TagDraft>(() => draftOf(mention))
  const [note, setNote] = useState('')
  const [problem, setProblem] = useState<string | null>(null)
  const [conflict, setConflict] = useState<Conflict | null>(null)
  const correct = useCorrect(mention.id)
  const tagged = taggedOf(mention)
  const tags = changedTags(draft, mention)
  const contradiction = Object.keys(tags).length === 0 ? undefined : contradictionOf(draft)
  const isReady = Object.keys(tags).length > 0 && contradiction === undefined && !correct.isPending
  const rings = draft.alert === true && draftOf(mention).alert !== true

  const set = (change: Partial<TagDraft>): void => setDraft((before) => ({ ...before, ...change }))
  const submit = (): void => {
    if (!isReady) return
    setProblem(null)
    const revision = conflict?.revision ?? mention.revision ?? 0
    correct.mutate(
      { tags, revision, ...(note.trim() === '' ? {} : { note: note.trim() }) },
      {
        onSuccess: onClose,
        onError: (error) => {
          const other = conflictOf(error)
          if (other !== undefined) setConflict(other)
          else setProblem(error instanceof Problem && error.status > 0 ? t('correct.failed', { detail: error.message }) : t('correct.unknown')) // prettier-ignore
        },
      },
    )
  }

  const was = (tag: CorrectableTag): ReactNode =>
    isSame(draft[tag], tagged[tag]) ? null : (
      <small className="tag-words">{t('correct.was', { value: valueName(tag, tagged[tag]) })}</small>
    )
  const select = (tag: 'alert' | keyof typeof CHOICES, values: readonly (string | boolean)[], autoFocus = false) => (
    <label className="field">
      <span>{tagName(tag)}</span>
      <select
        value={draft[tag] === undefined ? '' : String(draft[tag])}
        onChange={({ target: { value } }) => set({ [tag]: tag === 'alert' ? value === 'true' : value })}
        autoFocus={autoFocus}
        data-testid={`correct-${tag}`}
      >
        {draft[tag] === undefined && (
          <option value="" disabled>
            {t('tag.failed')}
          </option>
        )}
        {values.map((value) => (
          <option key={String(value)} value={String(value)}>
            {valueName(tag, value)}
          </option>
        ))}
      </select>
      {was(tag)}
    </label>
  )

  return (
    <ModalOverlay isOpen onOpenChange={(open) => !open && onClose()} isDismissable className="overlay">
      <Modal className="modal">
        <Dialog className="dialog" data-testid="correct-dialog">
          <Heading slot="title">{t('correct.title')}</Heading>
          <div
            className="correct-fields"
            onKeyDown={(event) => {
              if (event.key === 'Enter' && (event.ctrlKey || event.metaKey)) submit()
            }}
          >
            {select('category', CHOICES.category, true)}
            {select('alert', [true, false])}
            {select('severity', CHOICES.severity)}
            {select('sentiment', CHOICES.sentiment)}
            <div className="correct-wide">
              <DistrictField chosen={draft.districts ?? []} onChange={(districts) => set({ districts })} />
              {was('districts')}
            </div>
            {select('lang', CHOICES.lang)}
            <label className="field correct-wide">
              <span>{t('correct.note')}</span>
              <textarea
                rows={2}
                dir="auto"
                maxLength={MAX_NOTE}
                value={note}
                onChange={(event) => setNote(event.target.value)}
                data-testid="correct-note"
              />
            </label>
          </div>
          {rings && <p className="card-note">{t('correct.rings')}</p>}
          {contradiction !== undefined && (
            <p className="form-problem" role="alert" data-testid="correct-contradiction">
              {t(`correct.${contradiction}`)}
            </p>
          )}
          {conflict !== null && (
            <div className="form-problem" role="alert" data-testid="correct-conflict">
              <p>{t('correct.conflict')}</p>
              <CorrectionLines
                entries={conflict.history.filter(({ revision }) => revision > (mention.revision ?? 0))}
              />
            </div>
          )}
          {problem !== null && (
            <p className="form-problem" role="alert">
              <bdi>{problem}</bdi>
            </p>
          )}
          <div className="dialog-actions">
            <ActionButton onPress={onClose}>{t('correct.cancel')}</ActionButton>
            <ActionButton look="main" hint="Ctrl ↵" isDisabled={!isReady} onPress={submit} data-testid="correct-save">
              {correct.isPending ? t('correct.saving') : t(conflict === null ? 'correct.save' : 'correct.saveOver')}
            </ActionButton>
          </div>
        </Dialog>
      </Modal>
    </ModalOverlay>
  )
}
