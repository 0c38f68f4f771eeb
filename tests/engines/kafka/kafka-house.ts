import { randomUUID } from 'node:crypto'
import kafkajs from 'kafkajs'
import { inject } from 'vitest'
import type { Bus, BusRecord } from '../../../runtime/bus.js'
import { systemClock } from '../../../runtime/clock.js'
import { openKafkaBus, type KafkaBusOptions } from '../../../runtime/kafka-bus/kafka-bus.js'
import type { Log, LogFields } from '../../../runtime/log.js'

/** The broker that all tests of a run share. */
export const kafkaAddress = (): string => inject('engines').kafka

export interface LogLine {
  readonly level: 'info' | 'warn' | 'error'
  readonly event: string
  readonly fields: LogFields | undefined
}

/** A log that is kept, to be looked into. */
export function keptLog(): Log & { readonly lines: LogLine[] } {
  const lines: LogLine[] = []
  const at = (level: LogLine['level']) => (event: string, fields?: LogFields) =>
    void lines.push({ level, event, fields })
  return { lines, info: at('info'), warn: at('warn'), error: at('error') }
}

export const freshNamespace = () => `kafka-${randomUUID().slice(0, 8)}`

export function openBus(options: Partial<KafkaBusOptions> & { readonly namespace: string }): Promise<Bus> {
  return openKafkaBus({
    brokers: [kafkaAddress()],
    partitions: 2,
    replicationFactor: 1,
    tls: undefined,
    sasl: undefined,
    clientId: 'rabta-test',
    clock: systemClock,
    log: keptLog(),
    ...options,
  })
}

/** Kafkajs as a stranger would use it. */
export function strangersKafka(broker = kafkaAddress()): kafkajs.Kafka {
  return new kafkajs.Kafka({ brokers: [broker], clientId: 'stranger', logLevel: kafkajs.logLevel.NOTHING })
}

/** Deletes the topics of a namespace. */
export async function removeNamespace(namespace: string, broker = kafkaAddress()): Promise<void> {
  const admin = strangersKafka(broker).admin()
  await admin.connect()
  const topics = (await admin.listTopics()).filter((topic) => topic.startsWith(`${namespace}.`))
  if (topics.length > 0) await admin.deleteTopics({ topics })
  await admin.disconnect()
}

export async function until(what: string, isSo: () => boolean | Promise<boolean>, waitMs = 30_000): Promise<void> {
  const endAt = Date.now() + waitMs
  while (!(await isSo())) {
    if (Date.now() > endAt) throw new Error(`waited ${waitMs} ms in vain: ${what}`)
    await new Promise((resolve) => setTimeout(resolve, 20))
  }
}

export const numbered = (n: number, key = `k${n % 5}`) => ({ key, value: { n } })
export const numbersOf = (records: readonly BusRecord[]) => records.map((record) => (record.value as { n: number }).n)

/** Whether the numbers of each key, repetitions left out, come in rising order. */
export function isInOrderByKey(records: readonly BusRecord[]): boolean {
  const seen = new Map<string, Set<number>>()
  const last = new Map<string, number>()
  for (const { key, value } of records) {
    const { n } = value as { n: number }
    const ofKey = seen.get(key) ?? new Set()
    seen.set(key, ofKey)
    if (ofKey.has(n)) continue
    if (n < (last.get(key) ?? -1)) return false
    last.set(key, n)
    ofKey.add(n)
  }
  return true
}
