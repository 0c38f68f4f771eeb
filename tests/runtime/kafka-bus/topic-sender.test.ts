import { beforeEach, describe, expect, it } from 'vitest'
import { Failure } from '../../../runtime/failure.js'
import type { LiveProducer } from '../../../runtime/kafka-bus/client.js'
import { Health } from '../../../runtime/kafka-bus/health.js'
import { TopicSender } from '../../../runtime/kafka-bus/topic-sender.js'
import { FakeClock } from '../../support/fake-clock.js'

const message = (n: number) => ({ key: 'k', value: n })
const range = (count: number) => Array.from({ length: count }, (_, n) => n)

/** A broker with one partition that drops what comes under a sequence number it has seen of the same producer, as Kafka does. */
class OneBroker {
  readonly stored: number[] = []
  readonly sizes: number[] = []
  producers = 0
  killed = 0
  /** How the next sends go; when there are no more, they go well. */
  fates: ('lost-answer' | 'lost-request' | 'no-answer' | 'too-large')[] = []

  readonly open = async (): Promise<LiveProducer> => {
    this.producers++
    let sequence = 0
    let seen = 0
    return {
      // As kafkajs does: a send that failed gives its numbers back.
      send: async (_topic, messages) => {
        const fate = this.fates.shift()
        if (fate === 'lost-request') throw new Error('connection closed')
        if (fate === 'no-answer') return new Promise(() => undefined)
        if (fate === 'too-large') throw Object.assign(new Error('no'), { type: 'MESSAGE_TOO_LARGE' })
        this.sizes.push(messages.length)
        for (const [index, { value }] of messages.entries()) {
          if (sequence + index < seen) continue
          this.stored.push(Number(value.toString()))
          seen++
        }
        if (fate === 'lost-answer') throw new Error('connection closed')
        sequence += messages.length
      },
      kill: () => void this.killed++,
    }
  }
}

describe('a topic sender', () => {
  let broker: OneBroker
  let clock: FakeClock
  let health: Health
  let sender: TopicSender

  beforeEach(() => {
    broker = new OneBroker()
    clock = new FakeClock()
    health = new Health()
    sender = new TopicSender({
      topic: 'mentions.collected',
      name: 'mentions.collected',
      maxMessageBytes: 1000,
      openProducer: () => broker.open(),
      onMissing: async () => undefined,
      clock,
      health,
    })
  })

  it('sends what came meanwhile together, in the order of the calls', async () => {
    await Promise.all(range(50).map((n) => sender.publish([message(n)])))
    expect(broker.stored).toEqual(range(50))
    expect(broker.sizes).toEqual([50])
  })

  it('loses no message to the sequence numbers of one whose answer was lost', async () => {
    await sender.publish([message(0)])
    broker.fates = ['lost-answer']
    await expect(sender.publish([message(1), message(2)])).rejects.toMatchObject({ reason: 'unavailable' })
    expect(health.problem()).toContain('mentions.collected')
    await sender.publish([message(3), message(4)])
    await sender.publish([message(5)])
    expect(broker.stored).toEqual([0, 1, 2, 3, 4, 5])
    expect([broker.producers, broker.killed]).toEqual([2, 1])
    expect(health.problem()).toBeUndefined()
  })

  it('gives a call its answer in ten seconds, though it waited behind one that had none', async () => {
    await sender.publish([message(0)])
    broker.fates = ['no-answer', 'no-answer']
    const answers: string[] = []
    const watch = (name: string, call: Promise<void>) =>
      call.then(
        () => answers.push(`${name} stored`),
        (error: Failure) => answers.push(`${name} ${error.reason}`),
      )
    void watch('first', sender.publish([message(1)]))
    await clock.advance(1_000)
    void watch('second', sender.publish([message(2)]))
    await clock.advance(7_500)
    expect(answers).toEqual(['first unavailable'])
    await clock.advance(2_500)
    expect(answers).toEqual(['first unavailable', 'second unavailable'])
  })

  it('fails only the call with what the topic does not take', async () => {
    await expect(sender.publish([{ key: 'k', value: 'x'.repeat(1000) }])).rejects.toMatchObject({ reason: 'too-large' })
    await sender.publish([message(0)])
    broker.fates = ['too-large']
    const calls = [sender.publish([message(1)]), sender.publish([message(2), message(3)])]
    await Promise.all(calls)
    broker.fates = ['too-large', 'too-large']
    const outcomes = await Promise.allSettled([sender.publish([message(4)]), sender.publish([message(5)])])
    expect(outcomes.map(({ status }) => status)).toEqual(['rejected', 'fulfilled'])
    expect(outcomes[0]).toMatchObject({ reason: { reason: 'too-large', retryable: false } })
    expect(broker.stored).toEqual([0, 1, 2, 3, 5])
  })

  it('finds out by itself that the brokers are back', async () => {
    broker.fates = ['lost-request']
    await expect(sender.publish([message(1)])).rejects.toBeInstanceOf(Failure)
    expect(health.problem()).toBeDefined()
    await clock.advance(10_000)
    expect(health.problem()).toBeUndefined()
    await sender.publish([message(1)])
    expect(broker.stored).toEqual([1])
    await sender.close()
    await expect(sender.publish([message(2)])).rejects.toMatchObject({ reason: 'stopped' })
  })
})
