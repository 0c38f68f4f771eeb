import { createHmac } from 'node:crypto'
import { Agent } from 'node:http'
import { TwitterApi, type ITwitterApiClientPlugin } from 'twitter-api-v2'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { startLoopbackServer, type LoopbackServer } from '../../simulators/loopback.js'
import { startXSimulator, type XSimulator, type XSimulatorOptions } from '../../simulators/x.js'
import { ManualClock } from './manual-clock.js'

const clock = new ManualClock()
const APP = { authorization: 'Bearer demo-app-token' }
let x: XSimulator

async function start(options: Partial<XSimulatorOptions> = {}): Promise<void> {
  await x?.close()
  x = await startXSimulator({ clock, accounts: [{ username: 'IGPKP', userToken: 'igp-token' }], ...options })
}
beforeEach(() => start())
afterEach(() => x.close())

const write = (text: string, username = 'citizen') => x.post({ author: { username }, text })

async function rules(body?: unknown) {
  const init = body === undefined ? {} : { method: 'POST', body: JSON.stringify(body) }
  const response = await fetch(`${x.url}/2/tweets/search/stream/rules`, { headers: APP, ...init })
  return { status: response.status, json: (await response.json()) as Record<string, unknown> }
}

/** A stream whose text can be waited for. */
async function listen(query = '') {
  const response = await fetch(`${x.url}/2/tweets/search/stream?${query}`, { headers: APP })
  const reader = (response.body as ReadableStream<Uint8Array>).getReader()
  const decoder = new TextDecoder()
  let text = ''
  const until = async (found: (text: string) => boolean): Promise<string> => {
    while (!found(text)) {
      const { done, value } = await reader.read()
      if (done) throw new Error(`the stream ended with: ${text}`)
      text += decoder.decode(value, { stream: true })
    }
    return text
  }
  return { status: response.status, until, next: () => reader.read(), cancel: () => reader.cancel() }
}

describe('the filtered stream', () => {
  it('needs a rule, sends what fits with its rules, and a sign of life every 20 seconds', async () => {
    expect((await fetch(`${x.url}/2/tweets/search/stream`, { headers: APP })).status).toBe(409)
    await rules({ add: [{ value: '@KPPoliceDemo -from:KPPoliceDemo', tag: 'ours' }, { value: 'flood' }] })
    const stream = await listen('tweet.fields=author_id&expansions=author_id')
    await stream.until((text) => text === '\r\n')
    clock.advance(20_000)
    await stream.until((text) => text === '\r\n\r\n')
    write('nothing of interest')
    const id = write('@KPPoliceDemo a flood in Swat')
    const line = (await stream.until((text) => text.includes(id))).trim()
    expect(JSON.parse(line)).toMatchObject({
      data: { id, text: '@KPPoliceDemo a flood in Swat' },
      includes: { users: [{ username: 'citizen' }] },
      matching_rules: [{ tag: 'ours' }, {}],
    })
    await stream.cancel()
  })

  it('keeps rules apart, knows duplicates, and says what is wrong with one', async () => {
    const { status, json } = await rules({ add: [{ value: 'a', tag: 't' }, { value: 'a' }, { value: 'odd:thing' }] })
    expect(status).toBe(201)
    expect(json).toMatchObject({
      data: [{ value: 'a', tag: 't' }],
      meta: { summary: { created: 1, not_created: 2 } },
      errors: [{ title: 'DuplicateRule' }, { title: 'UnprocessableEntity' }],
    })
    expect((await rules({ delete: { ids: [x.rules()[0]?.id] } })).json).toMatchObject({
      meta: { summary: { deleted: 1 } },
    })
    expect((await rules()).json).toMatchObject({ meta: { result_count: 0 } })
    expect((await rules({})).status).toBe(400)
  })

  it('breaks in every way, and lets no more than so many listen', async () => {
    await start({ maxStreams: 1 })
    await rules({ add: [{ value: '@KPPoliceDemo' }] })
    const open = async () => {
      const stream = await listen()
      await stream.until((text) => text.includes('\r\n'))
      return stream
    }
    const first = await open()
    const second = await fetch(`${x.url}/2/tweets/search/stream`, { headers: APP })
    expect([second.status, await second.json()]).toMatchObject([429, { connection_issue: 'TooManyConnections' }])
    expect(x.breakStreams('disconnect')).toBe(1)
    expect(await first.until((text) => text.trim().endsWith(']}'))).toContain('operational-disconnect')
    expect((await first.next()).done).toBe(true)
    const cut = await open()
    x.breakStreams('cut')
    await expect(cut.next()).rejects.toThrow()
    const half = await open()
    x.breakStreams('half-line', write('@KPPoliceDemo whole'))
    await expect(half.until(() => false)).rejects.toThrow()
    const garbage = await open()
    x.breakStreams('garbage')
    await garbage.until((text) => text.includes('{"data":{"id":\r\n'))
    const id = write('@KPPoliceDemo goes on')
    await garbage.until((text) => text.includes(id))
    await garbage.cancel()
  })

  it('sends again what was missed where the plan allows it, else refuses to', async () => {
    await rules({ add: [{ value: '@KPPoliceDemo' }] })
    expect((await fetch(`${x.url}/2/tweets/search/stream?backfill_minutes=2`, { headers: APP })).status).toBe(400)
    await start({ allowsBackfill: true })
    await rules({ add: [{ value: '@KPPoliceDemo' }] })
    const old = write('@KPPoliceDemo old')
    clock.advance(180_000)
    const missed = write('@KPPoliceDemo missed')
    const stream = await listen('backfill_minutes=2')
    expect(await stream.until((text) => text.includes(missed))).not.toContain(old)
    await stream.cancel()
  })

  it('is heard by the client library that hears the real one', async () => {
    const elsewhere = (params: { url: string }, url: URL) => void (params.url = x.url + url.pathname + url.search)
    const plugin: ITwitterApiClientPlugin = {
      onBeforeRequestConfig: ({ params, url }) => elsewhere(params, url),
      onBeforeStreamRequestConfig: ({ params, url }) => elsewhere(params, url),
    }
    const client = new TwitterApi('demo-app-token', { plugins: [plugin], httpAgent: new Agent() })
    await client.v2.updateStreamRules({ add: [{ value: '@KPPoliceDemo', tag: 'ours' }] })
    expect((await client.v2.streamRules()).data).toMatchObject([{ value: '@KPPoliceDemo', tag: 'ours' }])
    const stream = await client.v2.searchStream({ autoConnect: true })
    const id = write('@KPPoliceDemo hello')
    for await (const { data, matching_rules: matching } of stream) {
      expect([data.id, matching[0]?.tag]).toEqual([id, 'ours'])
      break
    }
    stream.destroy()
  })
})

describe('webhooks', () => {
  const SECRET = 'demo-consumer-secret'
  let desk: LoopbackServer
  let bodies: { raw: string; signature: string }[]
  let answers: number[]
  beforeEach(async () => {
    bodies = []
    answers = []
    desk = await startLoopbackServer(async ({ method, query, headers, body }) => {
      if (method === 'GET') {
        const token = createHmac('sha256', SECRET)
          .update(query.get('crc_token') ?? '')
          .digest('base64')
        return { status: 200, body: JSON.stringify({ response_token: `sha256=${token}` }) }
      }
      const status = answers.shift() ?? 200
      if (status === 200)
        bodies.push({ raw: body.toString(), signature: String(headers['x-twitter-webhooks-signature']) })
      return { status, body: '' }
    })
  })
  afterEach(() => desk.close())
  const events = () => bodies.map(({ raw }) => JSON.parse(raw) as Record<string, unknown>)

  it('are registered by the challenge alone, and signed over their bytes', async () => {
    expect(await x.connectWebhook('http://127.0.0.1:9/hooks/x')).toBe(false)
    expect(await x.connectWebhook(desk.url)).toBe(true)
    const id = write('@KPPoliceDemo @IGPKP آگ')
    await x.webhooksIdle()
    expect(events()).toMatchObject([
      { for_user_id: x.accounts[0]?.id, tweet_create_events: [{ id_str: id, text: '@KPPoliceDemo @IGPKP آگ' }] },
      { for_user_id: x.accounts[1]?.id },
    ])
    for (const { raw, signature } of bodies)
      expect(signature).toBe(`sha256=${createHmac('sha256', SECRET).update(raw).digest('base64')}`)
    await expect(x.connectWebhook('https://elsewhere.example')).rejects.toThrow('this machine')
  })

  it('come in the newer shape too: posts, edits, deletions, direct messages', async () => {
    await start({ webhookShape: 'activity' })
    await x.connectWebhook(desk.url)
    const id = write('@KPPoliceDemo one')
    clock.advance(1_000)
    const edited = x.edit(id, '@KPPoliceDemo two')
    x.remove(edited)
    x.direct({ author: { username: 'citizen' }, text: 'help', account: 'IGPKP' })
    await x.webhooksIdle()
    expect(events().map(({ data }) => data)).toMatchObject([
      { event_type: 'post.mention.create', payload: { id, edit_history_tweet_ids: [id] } },
      { event_type: 'post.mention.create', payload: { id: edited, text: '@KPPoliceDemo two' } },
      { event_type: 'post.delete', payload: { id } },
      { event_type: 'dm.received', filter: { user_id: x.accounts[1]?.id } },
    ])
  })

  it('are repeated until they are taken, twice where asked, late, or lost', async () => {
    await x.connectWebhook(desk.url)
    answers.push(503)
    write('@KPPoliceDemo 1')
    while (x.webhookStats().refused === 0 || clock.sleeping < 1) await new Promise((resolve) => setImmediate(resolve))
    clock.advance(1_000)
    await x.webhooksIdle()
    for (const fault of ['duplicate', 'lost', 'late'] as const) {
      x.failWebhook(fault)
      write(`@KPPoliceDemo ${fault}`)
    }
    write('@KPPoliceDemo last')
    await x.webhooksIdle()
    const texts = events().map(({ tweet_create_events: posts }) => (posts as { text: string }[])[0]?.text.slice(14))
    expect(texts).toEqual(['1', 'duplicate', 'duplicate', 'last', 'late'])
  })
})

it('knows several accounts by their tokens, and takes none that are expired', async () => {
  const id = write('@IGPKP please')
  const reply = (token: string) =>
    fetch(`${x.url}/2/tweets`, {
      method: 'POST',
      headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
      body: JSON.stringify({ text: `from ${token}`, reply: { in_reply_to_tweet_id: id } }),
    }).then(({ status }) => status)
  expect(await reply('igp-token')).toBe(201)
  expect(await reply('demo-user-token')).toBe(403)
  expect(x.replies()).toMatchObject([{ account: 'IGPKP', inReplyTo: id }])
  x.expireTokens(true)
  expect(await reply('igp-token')).toBe(401)
  x.expireTokens(false)
  x.rename('post')
  const response = await fetch(`${x.url}/2/users/${x.accounts[1]?.id}/mentions`, { headers: APP })
  expect(await response.json()).toMatchObject({ data: [{ id, edit_history_post_ids: [id] }] })
})
