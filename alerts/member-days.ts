import type { Transaction } from 'kysely'
import type { Tables } from '../runtime/records/tables.js'
import type { FingerprintTag } from '../schemas/tags.js'
import { UNJUDGED } from './rules/unjudged.js'

export type MemberRow = Tables['alert_mentions']

const DAY_MS = 86_400_000
const MAX_DAYS = 8

/** A fingerprint with its bits as numbers, for the millions of comparisons of a bad day. */
export interface ComparedPrint extends FingerprintTag {
  readonly high: number
  readonly low: number
}

/** A member of a group as it is kept for comparison. */
export interface KnownMember {
  readonly alertId: string
  readonly atMs: number
  readonly author: string
  readonly print: ComparedPrint | null
}

export function comparedPrint(fingerprint: FingerprintTag | null): ComparedPrint | null {
  if (fingerprint === null || fingerprint.tokens <= 0) return null
  const { simhash, tokens } = fingerprint
  return { simhash, tokens, high: parseInt(simhash.slice(0, 8), 16), low: parseInt(simhash.slice(8), 16) }
}

function onesOf(bits: number): number {
  const pairs = bits - ((bits >>> 1) & 0x55555555)
  const nibbles = (pairs & 0x33333333) + ((pairs >>> 2) & 0x33333333)
  return Math.imul((nibbles + (nibbles >>> 4)) & 0x0f0f0f0f, 0x01010101) >>> 24
}

/** Far more bits than `isNearCopy` ever lets two copies differ by: saves asking it about what is plainly another text. */
export const PLAINLY_ANOTHER_BITS = 16

export const isPlainlyAnother = (a: ComparedPrint, b: ComparedPrint) =>
  onesOf(a.high ^ b.high) + onesOf(a.low ^ b.low) > PLAINLY_ANOTHER_BITS

const dayOf = (ms: number) => Math.floor(ms / DAY_MS)
const isComparable = ({ tokens, alert_id }: MemberRow) => tokens >= 0 && !alert_id.startsWith(`alert:${UNJUDGED}:`)

function knownMember({ alert_id, author, at, simhash, tokens }: MemberRow): KnownMember {
  return { alertId: alert_id, author, atMs: Date.parse(at), print: comparedPrint({ simhash, tokens }) }
}

/**
 * The members of rung groups by the day they were received, read when first needed and kept while nobody else writes them. Whoever holds it calls
 * `forget` when a transaction it was part of did not commit, and when somebody else may have written.
 */
export class MemberDays {
  readonly #days = new Map<number, Map<string, KnownMember>>()

  forget(): void {
    this.#days.clear()
  }

  /** All received within a day of `atMs`, and some more. `changed` are rows that the transaction has not written yet. */
  async near(
    transaction: Transaction<Tables>,
    atMs: number,
    changed: Iterable<MemberRow>,
  ): Promise<Iterable<KnownMember>[]> {
    const today = dayOf(atMs)
    const near: Iterable<KnownMember>[] = []
    for (const day of [today - 1, today, today + 1]) {
      const members = this.#days.get(day) ?? (await this.#read(transaction, day, changed))
      this.#days.delete(day)
      this.#days.set(day, members)
      near.push(members.values())
    }
    for (const day of this.#days.keys()) if (this.#days.size > MAX_DAYS) this.#days.delete(day)
    return near
  }

  set(row: MemberRow): void {
    const members = this.#days.get(dayOf(Date.parse(row.at)))
    if (isComparable(row)) members?.set(row.mention_id, knownMember(row))
    else members?.delete(row.mention_id)
  }

  async #read(
    transaction: Transaction<Tables>,
    day: number,
    changed: Iterable<MemberRow>,
  ): Promise<Map<string, KnownMember>> {
    const rows = await transaction
      .selectFrom('alert_mentions')
      .selectAll()
      .where('at', '>=', new Date(day * DAY_MS).toISOString())
      .where('at', '<', new Date((day + 1) * DAY_MS).toISOString())
      .execute()
    const members = new Map<string, KnownMember>()
    for (const row of rows) if (isComparable(row)) members.set(row.mention_id, knownMember(row))
    this.#days.set(day, members)
    for (const row of changed) this.set(row)
    return members
  }
}
