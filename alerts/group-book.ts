import type { Insertable, Transaction } from 'kysely'
import { Failure } from '../runtime/failure.js'
import type { Records, Tables } from '../runtime/records/tables.js'
import type { EnrichedMention } from '../schemas/enriched-mention.js'
import { severityRank, storedStatus, type Group } from './group.js'
import { chooseGroup, likeGroups } from './matching.js'
import type { MemberDays, MemberRow } from './member-days.js'
import type { Firing } from './rule.js'

/** In the column `tokens`: what was a member and is none any more, kept so that an older version of it never rings again. */
export const LEFT = -1
export const ERASED = -2

const CHUNK = 400

export function* chunksOf<T>(items: readonly T[]): Generator<T[]> {
  for (let at = 0; at < items.length; at += CHUNK) yield items.slice(at, at + CHUNK)
}

/** `alerts.body`: the Alert, and beside it, under one name, what only the grouping knows. */
export function readGroup(body: string): Group {
  const { grouping, ...alert } = JSON.parse(body) as Group['alert'] & { grouping: Omit<Group, 'alert'> }
  return { alert, ...grouping }
}

function alertRow(group: Group): Insertable<Tables['alerts']> {
  const { alert, ...grouping } = group
  return {
    id: alert.id,
    version: alert.version,
    rule: alert.rule,
    status: storedStatus(group),
    severity: alert.severity,
    severity_rank: severityRank(alert.severity),
    category: alert.category,
    opened_at: alert.openedAt,
    last_at: alert.lastAt,
    lead_mention_id: alert.lead.mentionId,
    body: JSON.stringify({ ...alert, grouping }),
  }
}

/** Writes a group whose stored version is still `was` (0: none); somebody else's change in between is a conflict to be tried again. */
export async function saveGroup(
  transaction: Transaction<Tables>,
  group: Group,
  was: number,
  newDistricts: readonly string[] = [],
): Promise<void> {
  const row = alertRow(group)
  const { id } = group.alert
  const changed =
    was === 0
      ? (
          await transaction
            .insertInto('alerts')
            .values(row)
            .onConflict((on) => on.doNothing())
            .executeTakeFirst()
        ).numInsertedOrUpdatedRows
      : (
          await transaction
            .updateTable('alerts')
            .set(row)
            .where('id', '=', id)
            .where('version', '=', was)
            .executeTakeFirst()
        ).numUpdatedRows
  if (Number(changed ?? 0) !== 1) {
    throw new Failure('conflict', `alert ${id} was changed by somebody else meanwhile`, {
      retryable: true,
      retryAfterMs: 10,
    })
  }
  const districts = newDistricts.map((district) => ({ alert_id: id, district }))
  if (districts.length > 0) {
    await transaction
      .insertInto('alert_districts')
      .values(districts)
      .onConflict((on) => on.doNothing())
      .execute()
  }
}

export async function memberRows(
  records: Records | Transaction<Tables>,
  ids: readonly string[],
): Promise<Map<string, MemberRow>> {
  const found = new Map<string, MemberRow>()
  for (const chunk of chunksOf(ids)) {
    const rows = await records.selectFrom('alert_mentions').selectAll().where('mention_id', 'in', chunk).execute()
    for (const row of rows) found.set(row.mention_id, { ...row, version: Number(row.version) })
  }
  return found
}

/** The groups and members that one transaction reads and changes: read when first needed, written once by `save`. */
export class GroupBook {
  readonly #transaction: Transaction<Tables>
  readonly #groups = new Map<string, Group | undefined>()
  readonly #stored = new Map<string, Group['alert']>()
  readonly #members: Map<string, MemberRow>
  readonly #changedMembers = new Set<string>()
  readonly #days: MemberDays

  constructor(transaction: Transaction<Tables>, members: Map<string, MemberRow>, days: MemberDays) {
    this.#transaction = transaction
    this.#members = members
    this.#days = days
  }

  member(mentionId: string): MemberRow | undefined {
    return this.#members.get(mentionId)
  }

  setMember(row: MemberRow): void {
    this.#members.set(row.mention_id, row)
    this.#changedMembers.add(row.mention_id)
    this.#days.set(row)
  }

  async group(id: string): Promise<Group | undefined> {
    if (!this.#groups.has(id)) await this.#loadGroups([id])
    return this.#groups.get(id)
  }

  /** The groups that show the words of a mention, also those it left. */
  async ledBy(mentionId: string): Promise<readonly Group[]> {
    const rows = await this.#transaction
      .selectFrom('alerts')
      .select('id')
      .where('lead_mention_id', '=', mentionId)
      .execute()
    await this.#loadGroups(rows.map(({ id }) => id).filter((id) => !this.#groups.has(id)))
    return [...this.#groups.values()].filter((group) => group?.alert.lead.mentionId === mentionId) as Group[]
  }

  setGroup(group: Group): void {
    this.#groups.set(group.alert.id, group)
  }

  /** The group a mention belongs to, if there is one. */
  async find(mention: EnrichedMention, firing: Firing): Promise<Group | undefined> {
    const days = await this.#days.near(this.#transaction, Date.parse(mention.receivedAt), this.#changedRows())
    const likenesses = likeGroups(mention, firing, days)
    await this.#loadGroups([...likenesses.keys()].filter((id) => !this.#groups.has(id)))
    return chooseGroup(mention, firing, likenesses, (id) => this.#groups.get(id))
  }

  async save(): Promise<void> {
    for (const [id, group] of this.#groups) {
      const stored = this.#stored.get(id)
      if (group === undefined || group.alert.version === stored?.version) continue
      const newDistricts = group.alert.districts.filter((district) => stored?.districts.includes(district) !== true)
      await saveGroup(this.#transaction, group, stored?.version ?? 0, newDistricts)
    }
    for (const chunk of chunksOf(this.#changedRows())) {
      await this.#transaction
        .insertInto('alert_mentions')
        .values(chunk)
        .onConflict((on) =>
          on.column('mention_id').doUpdateSet((set) => ({
            alert_id: set.ref('excluded.alert_id'),
            version: set.ref('excluded.version'),
            simhash: set.ref('excluded.simhash'),
            tokens: set.ref('excluded.tokens'),
            author: set.ref('excluded.author'),
            at: set.ref('excluded.at'),
          })),
        )
        .execute()
    }
  }

  #changedRows(): MemberRow[] {
    return [...this.#changedMembers].flatMap((id) => this.#members.get(id) ?? [])
  }

  async #loadGroups(ids: readonly string[]): Promise<void> {
    for (const id of ids) this.#groups.set(id, undefined)
    for (const chunk of chunksOf(ids)) {
      const rows = await this.#transaction
        .selectFrom('alerts')
        .select(['id', 'body'])
        .where('id', 'in', chunk)
        .execute()
      for (const row of rows) {
        const group = readGroup(row.body)
        this.#groups.set(row.id, group)
        this.#stored.set(row.id, group.alert)
      }
    }
  }
}
