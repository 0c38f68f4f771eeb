import { afterEach, describe, expect, it } from 'vitest'
import { systemClock } from '../../runtime/clock.js'
import { hasty, startHouse, until, type House } from './sms-smpp-house.js'

const CITIZEN = '923001234567'
const OURS = '8333'
const URDU = 'پشاور میں صدر بازار کے قریب دھماکہ ہوا ہے، براہ کرم فوراً مدد بھیجیں۔ 😀 '

let house: House
afterEach(() => house.stop())
const signal = new AbortController().signal

describe('messages from an SMSC', () => {
  it('become mentions with their fields', async () => {
    house = await startHouse()
    house.smsc.receive({ from: CITIZEN, to: OURS, text: 'help at Hayatabad' })
    await house.smsc.idle()
    const [mention] = [...house.shelf.byId.values()]
    expect(mention).toMatchObject({
      channel: 'sms',
      source: 'sms-smpp',
      kind: 'direct',
      private: true,
      text: 'help at Hayatabad',
      author: { id: '+923001234567', address: '+923001234567' },
      account: '8333',
      conversation: 'sms:8333:+923001234567',
    })
    expect(mention?.id).toMatch(/^sms:[0-9a-f]{40}$/)
    expect(house.shelf.alive).toBeGreaterThan(0)
  })

  it.each(['udh8', 'udh16', 'sar'] as const)('of several parts are joined in any order (%s)', async (joinedBy) => {
    house = await startHouse()
    const text = URDU.repeat(4)
    house.smsc.receive({ from: CITIZEN, to: OURS, text, joinedBy, order: [4, 2, 2, 1, 3, 5] })
    await until(() => house.shelf.texts().includes(text))
    await house.smsc.idle()
    expect(house.shelf.texts()).toEqual([text])
  })

  it('in message_payload are read', async () => {
    house = await startHouse()
    const text = URDU.repeat(6)
    house.smsc.receive({ from: CITIZEN, to: OURS, text, asPayload: true })
    await house.smsc.idle()
    expect(house.shelf.texts()).toEqual([text])
  })

  it('come once though the SMSC never learnt that we have them', async () => {
    house = await startHouse({ link: { confirmMs: 300_000 } })
    house.smsc.fail({ on: 'deliver', kind: 'drop' })
    house.smsc.receive({ from: CITIZEN, to: OURS, text: 'help' })
    await house.smsc.idle()
    house.smsc.fail({ on: 'deliver', kind: 'duplicate' })
    house.smsc.receive({ from: CITIZEN, to: OURS, text: 'bomb at the gate' })
    await house.smsc.idle()
    expect(house.smsc.counts.delivered).toBe(4)
    expect(house.shelf.texts().sort()).toEqual(['bomb at the gate', 'help'])
  })

  it('with equal words are two where the SMSC knew that we had the first', async () => {
    house = await startHouse()
    house.smsc.receive({ from: CITIZEN, to: OURS, text: 'help' })
    await house.smsc.idle()
    for (let isSettled = false; !isSettled; await systemClock.sleep(5)) {
      const row = await house.records.selectFrom('sms_messages').select('settled').executeTakeFirst()
      isSettled = row?.settled === 1
    }
    house.smsc.receive({ from: CITIZEN, to: OURS, text: 'help' })
    await house.smsc.idle()
    expect(house.shelf.texts()).toEqual(['help', 'help'])
  })

  it('are refused for the time being while the bus is away, and come again', async () => {
    house = await startHouse()
    house.shelf.failing = 2
    house.smsc.receive({ from: CITIZEN, to: OURS, text: 'help' })
    await house.smsc.idle()
    expect(house.shelf.texts()).toEqual(['help'])
    expect(house.smsc.counts.delivered).toBe(3)
  })

  it('by separate receiver and transmitter', async () => {
    house = await startHouse({ link: { bind: 'receiver-transmitter' } })
    house.smsc.receive({ from: CITIZEN, to: OURS, text: 'help' })
    await house.smsc.idle()
    await house.ready()
    const { platformId } = await house.client.send({ from: OURS, to: CITIZEN, text: 'coming', id: 'o1' }, signal)
    await until(() => house.shelf.statuses.get(platformId) === 'delivered')
    expect(house.shelf.texts()).toEqual(['help'])
  })

  it('that are no sound PDU are kept whole, and the next is read', async () => {
    house = await startHouse()
    await house.ready()
    // A deliver_sm that ends in the middle of its data coding's TLV.
    const broken = Buffer.alloc(16 + 17 + 5)
    broken.writeUInt32BE(broken.length, 0)
    broken.writeUInt32BE(5, 4)
    broken.writeUInt32BE(99, 12)
    broken.set([0x02, 0x0c, 0x00, 0x02, 0x01], broken.length - 5)
    house.smsc.writeRaw(broken)
    house.smsc.receive({ from: CITIZEN, to: OURS, text: 'help' })
    await house.smsc.idle()
    await until(() => house.shelf.unread.length === 1)
    expect(house.shelf.texts()).toEqual(['help'])
  })

  it('go on after octets that are no SMPP at all', async () => {
    house = await startHouse()
    await house.ready()
    house.smsc.writeRaw(Buffer.from('GET / HTTP/1.1\r\n\r\n'))
    await until(() => house.failures.length === 1)
    house.smsc.receive({ from: CITIZEN, to: OURS, text: 'help' })
    await house.smsc.idle()
    expect(house.shelf.texts()).toEqual(['help'])
    expect(house.failures[0]?.reason).toBe('unavailable')
  })
})

describe('the link', () => {
  it('tells a refused sign-in from a line that is away', async () => {
    house = await startHouse({ link: { password: 'wrong' } })
    await until(() => house.failures.length > 0)
    expect(house.failures[0]).toMatchObject({ reason: 'unauthorized' })
    expect(house.failures[0]?.message).not.toContain('wrong ')
    await expect(house.client.send({ from: OURS, to: CITIZEN, text: 'x', id: 'o' }, signal)).rejects.toMatchObject({
      reason: 'unavailable',
      retryable: true,
    })
  })

  it('notices a peer that answers nothing any more', async () => {
    house = await startHouse({ clock: hasty(50), link: { answerLimitMs: 15_000 } })
    await house.ready()
    house.smsc.fail({ on: 'enquire', kind: 'silent', times: 1_000_000 })
    house.smsc.receive({ from: CITIZEN, to: OURS, text: 'help' })
    await until(() => house.failures.some(({ message }) => message.includes('does not answer')))
    house.smsc.heal()
    await until(() => house.smsc.bound === 1)
  })
})

describe('messages to an SMSC', () => {
  it('arrive as they were written, in parts that phones join, and are delivered when all parts are', async () => {
    house = await startHouse({ smsc: { receiptDelayMs: 500 } })
    await house.ready()
    const texts = ['ok', 'a€'.repeat(90), URDU.repeat(5), 'x'.repeat(160), 'ب'.repeat(71)]
    const sent = await Promise.all(
      texts.map((text, index) =>
        house.client.send({ from: OURS, to: `+92300000000${index}`, text, id: `o${index}` }, signal),
      ),
    )
    expect(house.smsc.sent().filter((sms) => !sms.isWhole)).toEqual([])
    expect(
      house.smsc
        .sent()
        .map((sms) => sms.text)
        .sort(),
    ).toEqual([...texts].sort())
    await until(() => sent.every(({ platformId }) => house.shelf.statuses.get(platformId) === 'delivered'))
  })

  it.each([
    ['decimal', 'hex'],
    ['hex', 'decimal'],
    ['hex', 'hex'],
  ] as const)('are matched though the answer is %s and the receipt %s', async (answer, receipt) => {
    house = await startHouse({ smsc: { ids: { answer, receipt } } })
    await house.ready()
    const { platformId } = await house.client.send({ from: OURS, to: CITIZEN, text: URDU.repeat(3), id: 'o' }, signal)
    await until(() => house.shelf.statuses.get(platformId) === 'delivered')
  })

  it('fail when one part fails', async () => {
    house = await startHouse()
    await house.ready()
    house.smsc.nextReceipts('UNDELIV')
    const { platformId } = await house.client.send({ from: OURS, to: CITIZEN, text: URDU.repeat(3), id: 'o' }, signal)
    await until(() => house.shelf.statuses.get(platformId) === 'failed')
  })

  it.each([
    ['throttle', { reason: 'rate-limited', retryable: true }],
    ['queue-full', { reason: 'rate-limited', retryable: true }],
    ['refuse', { reason: 'not-found', retryable: false }],
    ['silent', { reason: 'timeout', retryable: false }],
    ['lost', { reason: 'timeout', retryable: false }],
    ['drop', { reason: 'timeout', retryable: false }],
    ['drop-before', { reason: 'timeout', retryable: false }],
  ] as const)('say what %s means', async (kind, failure) => {
    house = await startHouse()
    await house.ready()
    house.smsc.fail({ on: 'submit', kind })
    await expect(house.client.send({ from: OURS, to: CITIZEN, text: 'ok', id: 'o' }, signal)).rejects.toMatchObject(
      failure,
    )
  })

  it('wait for a busy SMSC between parts, and send none twice', async () => {
    house = await startHouse()
    await house.ready()
    house.smsc.fail({ on: 'submit', kind: 'slow', waitMs: 100 })
    house.smsc.fail({ on: 'submit', kind: 'throttle', times: 3 })
    const text = URDU.repeat(3)
    await house.client.send({ from: OURS, to: CITIZEN, text, id: 'o' }, signal)
    expect(house.smsc.sent()).toMatchObject([{ text, isWhole: true }])
    expect(house.smsc.submits()).toHaveLength(Math.ceil(text.length / 67))
  })
})
