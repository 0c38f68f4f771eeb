import type { Topic } from '../../schemas/topics.js'
import type { BusMessage } from '../bus.js'
import { backOffMs } from '../back-off.js'
import type { Clock } from '../clock.js'
import { Failure } from '../failure.js'
import { within, type LiveProducer } from './client.js'
import { asKafkaFailure } from './failures.js'
import type { Health } from './health.js'
import { encodeMessage, type EncodedMessage } from './record.js'

export interface TopicSenderParts {
  readonly topic: Topic
  /** As the brokers call it: with the namespace. */
  readonly name: string
  readonly maxMessageBytes: number
  readonly openProducer: () => Promise<LiveProducer>
  /** After an error that says the topic is not there: makes it again, if it may. */
  readonly onMissing: () => Promise<void>
  readonly clock: Clock
  readonly health: Health
}

interface Call {
  readonly messages: readonly EncodedMessage[]
  readonly bytes: number
  readonly since: number
  readonly done: () => void
  readonly failed: (failure: Failure) => void
}

/** Values sent at once, unless one message alone is larger. */
const MAX_SEND_BYTES = 1_000_000
/** From the call to its answer, if the brokers give none; a call that waited behind another has at least the second. */
const CALL_MS = 8_000
const LEAST_MS = 2_000

/**
 * Sends what is published to one topic, in the order of the calls, one request at a time; what came meanwhile goes together. After any failed send the
 * producer is thrown away, connections and all: the brokers may have stored what was sent, and would take other messages under the same
 * sequence numbers for repetitions and drop them without a word.
 */
export class TopicSender {
  readonly #parts: TopicSenderParts
  readonly #closing = new AbortController()
  #calls: Call[] = []
  #producer: LiveProducer | undefined
  #failures = 0
  #running: Promise<void> | undefined
  #arrived: () => void = () => undefined

  constructor(parts: TopicSenderParts) {
    this.#parts = parts
  }

  async publish(messages: readonly BusMessage[]): Promise<void> {
    const { topic, maxMessageBytes, clock } = this.#parts
    const encoded = messages.map((message) => encodeMessage(topic, message, maxMessageBytes))
    const bytes = encoded.reduce((sum, message) => sum + sizeOf(message), 0)
    return new Promise((done, failed) => {
      if (this.#closing.signal.aborted) return failed(closed())
      this.#calls.push({ messages: encoded, bytes, since: clock.now(), done, failed })
      this.#arrived()
      this.#running ??= this.#run()
    })
  }

  /** Resolves once all calls have their answer. */
  async close(): Promise<void> {
    this.#closing.abort(closed())
    this.#arrived()
    await this.#running
    this.#producer?.kill()
  }

  async #run(): Promise<void> {
    await this.#parts.clock.yield()
    while (this.#calls.length > 0 || (this.#failures > 0 && !this.#closing.signal.aborted)) {
      if (this.#calls.length === 0) await this.#recover()
      else await this.#sendCalls(this.#takeCalls())
    }
    this.#running = undefined
  }

  #takeCalls(): Call[] {
    let bytes = 0
    const beyond = this.#calls.findIndex((call) => (bytes += call.bytes) > MAX_SEND_BYTES)
    return this.#calls.splice(0, beyond === -1 ? this.#calls.length : Math.max(1, beyond))
  }

  async #sendCalls(calls: readonly Call[]): Promise<void> {
    const messages = calls.flatMap((call) => call.messages)
    const failure = await this.#sendAll(messages, calls[0]?.since ?? 0)
    if (failure?.reason === 'too-large' && messages.length > 1) {
      for (const call of calls) await this.#sendSingly(call)
      return
    }
    for (const call of calls)
      if (failure === undefined) call.done()
      else call.failed(failure)
  }

  /** The topic takes less than was sent at once: what it does take must get through, and only a call with a message beyond that fails. */
  async #sendSingly(call: Call): Promise<void> {
    for (const message of call.messages) {
      const failure = await this.#sendAll([message], this.#parts.clock.now())
      if (failure !== undefined) return call.failed(failure)
    }
    call.done()
  }

  async #sendAll(messages: readonly EncodedMessage[], since: number): Promise<Failure | undefined> {
    const { name, topic, clock, health } = this.#parts
    const endAt = Math.max(since + CALL_MS, clock.now() + LEAST_MS)
    try {
      for (const chunk of chunksOf(messages)) {
        const producer = await this.#ready(Math.max(LEAST_MS, endAt - clock.now()))
        await within(clock, Math.max(LEAST_MS, endAt - clock.now()), producer.send(name, chunk))
      }
      this.#failures = 0
      health.well(`publish ${topic}`)
      return undefined
    } catch (error) {
      return this.#fail(error)
    }
  }

  async #ready(waitMs: number): Promise<LiveProducer> {
    if (this.#producer !== undefined) return this.#producer
    const opening = this.#parts.openProducer()
    try {
      this.#producer = await within(this.#parts.clock, waitMs, opening)
      return this.#producer
    } catch (error) {
      opening.then(
        (late) => late.kill(),
        () => undefined,
      )
      throw error
    }
  }

  #fail(error: unknown): Failure {
    const { topic, health, onMissing } = this.#parts
    this.#producer?.kill()
    this.#producer = undefined
    const failure = asKafkaFailure(error, `Kafka did not take messages for ${topic}`)
    if (failure.reason === 'too-large') return failure
    this.#failures++
    health.failed(`publish ${topic}`, `${failure.message}; messages wait where they come from, none is lost`)
    if (failure.message.includes('UNKNOWN_TOPIC_OR_PARTITION')) void onMissing().catch(() => undefined)
    return failure
  }

  /** Nobody publishes, and the last send failed: finds out when the brokers are back, so that nobody reads of a trouble that is over. */
  async #recover(): Promise<void> {
    const { clock, health, topic } = this.#parts
    const woken = new AbortController()
    this.#arrived = () => woken.abort(new Error('a call arrived'))
    const waitMs = backOffMs(this.#failures, Math.random, 250, 5_000)
    await clock.sleep(waitMs, AbortSignal.any([woken.signal, this.#closing.signal])).catch(() => undefined)
    this.#arrived = () => undefined
    if (this.#calls.length > 0 || this.#closing.signal.aborted) return
    try {
      await this.#ready(CALL_MS)
      this.#failures = 0
      health.well(`publish ${topic}`)
    } catch (error) {
      this.#fail(error)
    }
  }
}

const closed = () => new Failure('stopped', 'the bus is closed', { retryable: false })

const sizeOf = ({ key, value }: EncodedMessage) => key.length + value.length

function* chunksOf(messages: readonly EncodedMessage[]): Generator<readonly EncodedMessage[]> {
  let start = 0
  let bytes = 0
  for (const [index, message] of messages.entries()) {
    bytes += sizeOf(message)
    if (bytes <= MAX_SEND_BYTES || index === start) continue
    yield messages.slice(start, index)
    start = index
    bytes = sizeOf(message)
  }
  yield messages.slice(start)
}
