import { textHashOf } from '../../runtime/corrections/overlay.js'
import { Failure } from '../../runtime/failure.js'
import type { Deletion } from '../../schemas/mention.js'
import type { IndexedMention } from '../../schemas/search.js'
import type { IndexedChange, Rejection } from '../mention-index.js'
import { checkIdentity, isAsLate, rowOf, stateAt, UNKNOWN } from '../mention-row.js'
import { standingDocument, type ElasticDocument, type StandingDocument, type WithdrawnDocument } from './document.js'
import { monthOf } from './generations.js'

/** What of a stored document the next state is made from. */
export type Known =
  | Pick<StandingDocument, KnownField | 'deleted' | 'textHash' | 'edited' | 'revision'>
  | Pick<WithdrawnDocument, KnownField | 'deleted' | 'deletedAt'>
type KnownField = 'id' | 'version' | 'seq' | 'receivedAt' | 'writtenAt' | 'conversation' | 'person' | 'districts'

export const KNOWN_FIELDS: readonly string[] = [
  ...(['id', 'version', 'seq', 'receivedAt', 'writtenAt', 'conversation', 'person', 'districts'] as const),
  ...(['deleted', 'deletedAt', 'textHash', 'edited', 'revision'] as const),
]

/** A document as it stands, and in which month. */
export interface Stored {
  readonly month: string
  readonly known: Known
}

/** The last state that a batch makes of a mention. */
export interface NextState {
  /** The change of the batch that made it. */
  readonly at: number
  readonly month: string
  readonly document: ElasticDocument
}

export interface Reckoned {
  readonly states: ReadonlyMap<string, NextState>
  readonly rejections: readonly Rejection[]
}

export const idOf = (change: IndexedChange): unknown =>
  change.type === 'deleted' ? change.id : (change.mention as { id?: unknown } | undefined)?.id

/**
 * What is to be stored after a batch, reckoned from what stands: by the rules of `MentionIndex`, change by change in order. Of several states of one mention
 * the last alone is stored. The changes of `without` are passed over: the engine refused what they made.
 */
export function reckon(
  batch: readonly IndexedChange[],
  stored: ReadonlyMap<string, Stored>,
  nextSeq: () => number,
  without: ReadonlySet<number> = new Set(),
): Reckoned {
  const states = new Map<string, NextState>()
  const rejections: Rejection[] = []
  for (const [at, change] of batch.entries()) {
    if (without.has(at)) continue
    const id = idOf(change)
    try {
      const made = typeof id === 'string' ? states.get(id) : undefined
      const before = made === undefined && typeof id === 'string' ? stored.get(id) : undefined
      const known = made?.document ?? before?.known
      const document =
        change.type === 'deleted'
          ? withdrawn(change, known, nextSeq)
          : standing(change.type, change.mention, known, nextSeq)
      if (document === undefined) continue
      const month = made?.month ?? before?.month ?? monthOf(document.receivedAt)
      states.set(document.id, { at, month, document })
    } catch (error) {
      rejections.push({ at, id: String(id), ...rejectionOf(error) })
    }
  }
  return { states, rejections }
}

function rejectionOf(error: unknown): Pick<Rejection, 'reason' | 'detail'> {
  if (error instanceof Failure && !error.retryable) return { reason: error.reason, detail: error.message }
  if (error instanceof TypeError || error instanceof RangeError)
    return { reason: 'invalid-payload', detail: 'it is not shaped as an enriched mention or a deletion' }
  throw error
}

function standing(
  type: 'written' | 'edited',
  mention: IndexedMention,
  known: Known | undefined,
  nextSeq: () => number,
): StandingDocument | undefined {
  checkIdentity(mention)
  // What was withdrawn comes back by a later version alone.
  if (known !== undefined && (known.deleted ? known.version >= mention.version : isAsLate(known, mention)))
    return undefined
  const textHash = textHashOf(mention.text)
  const edited = editedAt(type, mention, textHash, known)
  const row = rowOf(edited === null ? mention : { ...mention, editedAt: edited })
  // What was withdrawn and is said again comes as something new.
  const seq = known === undefined || known.deleted ? nextSeq() : known.seq
  return standingDocument(row, { seq, textHash, edited })
}

/** An edit says so itself; so does a later state in other words. */
function editedAt(
  type: 'written' | 'edited',
  mention: IndexedMention,
  textHash: string,
  known: Known | undefined,
): string | null {
  const at = () => new Date(stateAt(mention)).toISOString()
  if (type === 'edited') return at()
  if (known === undefined || known.deleted) return null
  return known.textHash === textHash ? known.edited : at()
}

function withdrawn(deletion: Deletion, known: Known | undefined, nextSeq: () => number): WithdrawnDocument | undefined {
  checkIdentity(deletion)
  // Of equal versions the deletion wins, in whichever order they come: what was withdrawn must not stay.
  if (known !== undefined && (known.deleted ? known.version >= deletion.version : known.version > deletion.version))
    return undefined
  const at = stateAt(deletion)
  const { version } = deletion
  return {
    id: deletion.id,
    version,
    seq: known?.seq ?? nextSeq(),
    receivedAt: known?.receivedAt ?? Date.parse(deletion.receivedAt),
    writtenAt: known?.writtenAt ?? at,
    conversation: known?.conversation ?? deletion.conversation,
    person: known?.person ?? '',
    districts: withoutUnknown(known?.districts ?? []),
    deleted: true,
    deletedAt: known?.deleted === true ? known.deletedAt : at,
  }
}

export const withoutUnknown = (districts: readonly string[]): readonly string[] =>
  districts.filter((district) => district !== UNKNOWN)
