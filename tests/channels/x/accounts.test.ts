import { afterEach, expect, it } from 'vitest'
import { createXClient, type XClientOptions } from '../../../channels/x/api-client.js'
import { createXSender } from '../../../send/senders/x-sender.js'
import type { Outbound } from '../../../schemas/outbound.js'
import { FakeClock } from '../../support/fake-clock.js'
import { json, startServer, type TestServer } from '../http-server.js'

const never = new AbortController().signal
const servers: TestServer[] = []
afterEach(async () => {
  for (const server of servers.splice(0)) await server.close()
})

async function setUp(answer: Parameters<typeof startServer>[0], options: Partial<XClientOptions> = {}) {
  const server = await startServer(answer)
  servers.push(server)
  const clock = new FakeClock()
  const client = createXClient({
    baseUrl: server.url,
    bearerToken: 'app',
    clock,
    loopbackOnly: true,
    replyToken: { kind: 'oauth2', userToken: 'first' },
    accountTokens: new Map([['IGPKP', { kind: 'oauth2', userToken: 'igp' }]]),
    ...options,
  })
  return { server, client, clock }
}

const outbound = (parts: Partial<Outbound>): Outbound => ({
  schema: 'rabta.outbound/1',
  id: 'out:1',
  kind: 'reply',
  channel: 'x',
  to: null,
  text: 'شکریہ',
  inReplyTo: '77',
  mentionId: 'x:77',
  alertId: null,
  unit: null,
  requestedBy: 'officer',
  requestedAt: '2026-11-22T04:00:00.000Z',
  ...parts,
})

it('an answer goes out from the account that was written to, else from the first', async () => {
  const { server, client } = await setUp((_, response) => json(response, 201, { data: { id: '1' } }))
  const sender = createXSender(client)
  for (const account of ['IGPKP', '@igpkp', 'DPOSwat', null, undefined])
    await sender.send(outbound(account === undefined ? {} : { account }), never)
  expect(server.seen.map(({ headers }) => headers.authorization)).toEqual(
    ['igp', 'igp', 'first', 'first', 'first'].map((token) => `Bearer ${token}`),
  )
})

it('a direct message is answered by one, once, and never under a post', async () => {
  const { server, client } = await setUp((_, response) => json(response, 201, { data: { dm_event_id: '9' } }))
  const sender = createXSender(client)
  const direct = outbound({ inReplyTo: 'dm-5', to: '11', account: 'IGPKP' })
  expect(await sender.send(direct, never)).toEqual({ platformId: '9' })
  expect(server.seen.map(({ method, url, body }) => [method, url.pathname, JSON.parse(body) as unknown])).toEqual([
    ['POST', '/2/dm_conversations/with/11/messages', { text: 'شکریہ' }],
  ])
  await expect(sender.send({ ...direct, to: null }, never)).rejects.toMatchObject({ reason: 'invalid-payload' })
  await expect(createXSender({ reply: client.reply }).send(direct, never)).rejects.toMatchObject({ retryable: false })
  expect(server.seen).toHaveLength(1)
})

it('one account that meets the limit of the app stops the others until it opens, and not the search', async () => {
  let isClosed = true
  const { server, client, clock } = await setUp(({ url }, response) =>
    isClosed && url.pathname.endsWith('mentions')
      ? json(response, 429, {}, { date: 'unknown', 'x-rate-limit-reset': String(clock.now() / 1000 + 90) })
      : json(response, 200, { meta: { result_count: 0 } }),
  )
  await expect(client.mentions('42', {}, never)).rejects.toMatchObject({ reason: 'rate-limited', retryAfterMs: 90_000 })
  isClosed = false
  await clock.advance(30_000)
  await expect(client.mentions('43', {}, never)).rejects.toMatchObject({ reason: 'rate-limited', retryAfterMs: 60_000 })
  await client.searchRecent('a', {}, never)
  expect(server.seen).toHaveLength(2)
  await clock.advance(60_000)
  await client.mentions('43', {}, never)
  expect(server.seen).toHaveLength(3)
})

it('the account that owns the app is asked about with its own token', async () => {
  const { server, client } = await setUp((_, response) => json(response, 200, { meta: { result_count: 0 } }), {
    ownedUserId: '42',
  })
  await client.mentions('42', {}, never)
  await client.mentions('43', {}, never)
  expect(server.seen.map(({ headers }) => headers.authorization)).toEqual(['Bearer first', 'Bearer app'])
})
