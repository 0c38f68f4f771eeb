import { TypeCompiler } from '@sinclair/typebox/compiler'
import { fingerprint } from '../channels/unread.js'
import type { Bus, BusMessage } from '../runtime/bus.js'
import { Failure } from '../runtime/failure.js'
import type { Metrics } from '../runtime/metrics.js'
import type { DeadLetter } from '../schemas/dead-letter.js'
import type { FailureReason } from '../schemas/failure-reason.js'
import { Change, Mention } from '../schemas/mention.js'
import type { OutboundUpdate } from '../schemas/outbound.js'
import type { Topic } from '../schemas/topics.js'
import { busKey } from './key.js'
import { sanitiseChange } from './sanitise.js'
import type { UnreadPayload } from './source.js'

const changeSchema = TypeCompiler.Compile(Change)
const mentionSchema = TypeCompiler.Compile(Mention)
const COLLECTED = 'mentions.collected'

/** Everything one poll, one webhook body or one batch of a file brought. */
export interface Intake {
  readonly changes: readonly Change[]
  readonly unread: readonly UnreadPayload[]
  readonly statuses?: readonly OutboundUpdate[]
}

/** An intake as the bus will hold it; made once, so that trying again publishes the same. */
export interface PreparedIntake {
  readonly collected: readonly BusMessage[]
  readonly statuses: readonly BusMessage[]
  readonly dead: readonly DeadLetter[]
}

/** What publishing needs beside the intake; `stage` labels the metrics, `at` stamps dead letters. */
export interface PublishParts {
  readonly bus: Bus
  readonly metrics: Metrics
  readonly stage: string
  readonly at: string
}

/** Mends every change, and turns what still does not fit its schema into a dead letter. */
export function prepareIntake(intake: Intake, at: string): PreparedIntake {
  const collected: BusMessage[] = []
  const dead = intake.unread.map(({ id, origin, payload, detail }) =>
    deadLetter({ id, origin, key: id, value: payload, reason: 'unknown-shape', detail, at }),
  )
  for (const raw of intake.changes) {
    const change = sanitiseChange(raw)
    const message = { key: busKey(change), value: change }
    if (changeSchema.Check(change)) collected.push(message)
    else dead.push(letterOf(COLLECTED, message, 'invalid-payload', misfit(change), at))
  }
  const statuses = (intake.statuses ?? []).map((update) => ({
    key: update.platformId ?? update.id ?? 'unknown',
    value: update,
  }))
  return { collected, statuses, dead }
}

/** Where it does not fit, by path: never the value, which may be the message. */
function misfit(change: Change): string {
  const first =
    change.type === 'deleted' ? changeSchema.Errors(change).First() : mentionSchema.Errors(change.mention).First()
  return `does not fit the schema of a change${first === undefined || first.path === '' ? '' : ` at ${first.path}`}`
}

function letterOf(topic: Topic, message: BusMessage, reason: FailureReason, detail: string, at: string): DeadLetter {
  const id = `${topic}:${fingerprint(message.value)}`
  return deadLetter({ id, origin: topic, key: message.key, value: message.value, reason, detail, at })
}

const deadLetter = (parts: Omit<DeadLetter, 'schema' | 'attempts'>): DeadLetter => ({
  schema: 'rabta.dead-letter/1',
  attempts: 1,
  ...parts,
  value: parts.value ?? null,
})

/**
 * Puts an intake on the bus; resolves once all of it is stored. Throws the bus's Failure where it may be tried again, and then the whole intake must
 * be published again. A record that the bus refuses for good becomes a dead letter, and the others go on.
 */
export async function publishIntake(prepared: PreparedIntake, parts: PublishParts): Promise<void> {
  const { bus, metrics, stage } = parts
  const dead = [
    ...prepared.dead,
    ...(await publishOrNarrow(COLLECTED, prepared.collected, parts)),
    ...(await publishOrNarrow('outbound.status', prepared.statuses, parts)),
  ]
  const letters = dead.map((letter) => ({ key: letter.key, value: letter }))
  for (const refused of await publishOrNarrow('mentions.dead', letters, parts)) {
    // The letter itself is what the bus refuses: what it was about is told without the payload.
    await bus.publish('mentions.dead', [{ key: refused.key, value: { ...refused, value: null } }])
  }
  metrics.processed.inc({ stage }, prepared.collected.length + prepared.statuses.length)
  for (const { reason } of dead) metrics.deadLetters.inc({ stage, reason })
}

/** Publishes all at once; where the bus refuses that for good, one by one, and answers the letters of those it refused. */
async function publishOrNarrow(
  topic: Topic,
  messages: readonly BusMessage[],
  parts: PublishParts,
): Promise<DeadLetter[]> {
  if (messages.length === 0) return []
  try {
    await parts.bus.publish(topic, messages)
    return []
  } catch (error) {
    if (!(error instanceof Failure) || error.retryable) throw error
    const { reason } = error
    const detail = `refused by the bus: ${error.message}`
    if (messages.length === 1) return messages.map((message) => letterOf(topic, message, reason, detail, parts.at))
  }
  const refused: DeadLetter[] = []
  for (const message of messages) refused.push(...(await publishOrNarrow(topic, [message], parts)))
  return refused
}
