import { Type, type Static } from '@sinclair/typebox'
import type { Corrections } from '../runtime/corrections/correction-store.js'
import { lastRevision, overlay, standingOf, textHashOf } from '../runtime/corrections/overlay.js'
import type { CorrectionsDoor } from '../runtime/corrections/say-corrections.js'
import type { DistrictTable } from '../runtime/district-table.js'
import type { Metrics } from '../runtime/metrics.js'
import { Correction, CORRECTABLE_TAGS, type CorrectionRequest } from '../schemas/correction.js'
import type { IndexedMention } from '../schemas/search.js'
import { changesOf, isSame, wantedOf } from './correction-rules.js'

/** One tag of one correction, for people; `ofThisText` is false for what was said of other words under the same id. */
export const CorrectionEntry = Type.Composite([
  Type.Omit(Correction, ['mentionId', 'textHash']),
  Type.Object({ ofThisText: Type.Boolean() }),
])
export type CorrectionEntry = Static<typeof CorrectionEntry>

/** A mention as the records have it corrected, sooner than the index, and all that was corrected of it, the last first. */
export interface Corrected {
  readonly mention: IndexedMention
  readonly history: CorrectionEntry[]
}

export interface CorrectionDeskParts {
  readonly corrections: Pick<Corrections, 'ofMany' | 'add'>
  readonly correctionsDoor: Pick<CorrectionsDoor, 'say'>
  readonly districts: DistrictTable
  readonly metrics: Metrics
}

/**
 * `correct` keeps what a person set right and tells the index; it resolves with the mention as it then stands, and with `conflict` and how it stands
 * where somebody else was faster. The same request by the same person again, of which the answer was lost, is answered once more.
 */
export interface CorrectionDesk {
  of(mention: IndexedMention): Promise<Corrected>
  correct(
    mention: IndexedMention,
    request: CorrectionRequest,
    by: string,
  ): Promise<Corrected & { readonly outcome: 'kept' | 'known' | 'conflict' }>
}

function correctedBy(mention: IndexedMention, made: readonly Correction[]): Corrected {
  const hash = textHashOf(mention.text)
  const rank = (tag: Correction['tag']) => CORRECTABLE_TAGS.indexOf(tag)
  const history = [...made]
    .sort((a, b) => b.revision - a.revision || rank(a.tag) - rank(b.tag))
    .map(({ mentionId: _, textHash, ...one }) => ({ ...one, ofThisText: textHash === hash }))
  return { mention: overlay(mention, made), history }
}

/** Whether the last correction is this very request, so that all of it stands. */
function isRepeat(
  mention: IndexedMention,
  made: readonly Correction[],
  request: CorrectionRequest,
  by: string,
): boolean {
  const last = lastRevision(made)
  const isMine = made.some((one) => one.revision === last && one.by === by)
  if (!isMine || request.revision !== last - 1) return false
  const standing = standingOf(made, mention.text)
  return wantedOf(mention, request.tags).every(({ tag, value }) => isSame(value, standing.get(tag)?.value))
}

export function createCorrectionDesk(parts: CorrectionDeskParts): CorrectionDesk {
  const { corrections, correctionsDoor, districts, metrics } = parts
  const madeOf = async (id: string) => (await corrections.ofMany([id])).get(id) ?? []
  return {
    of: async (mention) => correctedBy(mention, await madeOf(mention.id)),
    correct: async (given, request, by) => {
      const made = await madeOf(given.id)
      const { mention } = correctedBy(given, made)
      const upon = Math.max(lastRevision(made), given.revision ?? 0)
      if (request.revision !== upon)
        return { ...correctedBy(given, made), outcome: isRepeat(given, made, request, by) ? 'known' : 'conflict' }
      const tags = changesOf(mention, made, request.tags, (id) => districts.byId.has(id))
      const revision = await corrections.add({
        mentionId: given.id,
        receivedAt: given.receivedAt,
        textHash: textHashOf(given.text),
        upon,
        by,
        note: request.note?.trim() ?? '',
        tags,
      })
      const after = correctedBy(given, await madeOf(given.id))
      if (revision === undefined) return { ...after, outcome: 'conflict' }
      for (const { tag } of tags) metrics.corrections.inc({ tag })
      await correctionsDoor.say(given.id, revision)
      return { ...after, outcome: 'kept' }
    },
  }
}
