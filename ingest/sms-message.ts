import { mendEscapes } from '../channels/sms/encoding/gsm7.js'
import { instant } from '../channels/instants.js'
import { conversationOf } from '../channels/sms/mention.js'
import type { Change, Mention } from '../schemas/mention.js'

/** Who wrote to which number, by which source. */
export interface SmsEnvelope {
  readonly source: string
  readonly from: string
  /** Empty where the gateway does not say. */
  readonly to: string
  readonly writtenAt: string | null
}

export interface StoredPart {
  readonly sequence: number
  readonly text: string
  readonly receivedAtMs: number
  readonly mended: readonly string[]
}

/** An SMS as far as it has come. Times in epoch milliseconds. */
export interface StoredSms {
  readonly id: string
  readonly total: number
  readonly firstAtMs: number
  /** The version that the bus has, 0 for none. */
  readonly given: number
  readonly envelope: SmsEnvelope
  /** In the order of their sequence, each once. */
  readonly parts: readonly StoredPart[]
}

export interface SmsLimits {
  /** After so long what is there is given out, the rest being awaited: a danger in part 1 must not wait for part 3. */
  readonly earlyMs: number
  /** After so long a part counts as lost. */
  readonly lostMs: number
}

/** How whole it is at a moment, or undefined while it is too early to show it. */
type Stage = 'whole' | 'awaited' | 'lost'

function stageOf(sms: StoredSms, limits: SmsLimits, nowMs: number): Stage | undefined {
  if (sms.parts.length >= sms.total) return 'whole'
  const ageMs = nowMs - sms.firstAtMs
  if (ageMs >= limits.lostMs) return 'lost'
  return ageMs >= limits.earlyMs || sms.given > 0 ? 'awaited' : undefined
}

/** Each part that came makes a later version, and so does giving the others up; the same state has the same version, in every life of the process. */
function versionOf(sms: StoredSms, stage: Stage): number {
  return sms.firstAtMs + 2 * (sms.parts.length - 1) + (stage === 'lost' ? 1 : 0)
}

/** What the bus should have at this moment and has not; undefined where it has it. */
export function pendingChange(sms: StoredSms, limits: SmsLimits, nowMs: number): Change | undefined {
  const stage = stageOf(sms, limits, nowMs)
  if (stage === undefined || versionOf(sms, stage) <= sms.given) return undefined
  return { type: sms.given === 0 ? 'written' : 'edited', mention: mentionOf(sms, stage) }
}

/** When something is to be done though nothing comes, or null. What is pending is looked at again after `againMs`, in case nobody published it. */
export function nextDue(sms: StoredSms, limits: SmsLimits, nowMs: number, againMs: number): number | null {
  if (pendingChange(sms, limits, nowMs) !== undefined) return nowMs + againMs
  if (sms.parts.length >= sms.total) return null
  if (sms.given === 0) return sms.firstAtMs + limits.earlyMs
  const lostAt = sms.firstAtMs + limits.lostMs
  return nowMs < lostAt ? lostAt : null
}

function mentionOf(sms: StoredSms, stage: Stage): Mention {
  const { source, from, to, writtenAt } = sms.envelope
  const receivedAt = instant(Math.max(...sms.parts.map((part) => part.receivedAtMs)))
  const noted = [
    ...(writtenAt === null ? ['written-unknown'] : []),
    ...(stage === 'whole' ? [] : [stage === 'lost' ? 'part-lost' : 'part-awaited']),
  ]
  return {
    schema: 'rabta.mention/1',
    id: sms.id,
    channel: 'sms',
    source,
    version: versionOf(sms, stage),
    kind: 'direct',
    text: textOf(sms, stage),
    author: { id: from, name: null, handle: null, address: from, place: null },
    account: to === '' ? null : to,
    conversation: conversationOf(to === '' ? undefined : to, from),
    private: true,
    inReplyTo: null,
    url: null,
    writtenAt: writtenAt ?? instant(sms.firstAtMs),
    receivedAt,
    media: [],
    location: null,
    mended: [...new Set([...sms.parts.flatMap((part) => part.mended), ...noted])],
  }
}

/** The parts in order, and in the place of those that are not there, words that say so. */
function textOf(sms: StoredSms, stage: Stage): string {
  const runs: string[] = []
  let run = ''
  let next = 1
  const missing = (until: number) => {
    if (until < next) return
    if (run !== '') runs.push(run)
    runs.push(placeholder(next, until, sms.total, stage))
    run = ''
  }
  for (const part of sms.parts) {
    missing(part.sequence - 1)
    run += part.text
    next = part.sequence + 1
  }
  missing(sms.total)
  if (run !== '') runs.push(run)
  return runs.map(mendEscapes).join(' ')
}

function placeholder(first: number, last: number, total: number, stage: Stage): string {
  const which = first === last ? `part ${first}` : `parts ${first} to ${last}`
  return `[${which} of ${total} ${stage === 'lost' ? 'did not arrive' : 'not here yet'}]`
}
