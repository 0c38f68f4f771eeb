import { afterEach, beforeEach, describe, expect, it, onTestFinished } from 'vitest'
import { createCases } from '../../cases/case-desk.js'
import { createOutboxDoor } from '../../cases/outbox-door.js'
import { createUnits } from '../../cases/units.js'
import { createFacebookClient } from '../../channels/facebook/api-client.js'
import { createKannelClient } from '../../channels/sms/kannel/sendsms.js'
import { createWhatsAppClient } from '../../channels/whatsapp/api-client.js'
import { createXClient } from '../../channels/x/api-client.js'
import { systemClock } from '../../runtime/clock.js'
import { loadDistrictTable } from '../../runtime/district-table.js'
import { EmbeddedBus } from '../../runtime/embedded-bus/embedded-bus.js'
import { LogFile } from '../../runtime/embedded-bus/log-file.js'
import { Failure } from '../../runtime/failure.js'
import { createMetrics } from '../../runtime/metrics.js'
import { runStage } from '../../runtime/stage.js'
import type { Channel } from '../../schemas/mention.js'
import { createOutbox } from '../../send/outbox.js'
import { createOutboundStates } from '../../send/outbound-records.js'
import type { Sender } from '../../send/sender.js'
import { createFacebookSender } from '../../send/senders/facebook-sender.js'
import { createSmsSender } from '../../send/senders/sms-sender.js'
import { createWhatsAppSender } from '../../send/senders/whatsapp-sender.js'
import { createXSender } from '../../send/senders/x-sender.js'
import { startFacebookSimulator } from '../../simulators/facebook.js'
import { startSmsGateways } from '../../simulators/sms-gateways.js'
import { startWhatsAppSimulator, type WhatsAppSimulator } from '../../simulators/whatsapp.js'
import { startXSimulator } from '../../simulators/x.js'
import { silent } from '../send/house.js'
import { makeEnriched } from '../support/mentions.js'
import { openTestRecords } from '../support/test-records.js'

const TEXT = 'آپ کا پیغام مل گیا ہے، ہمارا افسر رابطہ کرے گا'
const CITIZEN = '923000000001'
const CTD = '923000000009'
const NOTE = 'please call him back'

let whatsapp: WhatsAppSimulator
beforeEach(async () => {
  whatsapp = await startWhatsAppSimulator({
    clock: systemClock,
    appSecret: 'secret',
    verifyToken: 'verify',
    accessToken: 'token',
    phoneNumberId: '77',
    openWindow: [CTD],
  })
})
afterEach(() => whatsapp.close())

const whatsAppSender = () =>
  createWhatsAppSender(
    createWhatsAppClient({
      baseUrl: whatsapp.url,
      version: 'v26.0',
      phoneNumberId: '77',
      accessToken: 'token',
      clock: systemClock,
      loopbackOnly: true,
    }),
  )

/** From the officer's click to the platform's wire: cases, outbox and real clients over stores in memory. */
async function openHouse(senders: readonly Sender[]) {
  const clock = systemClock
  const { records } = await openTestRecords()
  const bus = new EmbeddedBus({ file: new LogFile(':memory:'), clock })
  const door = createOutboxDoor({ records, bus, clock, log: silent })
  const table = loadDistrictTable()
  const outbox = createOutbox({ records, bus, clock, log: silent, senders })
  const stage = runStage({
    name: 'send',
    topic: 'messages.outbound',
    bus,
    clock,
    log: silent,
    metrics: createMetrics(),
    handle: outbox.handle,
  })
  const stopping = new AbortController()
  const running = outbox.run(stopping.signal)
  onTestFinished(async () => {
    stopping.abort(new Failure('stopped', 'the test is over', { retryable: false }))
    await stage.stop()
    await running
    await bus.close()
    await records.destroy()
  })
  const states = createOutboundStates(records)
  const settled = async (id: string) => {
    for (;;) {
      const state = await states.getOutbound(id)
      if (state !== undefined && state.status !== 'queued' && state.status !== 'sending') return state
      await clock.sleep(5)
    }
  }
  const cases = createCases({
    records,
    door,
    clock,
    table,
    units: createUnits(table, new Map([['ctd', CTD]])),
    search: { conversation: async () => [] },
    channels: new Set<Channel>(senders.map(({ channel }) => channel)),
  })
  return { cases, settled, republish: () => door.sweepUnpublished(), records }
}

const now = () => ({ writtenAt: systemClock.iso(), receivedAt: systemClock.iso() })

describe('a reply is read back from the platform in its wire form, once', () => {
  it('on X: under the post that it answers', async () => {
    const x = await startXSimulator({ clock: systemClock, appToken: 'app', userToken: 'user', consumerKey: 'key' })
    onTestFinished(() => x.close())
    const client = createXClient({
      baseUrl: x.url,
      bearerToken: 'app',
      replyToken: { kind: 'oauth1', appKey: 'key', appSecret: 'secret', accessToken: 'user', accessSecret: 'secret' },
      clock: systemClock,
      loopbackOnly: true,
    })
    const post = x.post({ author: { username: 'gul', name: 'Gul' }, text: '@KPPoliceDemo help' })
    const { cases, settled } = await openHouse([createXSender(client)])
    const mention = makeEnriched({ id: `x:${post}`, channel: 'x', private: false, conversation: `x:${post}`, ...now() })
    const first = await cases.reply({ mention, text: TEXT, by: 'duty', key: 'click' })
    const again = await cases.reply({ mention, text: TEXT, by: 'duty', key: 'click' })
    expect(again).toEqual(first)
    const { status, platformId } = await settled(first.id)
    expect(status).toBe('sent')
    expect(x.replies()).toMatchObject([{ id: platformId, inReplyTo: post, text: TEXT }])
  })

  it('on WhatsApp: quoting the message, to the number that wrote', async () => {
    const { cases, settled } = await openHouse([whatsAppSender()])
    const wamid = whatsapp.receive({ type: 'text', body: 'help', from: { waId: CITIZEN, name: 'Gul' } })
    const mention = makeEnriched({
      id: `whatsapp:${wamid}`,
      author: { id: CITIZEN, name: 'Gul', handle: null, address: CITIZEN, place: null },
      ...now(),
    })
    const { id } = await cases.reply({ mention, text: TEXT, by: 'duty', key: 'click' })
    await cases.reply({ mention, text: TEXT, by: 'duty', key: 'click' })
    const { status, platformId } = await settled(id)
    expect(status).toBe('sent')
    expect(whatsapp.sent()).toMatchObject([
      {
        messageId: platformId,
        body: {
          messaging_product: 'whatsapp',
          to: CITIZEN,
          type: 'text',
          text: { body: TEXT },
          context: { message_id: wamid },
        },
      },
    ])
  })
})

describe('a reply on Facebook is read back in its wire format, once', () => {
  const open = async () => {
    const facebook = await startFacebookSimulator({
      clock: systemClock,
      appSecret: 'secret',
      verifyToken: 'verify',
      pageToken: 'page-token',
      requireProof: true,
    })
    onTestFinished(() => facebook.close())
    const client = createFacebookClient({
      baseUrl: facebook.url,
      version: 'v26.0',
      pageId: facebook.pageId,
      pageToken: 'page-token',
      appSecret: 'secret',
      clock: systemClock,
      loopbackOnly: true,
    })
    return { facebook, ...(await openHouse([createFacebookSender([client])])) }
  }

  it('under the comment', async () => {
    const { facebook, cases, settled } = await open()
    const post = facebook.post({ text: 'write to us' })
    const comment = facebook.comment({ on: post, from: { id: '71', name: 'Gul' }, text: 'help' })
    const mention = makeEnriched({
      id: `facebook:${comment}`,
      channel: 'facebook',
      private: false,
      kind: 'comment',
      account: facebook.pageId,
      conversation: `facebook:${post}`,
      author: { id: null, name: null, handle: null, address: null, place: null },
      ...now(),
    })
    const { id } = await cases.reply({ mention, text: TEXT, by: 'duty', key: 'click' })
    await cases.reply({ mention, text: TEXT, by: 'duty', key: 'click' })
    const { status, platformId } = await settled(id)
    expect(status).toBe('sent')
    expect(facebook.sent()).toMatchObject([{ id: platformId, status: 200, body: { message: TEXT } }])
    expect(facebook.sent()[0]?.path).toContain(`/${comment}/comments`)
  })

  it('by Messenger, to the person who wrote', async () => {
    const { facebook, cases, settled } = await open()
    const mid = facebook.message({ from: { id: '72', name: 'Gul' }, text: 'help' })
    const mention = makeEnriched({
      id: `facebook:${mid}`,
      channel: 'facebook',
      account: facebook.pageId,
      conversation: `facebook:t:${facebook.pageId}:72`,
      author: { id: '72', name: 'Gul', handle: null, address: null, place: null },
      ...now(),
    })
    const { id } = await cases.reply({ mention, text: TEXT, by: 'duty', key: 'click' })
    await cases.reply({ mention, text: TEXT, by: 'duty', key: 'click' })
    const { status, platformId } = await settled(id)
    expect(status).toBe('sent')
    expect(facebook.sent()).toMatchObject([
      {
        id: platformId,
        status: 200,
        body: { recipient: { id: '72' }, messaging_type: 'RESPONSE', message: { text: TEXT } },
      },
    ])
  })
})

it('a reply by SMS is read back from the gateway, once: from the number that was written to', async () => {
  const kannel = { username: 'rabta', password: 'password', secret: 'hook-secret' }
  const gateways = await startSmsGateways({
    clock: systemClock,
    kannel,
    twilio: { accountSid: 'AC1', authToken: 'token' },
    android: { username: 'phone', password: 'password', signingKey: 'key' },
  })
  onTestFinished(() => gateways.close())
  const client = createKannelClient({ ...kannel, baseUrl: gateways.url, clock: systemClock, loopbackOnly: true })
  const { cases, settled } = await openHouse([createSmsSender({ client })])
  const mention = makeEnriched({
    id: 'sms:1',
    channel: 'sms',
    account: '+923000000801',
    conversation: 'sms:+923000000801:+923000000001',
    author: { id: '+923000000001', name: null, handle: null, address: '+923000000001', place: null },
    ...now(),
  })
  const { id } = await cases.reply({ mention, text: TEXT, by: 'duty', key: 'click' })
  await cases.reply({ mention, text: TEXT, by: 'duty', key: 'click' })
  expect((await settled(id)).status).toBe('sent')
  expect(gateways.sent()).toMatchObject([
    { gateway: 'kannel', status: 202, taken: { from: '+923000000801', to: '+923000000001', text: TEXT } },
  ])
})

it('a forward is read back from WhatsApp, once: the citizen’s words, the note and the reference, to the unit’s number', async () => {
  const { cases, settled, records } = await openHouse([whatsAppSender()])
  const mention = makeEnriched({ text: 'پشاور صدر میں مشکوک بیگ پڑا ہے', ...now() })
  const { id } = await cases.forward({ mention, unit: 'ctd', note: NOTE, by: 'duty', key: 'click' })
  await cases.forward({ mention, unit: 'ctd', note: NOTE, by: 'duty', key: 'click' })
  const { status, platformId } = await settled(id)
  expect(status).toBe('sent')
  const sent = whatsapp.sent()
  expect(sent).toMatchObject([
    {
      messageId: platformId,
      body: { messaging_product: 'whatsapp', to: CTD, type: 'text', text: { body: expect.any(String) as string } },
    },
  ])
  const { text } = sent[0]?.body as { text: { body: string } }
  const { reference } = await records.selectFrom('cases').select('reference').executeTakeFirstOrThrow()
  for (const part of [mention.text, NOTE, reference]) expect(text.body).toContain(part)
})
