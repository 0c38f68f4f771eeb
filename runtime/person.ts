import type { Mention } from '../schemas/mention.js'

type Written = Pick<Mention, 'author' | 'account'>

/** Whoever wrote it, by the surest sign that the platform gives; null where it withholds all of them. A shared name is nobody's sign. */
export function personOf({ author }: Pick<Mention, 'author'>): string | null {
  return author.id ?? author.handle?.toLowerCase() ?? author.address ?? null
}

/** Whether our own account wrote it (an answer given elsewhere, an echo of ours): nobody's message to us. */
export function isOurOwn({ author, account }: Written): boolean {
  return account !== null && [author.id, author.address, author.handle].includes(account)
}
