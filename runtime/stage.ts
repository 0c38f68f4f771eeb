import { TypeCompiler, type TypeCheck } from '@sinclair/typebox/compiler'
import type { DeadLetter } from '../schemas/dead-letter.js'
import type { FailureReason } from '../schemas/failure-reason.js'
import { TOPICS, type Topic, type TopicValue } from '../schemas/topics.js'
import { backOffMs } from './back-off.js'
import type { Bus, BusRecord } from './bus.js'
import type { Clock } from './clock.js'
import { Failure } from './failure.js'
import type { Log } from './log.js'
import type { Metrics } from './metrics.js'

/** One record of a stage's batch, checked against its topic's schema. */
export interface StageRecord<T extends Topic> {
  readonly key: string
  readonly value: TopicValue<T>
  readonly partition: number
  readonly offset: number
}

/** A record of the batch that can never be processed as it is; the others were. */
export interface Rejected {
  readonly partition: number
  readonly offset: number
  readonly reason: FailureReason
  readonly detail: string
}

/**
 * What a stage does with a batch. Every effect must be keyed, for the same record can come twice. Resolves with the records it rejects
 * (they become dead letters); throws a Failure for the batch as a whole: retryable ones are tried again for ever, with back-off;
 * others, and errors that are no Failure, are narrowed down to the single record that causes them, which becomes a dead letter.
 */
export type StageHandler<T extends Topic> = (
  batch: readonly StageRecord<T>[],
  signal: AbortSignal,
) => Promise<readonly Rejected[] | void>

export interface StageOptions<T extends Topic> {
  /** The name of the stage and of its consumer group. */
  readonly name: string
  readonly topic: T
  readonly bus: Bus
  readonly clock: Clock
  readonly log: Log
  readonly metrics: Metrics
  readonly handle: StageHandler<T>
  readonly maxBatch?: number
  /** For tests: a source of chance in [0, 1). */
  readonly random?: () => number
}

export interface Stage {
  readonly name: string
  readonly topic: Topic
  /** Resolves when the batch in flight is done. */
  stop(): Promise<void>
  /** Rejects if the stage cannot go on; resolves after `stop`. */
  readonly ended: Promise<void>
}

/** How often an error that nobody classified is tried before the record that causes it is set aside. */
const UNEXPECTED_TRIES = 3
const checks = new Map<Topic, TypeCheck<(typeof TOPICS)[Topic]>>()

function checkOf(topic: Topic): TypeCheck<(typeof TOPICS)[Topic]> {
  let check = checks.get(topic)
  if (check === undefined) {
    check = TypeCompiler.Compile(TOPICS[topic])
    checks.set(topic, check)
  }
  return check
}

/** The value of a record if it is what its topic's schema says; otherwise the first thing that is wrong, without the value. */
export function checkValue<T extends Topic>(topic: T, value: unknown): { value: TopicValue<T> } | { wrong: string } {
  const check = checkOf(topic)
  if (check.Check(value)) return { value }
  const error = check.Errors(value).First()
  return {
    wrong: `${error?.path === '' ? 'the value' : (error?.path ?? 'the value')}: ${error?.message ?? 'not of the schema'}`,
  }
}

function asFailure(error: unknown): Failure {
  if (error instanceof Failure) return error
  const words =
    error instanceof Error ? `${error.name} in ${error.stack?.split('\n')[1]?.trim() ?? 'unknown place'}` : typeof error
  return new Failure('unexpected', `an error nobody expected: ${words}`, { retryable: false, cause: error })
}

/** Runs a stage: reads its topic, checks every value, hands over batches, and holds the one failure policy. */
export function runStage<T extends Topic>(options: StageOptions<T>): Stage {
  const loop = new StageLoop(options)
  const { topic, name, bus, maxBatch } = options
  const subscription = bus.subscribe(
    topic,
    name,
    (records, signal) => loop.take(records, signal),
    maxBatch === undefined ? {} : { maxBatch },
  )
  return { name, topic, stop: () => subscription.stop(), ended: subscription.ended }
}

class StageLoop<T extends Topic> {
  readonly #options: StageOptions<T>

  constructor(options: StageOptions<T>) {
    this.#options = options
  }

  async take(records: readonly BusRecord[], signal: AbortSignal): Promise<void> {
    const { topic, name, metrics } = this.#options
    const raw = new Map(records.map((record) => [`${record.partition}/${record.offset}`, record]))
    const batch: StageRecord<T>[] = []
    for (const record of records) {
      const checked = checkValue(topic, record.value)
      if ('wrong' in checked) await this.#setAside(record, 'invalid-payload', checked.wrong, 1, signal)
      else batch.push({ key: record.key, value: checked.value, partition: record.partition, offset: record.offset })
    }
    if (batch.length > 0) await this.#settle(batch, raw, signal)
    metrics.processed.inc({ stage: name }, records.length)
  }

  async #settle(
    batch: readonly StageRecord<T>[],
    raw: ReadonlyMap<string, BusRecord>,
    signal: AbortSignal,
  ): Promise<void> {
    const { handle, name, metrics, log, clock } = this.#options
    for (let attempt = 0; ; attempt++) {
      signal.throwIfAborted()
      try {
        for (const rejected of (await handle(batch, signal)) ?? []) {
          const record = raw.get(`${rejected.partition}/${rejected.offset}`)
          if (record !== undefined) await this.#setAside(record, rejected.reason, rejected.detail, attempt + 1, signal)
        }
        return
      } catch (error) {
        signal.throwIfAborted()
        const failure = asFailure(error)
        metrics.failures.inc({ stage: name, reason: failure.reason })
        if (failure.retryable) {
          const waitMs = failure.retryAfterMs ?? this.#backOffMs(attempt)
          log.warn('stage waits and tries again', {
            stage: name,
            reason: failure.reason,
            detail: failure.message,
            attempt,
            waitMs,
          })
          await clock.sleep(waitMs, signal)
          continue
        }
        if (batch.length > 1) {
          const middle = batch.length >> 1
          await this.#settle(batch.slice(0, middle), raw, signal)
          await this.#settle(batch.slice(middle), raw, signal)
          return
        }
        if (failure.reason === 'unexpected' && attempt + 1 < UNEXPECTED_TRIES) {
          await clock.sleep(this.#backOffMs(attempt), signal)
          continue
        }
        const [single] = batch
        const record = single === undefined ? undefined : raw.get(`${single.partition}/${single.offset}`)
        if (record !== undefined) await this.#setAside(record, failure.reason, failure.message, attempt + 1, signal)
        return
      }
    }
  }

  #backOffMs(attempt: number): number {
    return backOffMs(attempt, this.#options.random ?? Math.random)
  }

  /** Keeps what nobody can process. Until that is stored the stage stands still: a message is never dropped. */
  async #setAside(
    record: BusRecord,
    reason: FailureReason,
    detail: string,
    attempts: number,
    signal: AbortSignal,
  ): Promise<void> {
    const { bus, clock, log, metrics, name, topic } = this.#options
    const id = `${record.topic}/${name}/${record.partition}/${record.offset}`
    log.error('record set aside as a dead letter', { stage: name, id, reason, detail })
    metrics.deadLetters.inc({ stage: name, reason })
    if (topic === 'mentions.dead') return
    const letter: DeadLetter = {
      schema: 'rabta.dead-letter/1',
      id,
      origin: record.topic,
      key: record.key,
      value: record.value,
      reason,
      detail,
      attempts,
      at: clock.iso(),
    }
    for (let attempt = 0; ; attempt++) {
      try {
        await bus.publish('mentions.dead', [{ key: id, value: letter }])
        return
      } catch (error) {
        const failure = asFailure(error)
        if (!failure.retryable) throw error
        await clock.sleep(this.#backOffMs(attempt), signal)
      }
    }
  }
}
