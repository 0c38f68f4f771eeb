import type { PlaceEntry, VocabularyEntry } from '../../api/types.js'

export type EntryKind = VocabularyEntry['kind']
export const ENTRY_KINDS = ['word', 'place', 'not-a-place', 'district'] as const satisfies readonly EntryKind[]
export const NEEDS = ['nothing', 'sign', 'plain-sign'] as const satisfies readonly PlaceEntry['needs'][]

/** What stands in the form; fields of the other kinds stay while one looks at them. */
export interface Draft {
  readonly kind: EntryKind
  /** One spelling a line. */
  readonly spellings: string
  readonly like: string
  readonly district: string
  readonly place: PlaceEntry['place']
  readonly needs: (typeof NEEDS)[number]
  readonly en: string
  readonly ur: string
  readonly ps: string
  readonly was: string
  readonly whatsapp: string
}

export const NO_DRAFT: Draft = {
  kind: 'word',
  spellings: '',
  like: '',
  district: '',
  place: 'town',
  needs: 'nothing',
  en: '',
  ur: '',
  ps: '',
  was: '',
  whatsapp: '',
}

const linesOf = (text: string): string[] =>
  text
    .split(/[\n,،]/)
    .map((line) => line.trim())
    .filter((line) => line !== '')

/** Lower-case words joined by hyphens, as ids of districts are. */
const idOf = (name: string): string =>
  name
    .toLowerCase()
    .replace(/[^a-z]+/g, '-')
    .replace(/^-+|-+$/g, '')

/** The entry that is meant; null while something is missing. */
export function entryOf(draft: Draft): VocabularyEntry | null {
  const spellings = linesOf(draft.spellings)
  const like = draft.like.trim()
  switch (draft.kind) {
    case 'word':
      return spellings.length === 0 || like === '' ? null : { kind: 'word', words: spellings, like }
    case 'not-a-place':
      return spellings.length === 0 ? null : { kind: 'not-a-place', names: spellings }
    case 'place': {
      const { district, place, needs } = draft
      if (spellings.length === 0 || district === '') return null
      return {
        kind: 'place',
        names: spellings,
        districts: [district],
        place,
        ...(needs === 'nothing' ? {} : { needs }),
      }
    }
    case 'district': {
      const [en, ur, ps] = [draft.en.trim(), draft.ur.trim(), draft.ps.trim()]
      const [id, whatsapp] = [idOf(en), draft.whatsapp.replace(/\D/g, '')]
      if (id.length < 2 || ur === '' || ps === '' || draft.was === '') return null
      return {
        kind: 'district',
        id,
        names: { en, ur, ps },
        was: draft.was,
        ...(spellings.length === 0 ? {} : { spellings }),
        ...(whatsapp === '' ? {} : { whatsapp }),
      }
    }
  }
}
