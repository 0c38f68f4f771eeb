import type { Client } from '@elastic/elasticsearch'
import { backOffMs } from '../../runtime/back-off.js'
import type { Clock } from '../../runtime/clock.js'
import { Failure } from '../../runtime/failure.js'
import type { FailureReason } from '../../schemas/failure-reason.js'
import { documentId, externalVersion, type ElasticDocument } from './document.js'
import { documentFault, failureOf, isPressed, statusFailure, statusOf, type ElasticCause } from './errors.js'

/** A state to be stored in an index. */
export interface Operation {
  readonly index: string
  readonly document: ElasticDocument
}

/** Why a document can never be stored as it is. */
export interface Refusal {
  readonly reason: FailureReason
  readonly detail: string
}

export interface BulkParts {
  readonly client: Client
  readonly clock: Clock
  readonly random?: () => number
}

export interface BulkOptions {
  /** Whether it resolves only once everything can be searched. */
  readonly refresh: boolean
}

interface Line<Item extends Operation> {
  readonly operation: Item
  /** Action and document, each a line of JSON. */
  readonly text: readonly [string, string]
  readonly bytes: number
}

interface Answer {
  readonly status: number
  readonly error?: ElasticCause
}

const MAX_OPERATIONS = 500
const MAX_BYTES = 5 * 1024 * 1024
/** How often what the engine had no room for is sent again before the batch as a whole waits. */
const PRESSED_TRIES = 5
const PRESSED_FIRST_MS = 100
const PRESSED_MAX_MS = 3000
/** Shorter than the client's own, so that the engine says itself what it waited for. */
const SHARD_TIMEOUT = '20s'
const CONFLICT = 409
const TOO_LARGE = 413
const doing = 'writing mentions'

/**
 * Sends states, each of which wins only over an earlier one of its mention (external versions: a conflict means that an equal or later state stands).
 * Resolves with those that can never be stored as they are, each with its reason, when all others are durable; throws a retryable Failure otherwise, and then
 * some may be stored all the same. What the engine has no room for just now is tried again alone.
 */
export async function sendBulk<Item extends Operation>(
  parts: BulkParts,
  operations: readonly Item[],
  options: BulkOptions,
): Promise<Map<Item, Refusal>> {
  const refused = new Map<Item, Refusal>()
  for (const chunk of chunksOf(operations.map(lineOf)))
    for (const [item, refusal] of await new Sending<Item>(parts, options).send(chunk)) refused.set(item, refusal)
  return refused
}

function lineOf<Item extends Operation>(operation: Item): Line<Item> {
  const { index, document } = operation
  const target = `"_index":${JSON.stringify(index)},"_id":${JSON.stringify(documentId(document.id))}`
  const action = `{"index":{${target},"version":${externalVersion(document)},"version_type":"external"}}`
  const text = [action, JSON.stringify(document)] as const
  return { operation, text, bytes: Buffer.byteLength(text[0]) + Buffer.byteLength(text[1]) + 2 }
}

function* chunksOf<Item extends Operation>(lines: readonly Line<Item>[]): Generator<readonly Line<Item>[]> {
  let chunk: Line<Item>[] = []
  let bytes = 0
  for (const line of lines) {
    if (chunk.length > 0 && (chunk.length === MAX_OPERATIONS || bytes + line.bytes > MAX_BYTES)) {
      yield chunk
      chunk = []
      bytes = 0
    }
    chunk.push(line)
    bytes += line.bytes
  }
  if (chunk.length > 0) yield chunk
}

class Sending<Item extends Operation> {
  readonly #parts: BulkParts
  readonly #options: BulkOptions
  readonly #refused = new Map<Item, Refusal>()

  constructor(parts: BulkParts, options: BulkOptions) {
    this.#parts = parts
    this.#options = options
  }

  async send(lines: readonly Line<Item>[]): Promise<Map<Item, Refusal>> {
    const { clock, random = Math.random } = this.#parts
    let left = lines
    for (let attempt = 0; left.length > 0; attempt++) {
      if (attempt > 0) await clock.sleep(backOffMs(attempt - 1, random, PRESSED_FIRST_MS, PRESSED_MAX_MS))
      left = await this.#once(left, attempt === PRESSED_TRIES - 1)
    }
    return this.#refused
  }

  /** Sends all once; resolves with what must be sent again. Of a request too large for the engine each half is sent. */
  async #once(lines: readonly Line<Item>[], isLastTry: boolean): Promise<readonly Line<Item>[]> {
    let answers: readonly Answer[]
    try {
      answers = await this.#call(lines)
    } catch (error) {
      const status = statusOf(error)
      const [first] = lines
      if (status === TOO_LARGE && lines.length === 1 && first !== undefined) {
        this.#refused.set(first.operation, {
          reason: 'too-large',
          detail: `it takes ${first.bytes} bytes, more than Elasticsearch or a proxy before it accepts`,
        })
        return []
      }
      if (status === TOO_LARGE) {
        const middle = lines.length >> 1
        return [
          ...(await this.#once(lines.slice(0, middle), isLastTry)),
          ...(await this.#once(lines.slice(middle), isLastTry)),
        ]
      }
      const failure = failureOf(error, doing)
      // The whole request was turned away for want of room.
      if (status === 429 && failure.reason === 'unavailable' && !isLastTry) return lines
      throw failure
    }
    return this.#judge(lines, answers, isLastTry)
  }

  async #call(lines: readonly Line<Item>[]): Promise<readonly Answer[]> {
    const { items } = await this.#parts.client.bulk({
      operations: lines.flatMap(({ text }) => text),
      refresh: this.#options.refresh,
      timeout: SHARD_TIMEOUT,
    })
    const answers = (items as typeof items | undefined)?.map((item) => item.index)
    if (answers?.length !== lines.length || answers.some((answer) => typeof answer?.status !== 'number')) {
      throw new Failure('unavailable', `${doing}: the answer does not fit what was sent: a proxy may have cut it`, {
        retryable: true,
      })
    }
    return answers as readonly Answer[]
  }

  #judge(lines: readonly Line<Item>[], answers: readonly Answer[], isLastTry: boolean): readonly Line<Item>[] {
    const again: Line<Item>[] = []
    let failure: Failure | undefined
    for (const [at, line] of lines.entries()) {
      const { status, error } = answers[at] as Answer
      if ((status >= 200 && status < 300) || status === CONFLICT) continue
      const fault = documentFault(status, error)
      if (fault !== undefined) this.#refused.set(line.operation, { reason: 'invalid-payload', detail: fault })
      else if (isPressed(status, error) && !isLastTry) again.push(line)
      else {
        const next = statusFailure(doing, status, error)
        // A full disk is what somebody has to hear of first.
        if (failure === undefined || next.reason === 'storage-full') failure = next
      }
    }
    if (failure !== undefined) throw failure
    return again
  }
}
