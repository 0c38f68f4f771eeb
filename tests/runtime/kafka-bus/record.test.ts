import fc from 'fast-check'
import { expect, it } from 'vitest'
import type { BusRecord } from '../../../runtime/bus.js'
import { asKafkaFailure } from '../../../runtime/kafka-bus/failures.js'
import { decodeValue, encodeMessage, mergeByTime } from '../../../runtime/kafka-bus/record.js'

it('reads back every JSON value that it wrote', () => {
  fc.assert(
    fc.property(fc.jsonValue(), (value) => {
      const { value: bytes } = encodeMessage('mentions.collected', { key: 'k', value }, 1e6)
      expect(decodeValue(bytes)).toEqual(JSON.parse(JSON.stringify(value)))
    }),
    { seed: 5 },
  )
})

it('makes something that can be written again of any bytes', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => {
      expect(() => JSON.stringify(decodeValue(Buffer.from(bytes)))).not.toThrow()
    }),
    { seed: 5, numRuns: 1_000 },
  )
  const deep = '{"a":'.repeat(50_000) + '1' + '}'.repeat(50_000)
  expect(decodeValue(Buffer.from(deep))).toBe(deep)
  expect(decodeValue(Buffer.from(JSON.stringify({ text: '[{'.repeat(500) })))).toEqual({ text: '[{'.repeat(500) })
})

it('refuses what is too large by bytes, not by letters', () => {
  const message = { key: 'k', value: 'پ'.repeat(60) }
  expect(() => encodeMessage('mentions.collected', message, 100)).toThrow('123 bytes')
  expect(encodeMessage('mentions.collected', message, 123).value.length).toBe(122)
})

it('merges partitions by time without breaking the order of any', () => {
  const partition = fc.array(fc.nat(20), { maxLength: 15 })
  fc.assert(
    fc.property(fc.array(partition, { maxLength: 5 }), fc.nat(40), (partitions, limit) => {
      const records = partitions.map((times, index) =>
        times.map((storedAt, offset): BusRecord => {
          return { topic: 'mentions.collected', partition: index, offset, storedAt, key: '', value: null }
        }),
      )
      const merged = mergeByTime(records, limit)
      expect(merged.length).toBe(Math.min(limit, records.flat().length))
      for (const [index] of records.entries()) {
        const offsets = merged.filter((record) => record.partition === index).map(({ offset }) => offset)
        expect(offsets).toEqual(offsets.map((_, place) => place))
      }
    }),
    { seed: 5 },
  )
})

it('takes for final only what is too large', () => {
  const protocol = (type: string, name = 'KafkaJSProtocolError') =>
    Object.assign(new Error('words'), { name, type }) as Error
  const wrapped = new Error('gave up', { cause: protocol('MESSAGE_TOO_LARGE') })
  expect(asKafkaFailure(wrapped, 'x')).toMatchObject({ reason: 'too-large', retryable: false })
  const retryable: [Error, string][] = [
    [protocol('KAFKA_STORAGE_ERROR'), 'storage-full'],
    [protocol('TOPIC_AUTHORIZATION_FAILED'), 'forbidden'],
    [protocol('GROUP_AUTHORIZATION_FAILED'), 'forbidden'],
    [protocol('SASL_AUTHENTICATION_FAILED'), 'unauthorized'],
    [Object.assign(new Error('no'), { name: 'KafkaJSSASLAuthenticationError' }), 'unauthorized'],
    [protocol('NOT_ENOUGH_REPLICAS'), 'unavailable'],
    [protocol('OUT_OF_ORDER_SEQUENCE_NUMBER'), 'unavailable'],
    [new TypeError('of kafkajs'), 'unavailable'],
  ]
  for (const [error, reason] of retryable) expect(asKafkaFailure(error, 'x')).toMatchObject({ reason, retryable: true })
})
