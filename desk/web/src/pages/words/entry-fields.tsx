import { useTranslation } from 'react-i18next'
import { useDistricts } from '../../parts/use-names.js'
import { PLACE_KINDS } from '../../../../../schemas/place-kinds.js'
import { NEEDS, type Draft } from './draft.js'

interface FieldsProps {
  draft: Draft
  change: (part: Partial<Draft>) => void
}

const MOST_LETTERS = 80

function Line(props: {
  label: string
  value: string
  onChange: (value: string) => void
  id: string
  lang?: string
  dir?: 'ltr'
}) {
  return (
    <label className="field">
      <span>{props.label}</span>
      <input
        dir={props.dir ?? 'auto'}
        lang={props.lang}
        maxLength={MOST_LETTERS}
        value={props.value}
        onChange={(event) => props.onChange(event.target.value)}
        data-testid={`words-${props.id}`}
      />
    </label>
  )
}

function Spellings({ draft, change, label }: FieldsProps & { label: string }) {
  const { t } = useTranslation()
  return (
    <label className="field">
      <span>
        {label} <span className="quiet">{t('words.oneALine')}</span>
      </span>
      <textarea
        rows={3}
        dir="auto"
        maxLength={3_000}
        value={draft.spellings}
        onChange={(event) => change({ spellings: event.target.value })}
        data-testid="words-spellings"
      />
    </label>
  )
}

function DistrictChoice(props: { label: string; value: string; onChange: (id: string) => void; id: string }) {
  const { t } = useTranslation()
  const { list, name } = useDistricts()
  return (
    <label className="field">
      <span>{props.label}</span>
      <select
        value={props.value}
        onChange={(event) => props.onChange(event.target.value)}
        data-testid={`words-${props.id}`}
      >
        <option value="" disabled>
          {t('words.choose')}
        </option>
        {list.map(({ id }) => (
          <option key={id} value={id}>
            {name(id)}
          </option>
        ))}
      </select>
    </label>
  )
}

function PlaceFields({ draft, change }: FieldsProps) {
  const { t } = useTranslation()
  return (
    <>
      <Spellings draft={draft} change={change} label={t('words.names')} />
      <DistrictChoice
        id="district"
        label={t('words.district')}
        value={draft.district}
        onChange={(district) => change({ district })}
      />
      <div className="words-pair">
        <label className="field">
          <span>{t('words.placeKind')}</span>
          <select
            value={draft.place}
            onChange={(event) =>
              change({ place: PLACE_KINDS.find((kind) => kind === event.target.value) ?? draft.place })
            }
          >
            {PLACE_KINDS.map((kind) => (
              <option key={kind} value={kind}>
                {t(`words.place.${kind}`)}
              </option>
            ))}
          </select>
        </label>
        <label className="field">
          <span>{t('words.needsLabel')}</span>
          <select
            value={draft.needs}
            onChange={(event) => change({ needs: NEEDS.find((one) => one === event.target.value) ?? draft.needs })}
          >
            {NEEDS.map((one) => (
              <option key={one} value={one}>
                {t(`words.needs.${one}`)}
              </option>
            ))}
          </select>
        </label>
      </div>
    </>
  )
}

function DistrictFields({ draft, change }: FieldsProps) {
  const { t } = useTranslation()
  return (
    <>
      <div className="words-pair">
        <Line id="en" lang="en" label={t('words.nameEn')} value={draft.en} onChange={(en) => change({ en })} />
        <Line id="ur" lang="ur" label={t('words.nameUr')} value={draft.ur} onChange={(ur) => change({ ur })} />
        <Line id="ps" lang="ps" label={t('words.namePs')} value={draft.ps} onChange={(ps) => change({ ps })} />
        <DistrictChoice id="was" label={t('words.was')} value={draft.was} onChange={(was) => change({ was })} />
      </div>
      <Spellings draft={draft} change={change} label={t('words.moreSpellings')} />
      <Line
        id="whatsapp"
        dir="ltr"
        label={t('words.whatsapp')}
        value={draft.whatsapp}
        onChange={(whatsapp) => change({ whatsapp })}
      />
    </>
  )
}

/** What an entry of its kind is made of. */
export function EntryFields({ draft, change }: FieldsProps) {
  const { t } = useTranslation()
  switch (draft.kind) {
    case 'word':
      return (
        <>
          <Spellings draft={draft} change={change} label={t('words.spellings')} />
          <Line id="like" label={t('words.like')} value={draft.like} onChange={(like) => change({ like })} />
        </>
      )
    case 'place':
      return <PlaceFields draft={draft} change={change} />
    case 'not-a-place':
      return <Spellings draft={draft} change={change} label={t('words.names')} />
    case 'district':
      return <DistrictFields draft={draft} change={change} />
  }
}
