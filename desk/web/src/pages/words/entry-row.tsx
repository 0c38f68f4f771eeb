import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { Problem } from '../../api/http.js'
import type { VocabularyItem } from '../../api/types.js'
import { useRetireEntry } from '../../api/vocabulary.js'
import { ActionButton } from '../../parts/action-button.js'
import { Ago } from '../../parts/ago.js'
import { Chip } from '../../parts/chips.js'
import { useDistricts } from '../../parts/use-names.js'
import { WordsOf } from '../../text/words-of.js'
import { ENTRY_KINDS } from './draft.js'

/** All that an entry writes, for the search within the list. */
export function writtenIn({ entry, id }: VocabularyItem): readonly string[] {
  if (entry === null) return [id]
  switch (entry.kind) {
    case 'word':
      return [...entry.words, entry.like]
    case 'district':
      return [entry.id, entry.names.en, entry.names.ur, entry.names.ps, ...(entry.spellings ?? [])]
    default:
      return entry.names
  }
}

function Spellings({ words }: { words: readonly string[] }) {
  return (
    <ul className="words-spellings">
      {words.map((word) => (
        <li key={word}>
          <WordsOf text={word} lang={null} />
        </li>
      ))}
    </ul>
  )
}

function What({ item }: { item: VocabularyItem }) {
  const { t } = useTranslation()
  const { name } = useDistricts()
  const { entry } = item
  if (entry === null)
    return (
      <p className="quiet">
        <bdi dir="ltr">{item.id}</bdi>
      </p>
    )
  switch (entry.kind) {
    case 'word':
      return (
        <>
          <Spellings words={entry.words} />
          <p>
            <span className="quiet">{t('words.readAs')}</span> <WordsOf text={entry.like} lang={null} />
          </p>
        </>
      )
    case 'place':
      return (
        <>
          <Spellings words={entry.names} />
          <p className="quiet">
            {t(`words.place.${entry.place}`)} · {entry.districts.map(name).join(t('app.comma'))}
          </p>
        </>
      )
    case 'not-a-place':
      return <Spellings words={entry.names} />
    case 'district':
      return (
        <>
          <Spellings
            words={[...new Set([entry.names.en, entry.names.ur, entry.names.ps, ...(entry.spellings ?? [])])]}
          />
          {entry.was !== undefined && <p className="quiet">{t('words.wasOf', { district: name(entry.was) })}</p>}
        </>
      )
  }
}

function Retire({ id }: { id: string }) {
  const { t } = useTranslation()
  const [asks, setAsks] = useState(false)
  const retire = useRetireEntry()
  if (!asks)
    return (
      <ActionButton look="quiet" onPress={() => setAsks(true)} data-testid="words-retire">
        {t('words.retire')}
      </ActionButton>
    )
  return (
    <div className="words-sure" role="group" aria-label={t('words.sure')}>
      <span>{t('words.sure')}</span>
      <ActionButton
        look="danger"
        autoFocus
        isDisabled={retire.isPending}
        onPress={() => retire.mutate(id)}
        data-testid="words-retire-sure"
      >
        {t('words.retire')}
      </ActionButton>
      <ActionButton onPress={() => setAsks(false)}>{t('words.keep')}</ActionButton>
      {retire.error !== null && (
        <p className="form-problem" role="alert">
          <bdi dir="auto">{retire.error instanceof Problem ? retire.error.message : t('state.noAnswer')}</bdi>
        </p>
      )}
    </div>
  )
}

/** One entry: what it says, who added it, whether it is in use. */
export function EntryRow({ item }: { item: VocabularyItem }) {
  const { t } = useTranslation()
  const kind = ENTRY_KINDS.find((one) => one === item.kind)
  return (
    <li className="words-row" data-testid="words-row" data-retired={item.retiredAt !== null}>
      <div className="words-what">
        <What item={item} />
        {item.problem !== null && (
          <p className="form-problem" data-testid="words-problem">
            {t('words.leftOut')}{' '}
            <bdi dir="ltr" lang="en">
              {item.problem}
            </bdi>
          </p>
        )}
      </div>
      <div className="words-side">
        <Chip>{kind === undefined ? item.kind : t(`words.kind.${kind}`)}</Chip>
        <span className="quiet figures">
          <bdi>{item.by}</bdi> · <Ago at={item.at} />
        </span>
        {item.retiredAt === null ? (
          <Retire id={item.id} />
        ) : (
          <span className="quiet figures">
            {t('words.retiredBy', { by: item.retiredBy ?? '' })} · <Ago at={item.retiredAt} />
          </span>
        )}
      </div>
    </li>
  )
}
