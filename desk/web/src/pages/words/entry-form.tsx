import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { Problem } from '../../api/http.js'
import { useAddEntry, useTrial } from '../../api/vocabulary.js'
import { ActionButton } from '../../parts/action-button.js'
import { Choice } from '../../parts/choice.js'
import { ENTRY_KINDS, entryOf, NO_DRAFT, type Draft } from './draft.js'
import { EntryFields } from './entry-fields.js'
import { TrialResult } from './trial.js'

const MOST_TEXT = 2_000

/** An entry is tried on a message before it is added: a word that is too common would ring all night. */
export function EntryForm() {
  const { t } = useTranslation()
  const [draft, setDraft] = useState<Draft>(NO_DRAFT)
  const [text, setText] = useState('')
  const [tried, setTried] = useState('')
  const trial = useTrial()
  const add = useAddEntry()
  const entry = entryOf(draft)
  const entryKey = JSON.stringify(entry)
  const isTried = tried === entryKey && trial.data?.refused === null

  const change = (part: Partial<Draft>): void => {
    add.reset()
    setDraft((old) => ({ ...old, ...part }))
  }
  const tryIt = (): void => {
    if (entry === null || text.trim() === '' || trial.isPending) return
    add.reset()
    trial.mutate({ entry, text }, { onSuccess: () => setTried(entryKey) })
  }
  const addIt = (): void => {
    if (entry === null || !isTried || add.isPending) return
    add.mutate(entry, {
      onSuccess: () => {
        setDraft({ ...NO_DRAFT, kind: draft.kind })
        setText('')
        setTried('')
        trial.reset()
      },
    })
  }
  const failed = add.error ?? trial.error
  const problem =
    failed === null ? null : failed instanceof Problem && failed.status > 0 ? failed.message : t('state.noAnswer')

  return (
    <section className="words-form" aria-label={t('words.addTitle')} data-testid="words-form">
      <h2>{t('words.addTitle')}</h2>
      <Choice
        label={t('words.kindLabel')}
        hideLabel
        value={draft.kind}
        onChange={(kind) => change({ kind })}
        options={ENTRY_KINDS.map((id) => ({ id, name: t(`words.kind.${id}`) }))}
      />
      <p className="quiet">{t(`words.about.${draft.kind}`)}</p>
      <EntryFields draft={draft} change={change} />
      <label className="field">
        <span>{t('words.tryText')}</span>
        <textarea
          rows={3}
          dir="auto"
          maxLength={MOST_TEXT}
          value={text}
          onChange={(event) => setText(event.target.value)}
          onKeyDown={(event) => {
            if (event.key === 'Enter' && (event.ctrlKey || event.metaKey)) tryIt()
          }}
          data-testid="words-text"
        />
      </label>
      {trial.data !== undefined && tried === entryKey && <TrialResult trial={trial.data} entry={entry} />}
      {problem !== null && (
        <p className="form-problem" role="alert">
          <bdi dir="auto">{problem}</bdi>
        </p>
      )}
      {add.data !== undefined && (
        <p className="words-added" role="status" data-testid="words-added">
          {t('words.added')}
        </p>
      )}
      <div className="words-actions">
        <ActionButton
          hint="Ctrl ↵"
          look={isTried ? 'plain' : 'main'}
          isDisabled={entry === null || text.trim() === '' || trial.isPending}
          onPress={tryIt}
          data-testid="words-try"
        >
          {trial.isPending ? t('words.trying') : t('words.try')}
        </ActionButton>
        <ActionButton
          look={isTried ? 'main' : 'plain'}
          isDisabled={!isTried || add.isPending}
          onPress={addIt}
          data-testid="words-add"
        >
          {t('words.add')}
        </ActionButton>
        {!isTried && <span className="quiet">{t('words.tryFirst')}</span>}
      </div>
    </section>
  )
}
