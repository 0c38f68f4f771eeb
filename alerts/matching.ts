import { isNearCopy } from '../runtime/near-copy.js'
import type { Category } from '../schemas/tags.js'
import type { EnrichedMention } from '../schemas/enriched-mention.js'
import type { Group } from './group.js'
import { comparedPrint, isPlainlyAnother, type ComparedPrint, type KnownMember } from './member-days.js'
import type { Firing } from './rule.js'

const MINUTE = 60_000
const HOUR = 60 * MINUTE

const NEAR_COPY_WINDOW_MS = 24 * HOUR
/** How long the same few words are taken for a copy, not for the next event: "blast in Peshawar" is said of every blast in Peshawar. */
const SHORT_COPY_WINDOW_MS = 90 * MINUTE
const SHORT_COPY_TOKENS = 8
/** So few words, written privately by two people of what was done to each of them, are two victims; of more words, only the very same are one text passed on. */
const TOO_FEW_TOKENS = 5
const SAME_AUTHOR_WINDOW_MS = 2 * HOUR
/** However long people talk about it: after this, what looks like the same event rings anew. */
const MAX_EVENT_SPAN_MS = 6 * HOUR
/** A shoot-out and a blast are told for one another while an attack goes on. */
const CONFUSED_WINDOW_MS = 30 * MINUTE

/** Events that many people see and report independently, and for how long after a report another one is taken for the same event. */
const EVENT_WINDOW_MS: Partial<Record<Category, number>> = {
  terrorism: 90 * MINUTE,
  mishap: 90 * MINUTE,
  violence: 60 * MINUTE,
  traffic: 60 * MINUTE,
  kidnapping: 60 * MINUTE,
}

const isEvent = (category: Category) => EVENT_WINDOW_MS[category] !== undefined

/**
 * Who wrote it, as a key; '' where that is not known or means nothing (an agency writes of many events). On a private channel the conversation is the
 * person; in public it is a thread of many.
 */
export function authorKey({ author, channel, conversation, private: isPrivate }: EnrichedMention): string {
  if (channel === 'news') return ''
  const id = author.id ?? author.address ?? author.handle
  if (id !== null) return `${channel}:${id}`
  return isPrivate ? conversation : ''
}

/** Nothing speaks against one place: they share a district, or one of them names none. */
const compatible = (a: readonly string[], b: readonly string[]) => a.length === 0 || b.length === 0 || shares(a, b)
const shares = (a: readonly string[], b: readonly string[]) => a.some((place) => b.includes(place))

/** How near, in time, the members of one group are that are like the mention in each of three ways; infinite where none is. */
interface Likeness {
  copyMs: number
  authorMs: number
  besideMs: number
}

const WIDEST_EVENT_MS = Math.max(...Object.values(EVENT_WINDOW_MS))

function isCopy(
  mention: EnrichedMention,
  own: ComparedPrint,
  member: KnownMember,
  firing: Firing,
  apartMs: number,
): boolean {
  const { print } = member
  if (print === null || isPlainlyAnother(own, print)) return false
  const tokens = Math.min(own.tokens, print.tokens)
  if (mention.private && !isEvent(firing.category)) {
    const isExact = own.simhash === print.simhash && own.tokens === print.tokens
    if (!isExact || tokens < TOO_FEW_TOKENS) return false
  }
  if (tokens < SHORT_COPY_TOKENS && apartMs > SHORT_COPY_WINDOW_MS) return false
  return isNearCopy(own, print)
}

/** The groups with a member like the mention, by id: all that one of them could be its group. */
export function likeGroups(
  mention: EnrichedMention,
  firing: Firing,
  days: Iterable<Iterable<KnownMember>>,
): Map<string, Likeness> {
  const author = authorKey(mention)
  const own = comparedPrint(mention.tags.fingerprint)
  const atMs = Date.parse(mention.receivedAt)
  const besideWithinMs = isEvent(firing.category) && firing.places.length > 0 ? WIDEST_EVENT_MS : -1
  const likenesses = new Map<string, Likeness>()
  for (const members of days) {
    for (const member of members) {
      const apartMs = Math.abs(atMs - member.atMs)
      if (apartMs > NEAR_COPY_WINDOW_MS) continue
      const known = likenesses.get(member.alertId)
      const copies =
        own !== null && apartMs < (known?.copyMs ?? Infinity) && isCopy(mention, own, member, firing, apartMs)
      const sameAuthor = apartMs <= SAME_AUTHOR_WINDOW_MS && author !== '' && author === member.author
      const beside = apartMs <= besideWithinMs
      if (!copies && !sameAuthor && !beside) continue
      const likeness = known ?? { copyMs: Infinity, authorMs: Infinity, besideMs: Infinity }
      if (copies) likeness.copyMs = apartMs
      if (sameAuthor) likeness.authorMs = Math.min(likeness.authorMs, apartMs)
      if (beside) likeness.besideMs = Math.min(likeness.besideMs, apartMs)
      if (known === undefined) likenesses.set(member.alertId, likeness)
    }
  }
  return likenesses
}

function isSameEvent(mention: EnrichedMention, firing: Firing, group: Group, apartMs: number): boolean {
  const { category, openedAt, lastAt, severity } = group.alert
  if (!shares(firing.places, group.places)) return false
  const atMs = Date.parse(mention.receivedAt)
  const spanMs = Math.max(atMs, Date.parse(lastAt)) - Math.min(atMs, Date.parse(openedAt))
  if (spanMs > MAX_EVENT_SPAN_MS) return false
  if (category === firing.category) {
    const isSeen = !mention.private && firing.severity === 'critical' && severity === 'critical'
    if (category === 'kidnapping' && !isSeen) return false
    return apartMs <= (EVENT_WINDOW_MS[category] ?? -1)
  }
  const pair = [category, firing.category]
  return pair.includes('terrorism') && pair.includes('violence') && apartMs <= CONFUSED_WINDOW_MS
}

interface Candidate {
  /** 0 a near-copy, 1 the same writer, 2 the same event. */
  readonly kind: number
  readonly apartMs: number
  readonly group: Group
}

function candidate(mention: EnrichedMention, firing: Firing, group: Group, likeness: Likeness): Candidate | undefined {
  const { copyMs, authorMs, besideMs } = likeness
  const isHere = compatible(firing.places, group.places)
  if (copyMs < Infinity && isHere) return { kind: 0, apartMs: copyMs, group }
  if (authorMs < Infinity && isHere && group.alert.category === firing.category)
    return { kind: 1, apartMs: authorMs, group }
  return isSameEvent(mention, firing, group, besideMs) ? { kind: 2, apartMs: besideMs, group } : undefined
}

function better(a: Candidate, b: Candidate | undefined): boolean {
  if (b === undefined || a.kind !== b.kind) return b === undefined || a.kind < b.kind
  if (a.apartMs !== b.apartMs) return a.apartMs < b.apartMs
  return a.group.alert.id < b.group.alert.id
}

/**
 * The group the mention belongs to: a near-copy before a message of the same writer before the same event, then the nearest in time, then the smaller
 * id, so that the answer is one. Undefined where it must ring on its own: another victim of a personal crime, another place, or nothing alike.
 */
export function chooseGroup(
  mention: EnrichedMention,
  firing: Firing,
  likenesses: ReadonlyMap<string, Likeness>,
  groupOf: (alertId: string) => Group | undefined,
): Group | undefined {
  let best: Candidate | undefined
  for (const [alertId, likeness] of likenesses) {
    const group = groupOf(alertId)
    const found = group === undefined ? undefined : candidate(mention, firing, group, likeness)
    if (found !== undefined && better(found, best)) best = found
  }
  return best?.group
}
