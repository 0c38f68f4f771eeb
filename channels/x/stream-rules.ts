import type { XAccount } from './accounts.js'
import type { XKnownRule, XStreamRule } from './stream.js'

const TAG = 'rabta:'

/** A rule that the desk wants, and the account to which what it brings was written (null for a search). */
export interface XWantedRule extends XStreamRule {
  readonly account: string | null
}

/** The same that the polls read: who writes to one of the accounts, and what the search finds. */
export function wantedRules(accounts: readonly XAccount[], searchQuery: string | undefined): XWantedRule[] {
  const toUs = accounts.map(({ userId, handle }) => ({
    value: handle === null ? `to:${userId} -is:retweet` : `@${handle} -from:${handle} -is:retweet`,
    tag: `${TAG}mentions:${handle ?? userId}`,
    account: handle ?? userId,
  }))
  const found = searchQuery === undefined ? [] : [{ value: searchQuery, tag: `${TAG}search`, account: null }]
  return [...toUs, ...found]
}

/** What to add and what to delete so that ours are the wanted ones; the rules of others, who share the app, stay as they are. */
export function rulesToChange(known: readonly XKnownRule[], wanted: readonly XWantedRule[]) {
  const isWanted = ({ value, tag }: XKnownRule) => wanted.some((rule) => rule.value === value && rule.tag === tag)
  return {
    add: wanted.filter(({ value }) => !known.some((rule) => rule.value === value && !isStale(rule))),
    deleteIds: known.filter(isStale).map(({ id }) => id),
  }
  function isStale(rule: XKnownRule): boolean {
    return rule.tag?.startsWith(TAG) === true && !isWanted(rule)
  }
}

/** The account of a post, by the rules that brought it: the first of ours that says one. Somebody else's rule with the same words counts as ours. */
export function accountsByRule(
  known: readonly XKnownRule[],
  wanted: readonly XWantedRule[],
): ReadonlyMap<string, string> {
  const pairs = known.flatMap(({ id, value }): [string, string][] => {
    const account = wanted.find((rule) => rule.value === value)?.account
    return typeof account === 'string' ? [[id, account]] : []
  })
  return new Map(pairs)
}
