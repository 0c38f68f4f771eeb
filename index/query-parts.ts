import { Failure } from '../runtime/failure.js'
import { CORRECTABLE_TAGS } from '../schemas/correction.js'
import type { MentionQuery } from '../schemas/search.js'
import type { Scope } from '../schemas/user.js'
import type { PeriodCounts } from './mention-search.js'
import { UNKNOWN } from './mention-row.js'

/** The tags that mentions are filtered by and counted by; every index calls them so. `alert` is 1 or 0. */
export const TAG_COLUMNS = ['channel', 'lang', 'category', 'severity', 'sentiment', 'alert'] as const
export type TagColumn = (typeof TAG_COLUMNS)[number]

/** An instant of a query in epoch milliseconds; throws a Failure `invalid-payload` for anything else. */
export function epochMs(instant: string): number {
  const at = Date.parse(instant)
  if (Number.isNaN(at))
    throw new Failure('invalid-payload', 'from and to are instants as 2026-11-22T04:00:00.000Z', { retryable: false })
  return at
}

/** The districts somebody is limited to, undefined for everybody's; mentions without a district are nobody's. */
export function scopeDistricts(scope: Scope): readonly string[] | undefined {
  return scope.districts === 'all' ? undefined : scope.districts.filter((district) => district !== UNKNOWN)
}

/** What each tag must be one of; a tag that is absent may be anything. */
export function wantedTags(query: MentionQuery): ReadonlyMap<TagColumn, readonly (string | number)[]> {
  const wanted = new Map<TagColumn, readonly (string | number)[]>()
  for (const column of TAG_COLUMNS) {
    if (column === 'alert') {
      if (query.alert !== undefined) wanted.set(column, [query.alert ? 1 : 0])
    } else {
      const values = query[column]
      if (isSet(values)) wanted.set(column, values)
    }
  }
  return wanted
}

/** An empty list of a filter asks for nothing in particular, as if it were not there. */
export function isSet<Item>(list: readonly Item[] | undefined): list is readonly Item[] {
  return list !== undefined && list.length > 0
}

/** How many mentions stand corrected in each tag, in the order in which tags are shown; tags without any are left out. */
export function correctedTagsOf(counts: ReadonlyMap<string, number>): PeriodCounts['correctedTags'] {
  return CORRECTABLE_TAGS.flatMap((tag) => {
    const count = counts.get(tag)
    return count === undefined ? [] : [{ tag, count }]
  })
}
