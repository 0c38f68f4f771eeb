import type { Mention } from '../../../schemas/mention.js'
import type { DistrictTag } from '../../../schemas/tags.js'

/** The district whose own number or account a mention was written to; undefined where it says none (a region's, the central office's, a stranger's). */
export type AccountDistrict = (mention: Mention) => string | undefined

/**
 * Who writes to the number of a district mostly writes of it, and now and then of the next one: 0.8 until corrections tell better.
 * It counts where neither words nor a pin say anything.
 */
const CONFIDENCE = 0.8

export function fromAccount(mention: Mention, districtOf: AccountDistrict | undefined): DistrictTag[] {
  const id = districtOf?.(mention)
  return id === undefined ? [] : [{ id, confidence: CONFIDENCE, basis: 'number-written-to', evidence: [] }]
}
