import { createHash } from 'node:crypto'
import { MAX_REVISION } from '../../schemas/correction.js'
import type { MentionRow } from '../mention-row.js'

/** Of every document, whether its mention stands or was withdrawn. Instants are epoch milliseconds. */
interface Place {
  /** Also the `_id` (see `documentId`), which cannot be sorted by. */
  readonly id: string
  /** The platform's version of what stands here. The `_version` that decides which write wins is `externalVersion` of it. */
  readonly version: number
  /** The order of arrival: given at the first write, kept by every later one, so that pages and conversations stay as they came. */
  readonly seq: number
  readonly receivedAt: number
  readonly writtenAt: number
  readonly conversation: string
  /** As `personOf` names the writer; empty where the platform withholds who it was. */
  readonly person: string
  /** District ids; `unknown` alone where none was found. Of a withdrawn mention its last ones, without `unknown`. */
  readonly districts: readonly string[]
}

/** A mention that stands. What is not in the mapping (`body`, `edited`, `textHash`, `revision`) is kept in `_source` alone. */
export interface StandingDocument extends Place {
  readonly deleted: false
  readonly channel: string
  readonly lang: string
  readonly category: string
  readonly severity: string
  readonly sentiment: string
  readonly alert: boolean
  readonly unjudged: boolean
  /** How often it was corrected, and the tags that stand corrected; absent from documents of releases that knew no corrections. */
  readonly revision?: number
  readonly corrected?: readonly string[]
  readonly languageConfidence: number | null
  readonly categoryConfidence: number | null
  /** Folded words parted by single spaces (`index/words.ts`), analysed by `whitespace` alone; `parted` is the second reading, or empty. */
  readonly text: string
  readonly parted: string
  readonly author: string
  /** The IndexedMention as JSON: a string, so that it comes back letter by letter. */
  readonly body: string
  /** SHA-256 of the text, in hex: tells a later state in other words from the same words again, without reading the body. */
  readonly textHash: string
  /** `editedAt` of the body. */
  readonly edited: string | null
}

/** What stays of a withdrawn mention: where it stood, and the version, without a word of it. */
export interface WithdrawnDocument extends Place {
  readonly deleted: true
  readonly deletedAt: number
}

export type ElasticDocument = StandingDocument | WithdrawnDocument

/** The beginnings of words are indexed too: a phrase that ends in a beginning would otherwise try every word that begins so, up to a limit. */
const FOLDED_WORDS = { type: 'text', analyzer: 'whitespace', index_prefixes: { min_chars: 1, max_chars: 8 } } as const

/** The mapping of every monthly index. A change to it needs a new generation: `rabta migrate`. */
export const MAPPING = {
  dynamic: false,
  properties: {
    id: { type: 'keyword' },
    version: { type: 'long' },
    seq: { type: 'long' },
    receivedAt: { type: 'long' },
    writtenAt: { type: 'long' },
    conversation: { type: 'keyword' },
    person: { type: 'keyword' },
    districts: { type: 'keyword' },
    deleted: { type: 'boolean' },
    deletedAt: { type: 'long' },
    channel: { type: 'keyword' },
    lang: { type: 'keyword' },
    category: { type: 'keyword' },
    severity: { type: 'keyword' },
    sentiment: { type: 'keyword' },
    alert: { type: 'boolean' },
    unjudged: { type: 'boolean' },
    corrected: { type: 'keyword' },
    languageConfidence: { type: 'double' },
    categoryConfidence: { type: 'double' },
    text: FOLDED_WORDS,
    parted: FOLDED_WORDS,
    author: FOLDED_WORDS,
  },
} as const

/** A withdrawal's place among the revisions of a version: after all of them. */
const STATES_A_VERSION = BigInt(MAX_REVISION + 2)

/**
 * Elasticsearch's own version of a write: the later state wins; of equal versions the one corrected more often, and over all of them the withdrawal.
 * 1024 states a version: the largest version that is a safe number just fits the signed 64 bits that Elasticsearch keeps.
 */
export function externalVersion(document: ElasticDocument): bigint {
  const state = document.deleted ? MAX_REVISION + 1 : (document.revision ?? 0)
  return BigInt(document.version) * STATES_A_VERSION + BigInt(state)
}

const MAX_DOCUMENT_ID_BYTES = 512

/** The `_id` of a mention's document: its id, or where that is too long for Elasticsearch (512 bytes), a hash that no id can equal. */
export const documentId = (id: string): string =>
  Buffer.byteLength(id) <= MAX_DOCUMENT_ID_BYTES ? id : `#${createHash('sha256').update(id).digest('hex')}`

/** The document of a mention that stands. `edited` is its body's `editedAt`. */
export function standingDocument(
  row: MentionRow,
  more: { seq: number; textHash: string; edited: string | null },
): StandingDocument {
  const [channel, lang, category, severity, sentiment, alert, unjudged] = row.tagset
  return {
    id: row.id,
    version: row.version,
    receivedAt: row.receivedAt,
    writtenAt: row.writtenAt,
    conversation: row.conversation,
    person: row.person,
    districts: row.districts,
    deleted: false,
    channel,
    lang,
    category,
    severity,
    sentiment,
    alert: alert === 1,
    unjudged: unjudged === 1,
    revision: row.revision,
    corrected: row.corrected,
    languageConfidence: row.languageConfidence,
    categoryConfidence: row.categoryConfidence,
    ...row.words,
    body: row.body,
    ...more,
  }
}
