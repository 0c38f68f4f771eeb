import { Type, type Static } from '@sinclair/typebox'
import { Instant } from './mention.js'
import { Nullable } from './nullable.js'
import { PLACE_KINDS } from './place-kinds.js'

const closed = { additionalProperties: false } as const
const DistrictId = Type.String({ pattern: '^[a-z]+(-[a-z]+)*$', minLength: 2, maxLength: 40 })
const Spelling = Type.String({ minLength: 1, maxLength: 80 })
const Spellings = Type.Array(Spelling, { minItems: 1, maxItems: 40 })

/** A district that was made, or split off, after this version of Rabta. `was` names the district whose land it was. */
export const DistrictEntry = Type.Object(
  {
    kind: Type.Literal('district'),
    id: DistrictId,
    names: Type.Object({ en: Spelling, ur: Spelling, ps: Spelling }, closed),
    /** The id of its police region; of a district that was split off, without one, that of the old district. */
    region: Type.Optional(DistrictId),
    /** Further spellings of its name, in any script. */
    spellings: Type.Optional(Type.Array(Spelling, { maxItems: 40 })),
    was: Type.Optional(DistrictId),
    /** Three capital letters for case references and the tile map; made of the English name where not given. */
    code: Type.Optional(Type.String({ pattern: '^[A-Z]{3}$' })),
    /** Column and row on the tile map; the nearest free one where not given. */
    tile: Type.Optional(
      Type.Tuple([Type.Integer({ minimum: 0, maximum: 31 }), Type.Integer({ minimum: 0, maximum: 31 })]),
    ),
    /** The WhatsApp number of its DPO, in digits with the country's code. */
    whatsapp: Type.Optional(Type.String({ pattern: '^\\d{8,15}$' })),
  },
  closed,
)
export type DistrictEntry = Static<typeof DistrictEntry>

/** A place with its spellings. In several `districts`: one of them, it is not known which. `needs`: what must stand beside its name, as in the gazetteer. */
export const PlaceEntry = Type.Object(
  {
    kind: Type.Literal('place'),
    names: Spellings,
    districts: Type.Array(DistrictId, { minItems: 1, maxItems: 4 }),
    place: Type.Union(PLACE_KINDS.map((value) => Type.Literal(value))),
    needs: Type.Optional(Type.Union([Type.Literal('nothing'), Type.Literal('sign'), Type.Literal('plain-sign')])),
  },
  closed,
)
export type PlaceEntry = Static<typeof PlaceEntry>

/** Names that look like a place and are none. */
export const NotAPlaceEntry = Type.Object({ kind: Type.Literal('not-a-place'), names: Spellings }, closed)
export type NotAPlaceEntry = Static<typeof NotAPlaceEntry>

/** Spellings of a word, or of a few words that belong together, which are read as `like`, that the tagger knows. */
export const WordEntry = Type.Object({ kind: Type.Literal('word'), words: Spellings, like: Spelling }, closed)
export type WordEntry = Static<typeof WordEntry>

export const VocabularyEntry = Type.Union([DistrictEntry, PlaceEntry, NotAPlaceEntry, WordEntry])
export type VocabularyEntry = Static<typeof VocabularyEntry>

/** An entry as it is kept. `entry` is null where what is kept is none of this version; `problem` says why an entry is not in use. */
export const VocabularyItem = Type.Object({
  id: Type.String(),
  kind: Type.String(),
  entry: Nullable(VocabularyEntry),
  by: Type.String(),
  at: Instant,
  retiredAt: Nullable(Instant),
  retiredBy: Nullable(Type.String()),
  problem: Nullable(Type.String()),
})
export type VocabularyItem = Static<typeof VocabularyItem>

/** Everything that stands; `revision` grows with each change, `inUse` is the one that this process tags by. */
export const VocabularyList = Type.Object({
  revision: Type.Integer(),
  inUse: Type.Integer(),
  items: Type.Array(VocabularyItem),
})
export type VocabularyList = Static<typeof VocabularyList>

/**
 * How a text is tagged now and, where an entry is given that may be added, how it would be with it (`then`). `refused` says why it may not. `seen` is in how
 * many messages of the last seven days its words stand; null where that is not known.
 */
export const VocabularyTrial = Type.Object({
  now: Type.Record(Type.String(), Type.Unknown()),
  then: Nullable(Type.Record(Type.String(), Type.Unknown())),
  refused: Nullable(Type.String()),
  warnings: Type.Array(Type.String()),
  seen: Nullable(Type.Integer()),
})
export type VocabularyTrial = Static<typeof VocabularyTrial>
