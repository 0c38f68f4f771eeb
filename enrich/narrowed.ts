import type { Span, Tags } from '../schemas/tags.js'
import type { Enricher } from './enricher.js'

/** What is read of a text in place of all of it. */
export interface Narrowed {
  readonly text: string
  /** Of a span of `text`, which lies in one piece of the original or in neighbours, the same in the original. */
  readonly spanOf: <S extends Span>(span: S) => S
}

/** Tags that can be of a part of a text. */
export type NarrowedName = 'districts' | 'threat' | 'category' | 'sentiment'
type Restored = { readonly [Name in NarrowedName]: Restore<Name> }
type Restore<Name extends keyof Tags> = (tag: NonNullable<Tags[Name]>, of: Narrowed) => NonNullable<Tags[Name]>

/** Tags with their spans where they are in the whole text. */
const RESTORED: Restored = {
  districts: (tags, { spanOf }) => tags.map((tag) => ({ ...tag, evidence: tag.evidence.map(spanOf) })),
  threat: (tag, { spanOf }) => ({ ...tag, keywords: tag.keywords.map(spanOf) }),
  category: (tag, { spanOf }) => ({ ...tag, evidence: tag.evidence.map(spanOf) }),
  sentiment: (tag) => tag,
}

/** The enricher such that it reads what `narrow` leaves of a text, all of it where that is undefined. Its spans are those of the whole text. */
export function overNarrowed<Name extends NarrowedName>(
  enricher: Enricher<Name>,
  narrow: (text: string) => Narrowed | undefined,
): Enricher<Name> {
  const restored: Restore<Name> = RESTORED[enricher.adds]
  return {
    adds: enricher.adds,
    enrich: (mention, soFar) => {
      const narrowed = narrow(mention.text)
      if (narrowed === undefined) return enricher.enrich(mention, soFar)
      return restored(enricher.enrich({ ...mention, text: narrowed.text }, soFar), narrowed)
    },
  }
}
