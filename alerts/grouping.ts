import { dangerRule } from './rules/danger.js'
import { UNJUDGED } from './rules/unjudged.js'
import { ERASED, LEFT, type GroupBook } from './group-book.js'
import type { MemberRow } from './member-days.js'
import { amend, erase, join, leave, openGroup, rephrase, type Group, type Member } from './group.js'
import { authorKey } from './matching.js'
import type { Firing, Rule } from './rule.js'
import type { EnrichedChange, EnrichedMention } from '../schemas/enriched-mention.js'
import type { Deletion } from '../schemas/mention.js'

/** What a change did: the alert it concerns, and whether a mention became part of it just now. */
export interface Outcome {
  readonly alertId: string | undefined
  readonly joined: boolean
}

const NOTHING: Outcome = { alertId: undefined, joined: false }
const isUnjudgedGroup = (alertId: string) => alertId.startsWith(`alert:${UNJUDGED}:`)

const HISTORY_MS = 24 * 60 * 60_000

/** What an imported archive tells of days ago is past, and rings nobody; a late message of a live channel is not. */
const isHistory = ({ source, writtenAt, receivedAt }: EnrichedMention) =>
  source.startsWith('archive:') && Date.parse(receivedAt) - Date.parse(writtenAt) > HISTORY_MS

/** The first rule that fires speaks: a danger before what could not be judged. */
export function observe(rules: readonly Rule[], mention: EnrichedMention): Firing | undefined {
  if (isHistory(mention)) return undefined
  for (const rule of rules) {
    const firing = rule.observe(mention)
    if (firing !== undefined) return firing
  }
  return undefined
}

export const memberOf = (mention: EnrichedMention): Member => ({
  ...mention,
  lang: mention.tags.language?.lang ?? 'und',
})

/**
 * Whether what is said now was taken in already. The same version counts as new only where it could not be judged before and now is:
 * a replay after a mended enricher must ring.
 */
function isKnown(row: MemberRow, version: number, firing: Firing | undefined): boolean {
  if (version !== row.version) return version < row.version
  if (row.tokens === ERASED) return true
  if (row.tokens === LEFT) return firing?.rule !== dangerRule.name
  return !isUnjudgedGroup(row.alert_id) || firing?.rule === UNJUDGED
}

function rowOf(mention: EnrichedMention, alertId: string, firing: Firing): MemberRow {
  const fingerprint = firing.group === null ? mention.tags.fingerprint : null
  return {
    mention_id: mention.id,
    alert_id: alertId,
    version: mention.version,
    simhash: fingerprint?.simhash ?? '',
    tokens: fingerprint?.tokens ?? 0,
    author: authorKey(mention),
    at: mention.receivedAt,
  }
}

/** The mark of a mention that is no member: without its words and its writer, only its version, so that an older one is known as older. */
function markOf(
  mentionId: string,
  alertId: string,
  version: number,
  at: string,
  mark: typeof LEFT | typeof ERASED,
): MemberRow {
  return { mention_id: mentionId, alert_id: alertId, version, simhash: '', tokens: mark, author: '', at }
}

/** A mention that left a group may still be what that group shows: its present words, or none, are shown there too. */
async function rephraseWhereItLeads(book: GroupBook, mention: EnrichedMention): Promise<void> {
  for (const group of await book.ledBy(mention.id)) book.setGroup(rephrase(group, memberOf(mention)))
}

async function enter(book: GroupBook, mention: EnrichedMention, firing: Firing, now: string): Promise<Outcome> {
  const id = `alert:${firing.group ?? mention.id}`
  const member = memberOf(mention)
  const found = (firing.group === null ? await book.find(mention, firing) : undefined) ?? (await book.group(id))
  const group: Group = found === undefined ? openGroup(id, member, firing, now) : join(found, member, firing, now)
  book.setGroup(group)
  book.setMember(rowOf(mention, group.alert.id, firing))
  return { alertId: group.alert.id, joined: true }
}

async function depart(book: GroupBook, mention: EnrichedMention, row: MemberRow): Promise<void> {
  const group = await book.group(row.alert_id)
  if (group !== undefined) book.setGroup(leave(group, memberOf(mention)))
  book.setMember(markOf(mention.id, row.alert_id, mention.version, row.at, LEFT))
}

/** A member that fires again stays where it is; one that could not be judged before and is a danger now goes to its danger. */
async function readAgain(
  book: GroupBook,
  mention: EnrichedMention,
  row: MemberRow,
  firing: Firing,
  rules: readonly Rule[],
  now: string,
): Promise<Outcome> {
  if (isUnjudgedGroup(row.alert_id) && firing.rule !== UNJUDGED) {
    await depart(book, mention, row)
    return enter(book, mention, firing, now)
  }
  const group = await book.group(row.alert_id)
  if (group === undefined) return enter(book, mention, firing, now)
  book.setGroup(amend(group, memberOf(mention), firing, now))
  book.setMember({ ...rowOf(mention, row.alert_id, firing), at: row.at })
  return { alertId: row.alert_id, joined: false }
}

async function takeMention(
  book: GroupBook,
  type: 'written' | 'edited',
  mention: EnrichedMention,
  rules: readonly Rule[],
  now: string,
): Promise<Outcome> {
  const firing = observe(rules, mention)
  const row = book.member(mention.id)
  if (row !== undefined && isKnown(row, mention.version, firing)) return { alertId: row.alert_id, joined: false }
  if (row !== undefined && row.version < mention.version) await rephraseWhereItLeads(book, mention)
  const isMember = row !== undefined && row.tokens >= 0
  if (firing !== undefined) {
    return isMember ? readAgain(book, mention, row, firing, rules, now) : enter(book, mention, firing, now)
  }
  if (isMember) {
    await depart(book, mention, row)
    return { alertId: row.alert_id, joined: false }
  }
  if (row !== undefined || type === 'edited') {
    book.setMember(markOf(mention.id, row?.alert_id ?? '', mention.version, row?.at ?? mention.receivedAt, LEFT))
  }
  return NOTHING
}

async function takeDeletion(book: GroupBook, deletion: Deletion): Promise<Outcome> {
  const row = book.member(deletion.id)
  if (row !== undefined && (deletion.version < row.version || row.tokens === ERASED))
    return { alertId: row.alert_id, joined: false }
  for (const group of row === undefined ? [] : await book.ledBy(deletion.id)) book.setGroup(erase(group, deletion.id))
  book.setMember(markOf(deletion.id, row?.alert_id ?? '', deletion.version, row?.at ?? deletion.receivedAt, ERASED))
  return { alertId: row?.alert_id, joined: false }
}

/** Takes one change into the book. Idempotent by mention and version: what is known already only names its alert, to be announced again. */
export async function takeChange(
  book: GroupBook,
  change: EnrichedChange,
  rules: readonly Rule[],
  now: string,
): Promise<Outcome> {
  return change.type === 'deleted'
    ? takeDeletion(book, change)
    : takeMention(book, change.type, change.mention, rules, now)
}
