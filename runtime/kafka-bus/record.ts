import type { Topic } from '../../schemas/topics.js'
import type { BusMessage, BusRecord } from '../bus.js'
import { Failure } from '../failure.js'

/** A message as it goes to the brokers. */
export interface EncodedMessage {
  readonly key: Buffer
  readonly value: Buffer
}

/** A record as it comes from them. */
export interface FetchedMessage {
  readonly offset: string
  readonly timestamp: string
  readonly key: Buffer | null
  readonly value: Buffer | null
  readonly isControlRecord?: boolean
}

/** Deeper than anything of ours; what is deeper could be read but not written again, as a dead letter must be. */
const MAX_DEPTH = 200

const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })

/** Throws a Failure `too-large` for what is larger than `maxBytes`: it must fail its own call alone, not all that would be sent with it. */
export function encodeMessage(topic: Topic, message: BusMessage, maxBytes: number): EncodedMessage {
  const key = Buffer.from(message.key)
  const value = Buffer.from(JSON.stringify(message.value) ?? 'null')
  const bytes = key.length + value.length
  if (bytes <= maxBytes) return { key, value }
  throw new Failure('too-large', `a message of ${bytes} bytes for ${topic}, which takes ${maxBytes} at most`, {
    retryable: false,
  })
}

function textOf(bytes: Buffer): string {
  try {
    return utf8.decode(bytes)
  } catch {
    return bytes.toString('base64')
  }
}

function isDeep(bytes: Buffer): boolean {
  let depth = 0
  let inString = false
  for (let index = 0; index < bytes.length; index++) {
    const byte = bytes[index]
    if (inString) {
      if (byte === 0x5c) index++
      else if (byte === 0x22) inString = false
    } else if (byte === 0x22) inString = true
    else if (byte === 0x7b || byte === 0x5b) {
      if (++depth > MAX_DEPTH) return true
    } else if (byte === 0x7d || byte === 0x5d) depth--
  }
  return false
}

/**
 * The value of somebody's record. What is no JSON comes as the text it is, what is no text as base64, what is absent as null: a record of a stranger
 * goes to its stage like any other, whose schema sets it aside.
 */
export function decodeValue(bytes: Buffer | null): unknown {
  if (bytes === null) return null
  const text = textOf(bytes)
  if (isDeep(bytes)) return text
  try {
    return JSON.parse(text) as unknown
  } catch {
    return text
  }
}

export function decodeRecord(topic: Topic, partition: number, message: FetchedMessage): BusRecord {
  return {
    topic,
    partition,
    offset: Number(message.offset),
    storedAt: Number(message.timestamp),
    key: message.key === null ? '' : textOf(message.key),
    value: decodeValue(message.value),
  }
}

/** At most `limit` of the records of several partitions: each partition's in its order, among partitions the one stored first. */
export function mergeByTime(partitions: readonly (readonly BusRecord[])[], limit: number): BusRecord[] {
  const heads = partitions.map(() => 0)
  const merged: BusRecord[] = []
  while (merged.length < limit) {
    let best = -1
    let bestRecord: BusRecord | undefined
    for (const [index, records] of partitions.entries()) {
      const record = records[heads[index] ?? 0]
      if (record === undefined || (bestRecord !== undefined && record.storedAt >= bestRecord.storedAt)) continue
      best = index
      bestRecord = record
    }
    if (bestRecord === undefined) return merged
    heads[best] = (heads[best] ?? 0) + 1
    merged.push(bestRecord)
  }
  return merged
}
