import type { Transaction } from 'kysely'
import type { MentionSearch } from '../index/mention-search.js'
import type { Clock } from '../runtime/clock.js'
import type { DistrictTable } from '../runtime/district-table.js'
import { Failure } from '../runtime/failure.js'
import type { Records, Tables } from '../runtime/records/tables.js'
import { inTransaction } from '../runtime/records/transact.js'
import type { EnrichedMention } from '../schemas/enriched-mention.js'
import type { Channel } from '../schemas/mention.js'
import type { Outbound } from '../schemas/outbound.js'
import { hasAnswerWindow, windowClosesMs } from './answer-window.js'
import { openCase, readCase } from './case-records.js'
import type { Cases, ForwardRequest, ReplyRequest } from './cases.js'
import { forwardText } from './forward-text.js'
import { outboundId, recordOutbound, type OutboxDoor } from './outbox-door.js'
import { checkedNote, checkedText, checkRouting, refuse, replyAddress } from './rules.js'
import type { Units } from './units.js'

export interface CaseDeskOptions {
  readonly records: Records
  readonly door: OutboxDoor
  readonly clock: Clock
  readonly table: DistrictTable
  readonly units: Units
  /** Tells when a person wrote last, for the 24-hour window; while it is away the mention alone decides. */
  readonly search: Pick<MentionSearch, 'conversation'>
  /** The channels that can be answered by here. */
  readonly channels: ReadonlySet<Channel>
}

/** Cases over the records: the message that goes out and the case are one transaction, then the message is put on the bus. */
export function createCases(options: CaseDeskOptions): Cases {
  const { records, door, clock, table, units } = options

  async function record(work: (transaction: Transaction<Tables>) => Promise<Outbound>): Promise<{ id: string }> {
    const outbound = await inTransaction(records, work)
    await door.publish(outbound)
    return { id: outbound.id }
  }

  async function reply({ mention, text, by, key }: ReplyRequest): Promise<{ id: string }> {
    const address = replyAddress(mention, options.channels)
    const checked = checkedText(text, mention)
    await checkWindow(mention, options)
    return record(async (transaction) => {
      const outbound: Outbound = {
        ...heading(mention, by, clock.iso()),
        ...address,
        id: outboundId({ by, kind: 'reply', mentionId: mention.id, key }),
        kind: 'reply',
        channel: mention.channel,
        text: checked,
        unit: null,
      }
      if (await recordOutbound(transaction, outbound))
        await openCase(transaction, { mention, unit: null, nowMs: clock.now(), table })
      return outbound
    })
  }

  async function forward({ mention, unit: unitId, note, by, key }: ForwardRequest): Promise<{ id: string }> {
    const unit = units.get(unitId)
    if (unit === undefined) throw new Failure('not-found', `there is no unit ${unitId}`, { retryable: false })
    checkRouting(mention, unit)
    if (unit.whatsapp === null)
      throw refuse(`no WhatsApp number of ${unit.name} is known here: ask the administrator to enter it`)
    if (!options.channels.has('whatsapp'))
      throw refuse('WhatsApp is not set up here, and units are written to by it: ask the administrator')
    const to = unit.whatsapp
    const checked = checkedNote(note)
    return record(async (transaction) => {
      const { reference } = await openCase(transaction, { mention, unit: unit.id, nowMs: clock.now(), table })
      const outbound: Outbound = {
        ...heading(mention, by, clock.iso()),
        id: outboundId({
          by,
          kind: 'forward',
          mentionId: mention.id,
          key: key === undefined ? undefined : `${unit.id} ${key}`,
        }),
        kind: 'forward',
        channel: 'whatsapp',
        to,
        inReplyTo: null,
        text: forwardText({ mention, unit, note: checked, reference, table }),
        unit: unit.id,
      }
      await recordOutbound(transaction, outbound)
      return outbound
    })
  }

  return {
    reply,
    forward,
    forMention: async (mentionId) => {
      const row = await records.selectFrom('cases').selectAll().where('mention_id', '=', mentionId).executeTakeFirst()
      return row === undefined ? undefined : readCase(row)
    },
  }
}

const heading = (mention: EnrichedMention, requestedBy: string, requestedAt: string) =>
  ({ schema: 'rabta.outbound/1', mentionId: mention.id, alertId: null, requestedBy, requestedAt }) as const

/** WhatsApp and Messenger let us write freely for 24 hours after the person wrote last, which may be later than the message that is answered. */
async function checkWindow(mention: EnrichedMention, { clock, search }: CaseDeskOptions): Promise<void> {
  if (!hasAnswerWindow(mention) || isOpen(windowClosesMs(mention, []), clock)) return
  const later = await search.conversation(mention.conversation, { districts: 'all' }, 20).catch((error: unknown) => {
    if (error instanceof Failure) return []
    throw error
  })
  if (isOpen(windowClosesMs(mention, later), clock)) return
  const name = mention.channel === 'whatsapp' ? 'WhatsApp' : 'Messenger'
  throw refuse(
    `${name} allows an answer for 24 hours after the person wrote last, and they are over: call the person, or forward it`,
  )
}

const isOpen = (closesMs: number | null, clock: Clock) => closesMs === null || closesMs > clock.now()
