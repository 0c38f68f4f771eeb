import type { ThreadEntry } from '../../api/types.js'

/** One thread out of its parts, in the order in which it was said; what came in two parts stands once, as the first says it. */
export function threadFrom(
  last: readonly ThreadEntry[],
  earlier: readonly { readonly items: readonly ThreadEntry[] }[],
): ThreadEntry[] {
  const byId = new Map<string, ThreadEntry>()
  for (const entry of [...last, ...earlier.flatMap(({ items }) => items)])
    if (!byId.has(entry.id)) byId.set(entry.id, entry)
  return [...byId.values()].sort((a, b) => (a.at === b.at ? (a.id < b.id ? -1 : 1) : a.at < b.at ? -1 : 1))
}
