import type { Mention } from '../schemas/mention.js'
import type { AnnotationName, Tags } from '../schemas/tags.js'

/**
 * Adds one annotation to a mention. Enrichers run in the order of `enrich/enrichers.ts`, each seeing what came before it in `soFar`
 * (null where an earlier one failed or has not run). `enrich` is pure and synchronous: same mention, same answer, no clock, no network,
 * at most 50 ms for any text up to 100,000 characters (those that read it whole are given what `skim.ts` leaves of a long one). If it throws, the mention goes on with that annotation null and named in `failed`.
 * Spans in the answer are UTF-16 offsets into `mention.text`.
 */
export interface Enricher<Name extends AnnotationName> {
  readonly adds: Name
  enrich(mention: Mention, soFar: Readonly<Tags>): NonNullable<Tags[Name]>
}
