import type { Alert, AlertLead } from '../schemas/alert.js'
import type { EnrichedMention } from '../schemas/enriched-mention.js'
import { CATEGORIES, SEVERITIES, type Category, type Severity } from '../schemas/tags.js'
import type { Firing } from './rule.js'

const MAX_MENTION_IDS = 100

/** What an alert's lead and membership need of a mention (a dead letter can give it too). */
export type Member = Pick<EnrichedMention, 'id' | 'channel' | 'text' | 'writtenAt' | 'receivedAt'> & {
  readonly lang: AlertLead['lang']
}

/** An alert with what only the grouping knows. The functions below answer a new group and leave the old one as it was. */
export interface Group {
  readonly alert: Alert
  /** The districts all members agree on: narrower than `alert.districts`, so that one ambiguous member does not let strangers in. */
  readonly places: readonly string[]
  /** Until it first rang it is shown to nobody. */
  readonly raised: boolean
  /** Arrival of the oldest member that still waits to be rung; null where nothing waits. */
  readonly waitingFrom: string | null
  /** The lead was deleted, or is no alert any more: the next member takes its place. */
  readonly leadGone: boolean
  /** Its last member left; it stays to be looked at, and the next one to join is counted as the first. */
  readonly empty: boolean
}

/** How a group is filed in the records: what waits is found by its status. */
export function storedStatus({
  alert,
  raised,
  waitingFrom,
}: Group): 'unraised' | 'answered' | 'waiting' | Alert['status'] {
  if (!raised) return waitingFrom === null ? 'answered' : 'unraised'
  return alert.status === 'acknowledged' && waitingFrom !== null ? 'waiting' : alert.status
}

export const severityRank = (severity: Severity) => SEVERITIES.indexOf(severity)
const categoryRank = (category: Category) => CATEGORIES.indexOf(category)
const union = <T>(known: readonly T[], more: readonly T[]): T[] => [...new Set([...known, ...more])]
const earlier = (a: string, b: string) => (a < b ? a : b)
const later = (a: string, b: string) => (a > b ? a : b)

function leadOf(member: Member, firing: Firing): AlertLead {
  const { id, channel, lang, text, writtenAt, receivedAt } = member
  return { mentionId: id, channel, lang, text, evidence: [...firing.evidence], writtenAt, receivedAt }
}

/** Alert `id` with its first member. It rings at once, or waits for a tick if the rule says so. */
export function openGroup(id: string, member: Member, firing: Firing, now: string): Group {
  const alert: Alert = {
    schema: 'rabta.alert/1',
    id,
    version: 1,
    rule: firing.rule,
    status: 'ringing',
    category: firing.category,
    severity: firing.severity,
    districts: [...firing.districts],
    confidence: firing.confidence,
    openedAt: member.receivedAt,
    lastAt: member.receivedAt,
    rangAt: now,
    count: 1,
    channels: [member.channel],
    mentionIds: [member.id],
    lead: leadOf(member, firing),
    acknowledgedAt: null,
    acknowledgedBy: null,
  }
  const waitingFrom = firing.waits ? member.receivedAt : null
  return { alert, places: firing.places, raised: !firing.waits, waitingFrom, leadGone: false, empty: false }
}

/** Graver than anything in the group, or in a district that was not told: a danger that a silent join would swallow. */
function isNewDanger({ alert }: Group, firing: Firing): boolean {
  if (severityRank(firing.severity) < severityRank(alert.severity)) return true
  if (categoryRank(firing.category) < categoryRank(alert.category)) return true
  return alert.districts.length > 0 && firing.places.some((place) => !alert.districts.includes(place))
}

function narrow(known: readonly string[], more: readonly string[]): readonly string[] {
  if (known.length === 0 || more.length === 0) return known.length === 0 ? more : known
  const shared = known.filter((place) => more.includes(place))
  return shared.length > 0 ? shared : known
}

function ringing(alert: Alert, now: string): Alert {
  return { ...alert, status: 'ringing', rangAt: now, acknowledgedAt: null, acknowledgedBy: null }
}

/** The group after `member` said what it says now: a new one joins, one that was in it is read again. A new danger rings again. */
function take(group: Group, member: Member, firing: Firing, now: string): Group {
  const { alert } = group
  const rings = !firing.waits && isNewDanger(group, firing)
  const isLead = alert.lead.mentionId === member.id
  const graver = severityRank(firing.severity) < severityRank(alert.severity)
  const next: Alert = {
    ...alert,
    version: alert.version + 1,
    severity: graver ? firing.severity : alert.severity,
    category: categoryRank(firing.category) < categoryRank(alert.category) ? firing.category : alert.category,
    confidence: Math.max(alert.confidence, firing.confidence),
    districts: union(alert.districts, firing.districts),
    channels: union(alert.channels, [member.channel]),
    lead: rings || isLead || group.leadGone ? leadOf(member, firing) : alert.lead,
  }
  return {
    ...group,
    alert: rings ? ringing(next, now) : next,
    places: narrow(group.places, firing.places),
    leadGone: false,
  }
}

export function join(group: Group, member: Member, firing: Firing, now: string): Group {
  const taken = take(group, member, firing, now)
  const { alert } = taken
  const known = group.empty ? [] : alert.mentionIds
  const mentionIds = union(known, known.length < MAX_MENTION_IDS ? [member.id] : [])
  const count = group.empty ? 1 : alert.count + 1
  const openedAt = earlier(alert.openedAt, member.receivedAt)
  const lastAt = later(alert.lastAt, member.receivedAt)
  const joined: Group = { ...taken, empty: false, alert: { ...alert, count, mentionIds, openedAt, lastAt } }
  if (!firing.waits || (joined.raised && alert.status === 'ringing')) return joined
  return { ...joined, waitingFrom: earlier(joined.waitingFrom ?? member.receivedAt, member.receivedAt) }
}

/** A member was edited and is still an alert: it stays in its group. */
export const amend = take

/**
 * A member was edited into no alert. What rang is not taken back by the machine: severity and the last member stay until a person has looked,
 * and where it was the lead its present words are shown.
 */
export function leave(group: Group, member: Member): Group {
  const { alert } = group
  const isLead = alert.lead.mentionId === member.id
  const stays = alert.count === 1
  const next: Alert = {
    ...alert,
    version: alert.version + 1,
    count: stays ? 1 : alert.count - 1,
    mentionIds: stays ? alert.mentionIds : alert.mentionIds.filter((id) => id !== member.id),
    lead: isLead ? { ...alert.lead, text: member.text, lang: member.lang, evidence: [] } : alert.lead,
  }
  return { ...group, alert: next, leadGone: group.leadGone || isLead, empty: stays }
}

/** The lead says something else now and belongs to this group no more: its older words may not stay in sight. */
export function rephrase(group: Group, member: Member): Group {
  const { alert } = group
  if (alert.lead.mentionId !== member.id || alert.lead.text === member.text) return group
  const lead = { ...alert.lead, text: member.text, lang: member.lang, evidence: [] }
  return { ...group, alert: { ...alert, version: alert.version + 1, lead } }
}

/** A member was deleted: it still counts as a report of the event, but its words go. */
export function erase(group: Group, mentionId: string): Group {
  const { alert } = group
  if (alert.lead.mentionId !== mentionId) return group
  const lead = { ...alert.lead, text: '', evidence: [] }
  return { ...group, alert: { ...alert, version: alert.version + 1, lead }, leadGone: true }
}

/** What waited rings now. */
export function ring(group: Group, now: string): Group {
  const alert = ringing({ ...group.alert, version: group.alert.version + 1 }, now)
  return { ...group, alert, raised: true, waitingFrom: null }
}

export function acknowledge(group: Group, by: string, now: string): Group {
  const { alert } = group
  return {
    ...group,
    alert: { ...alert, version: alert.version + 1, status: 'acknowledged', acknowledgedAt: now, acknowledgedBy: by },
  }
}
