import { request } from 'node:http'
import fc from 'fast-check'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { startXSimulator, type XSimulator, type XSimulatorOptions } from '../../simulators/x.js'
import { ManualClock, runUntil } from './manual-clock.js'

interface Page {
  data?: Record<string, unknown>[]
  includes?: Record<string, Record<string, unknown>[]>
  errors?: Record<string, unknown>[]
  meta?: { newest_id?: string; oldest_id?: string; result_count: number; next_token?: string }
  title?: string
  detail?: string
  status?: number
}

const clock = new ManualClock()
let x: XSimulator
const USER = { authorization: 'Bearer demo-user-token' }

async function start(options: Partial<XSimulatorOptions> = {}): Promise<void> {
  await x?.close()
  x = await startXSimulator({ clock, ...options })
}

beforeEach(() => start())
afterEach(() => x.close())

async function get(path: string, headers: Record<string, string> = USER) {
  const response = await fetch(x.url + path, { headers })
  return { status: response.status, headers: response.headers, page: (await response.json()) as Page }
}

const mentions = (query = '') => get(`/2/users/${x.account.id}/mentions?${query}`)
const search = (query: string, more = '') => get(`/2/tweets/search/recent?query=${encodeURIComponent(query)}${more}`)

function write(text: string, username = 'citizen_1', more: Partial<Parameters<XSimulator['post']>[0]> = {}): string {
  clock.advance(1000)
  return x.post({ author: { username, name: 'A citizen', location: 'Peshawar' }, text, ...more })
}

async function reply(body: unknown, headers: Record<string, string> = USER) {
  const response = await fetch(`${x.url}/2/tweets`, {
    method: 'POST',
    headers: { ...headers, 'content-type': 'application/json' },
    body: JSON.stringify(body),
  })
  const json = (await response.json()) as { data?: { id: string; text: string }; detail?: string }
  return { status: response.status, json, headers: response.headers }
}

const ids = (page: Page) => (page.data ?? []).map((post) => post['id'] as string)

it('answers a broken address, and goes on', async () => {
  const { status } = await new Promise<{ status: number | undefined }>((resolve, reject) => {
    request(x.url, { path: '//' }, (incoming) => {
      incoming.resume()
      resolve({ status: incoming.statusCode })
    })
      .on('error', reject)
      .end()
  })
  expect(status).toBe(500)
  expect((await get('/2/users/%E0%A4%A/mentions')).status).toBe(500)
  expect((await mentions()).status).toBe(200)
})

describe('who may ask', () => {
  it('refuses without a token, with a wrong one, and an app where a user is needed', async () => {
    expect((await get('/2/users/me', {})).status).toBe(401)
    expect((await get('/2/users/me', { authorization: 'Bearer nonsense' })).page).toMatchObject({
      title: 'Unauthorized',
      status: 401,
      type: 'about:blank',
    })
    const app = { authorization: 'Bearer demo-app-token' }
    expect((await get('/2/users/me', app)).page).toMatchObject({ title: 'Unsupported Authentication', status: 403 })
    expect((await reply({ text: 'hello' }, app)).status).toBe(403)
    expect((await get(`/2/users/${x.account.id}/mentions`, app)).status).toBe(200)
  })

  it('takes an OAuth 1.0a header with a signature', async () => {
    const header = 'OAuth oauth_consumer_key="k", oauth_token="t", oauth_signature="s"'
    expect((await get('/2/users/me', { authorization: header })).page.data).toMatchObject({ username: 'KPPoliceDemo' })
    await start({ consumerKey: 'another' })
    expect((await get('/2/users/me', { authorization: header })).status).toBe(401)
  })

  it('finds the account by name', async () => {
    expect((await get('/2/users/by/username/kppolicedemo')).page.data).toMatchObject({ id: x.account.id })
    expect((await get('/2/users/by/username/nobody')).page.errors?.[0]).toMatchObject({ title: 'Not Found Error' })
  })
})

describe('mentions', () => {
  it('answers an empty page without data and without newest_id', async () => {
    expect((await mentions()).page).toEqual({ meta: { result_count: 0 } })
  })

  it('lists those who name the account, newest first, and only those', async () => {
    const first = write('@KPPoliceDemo سلام')
    write('nobody is named here')
    const second = write('thank you @kppolicedemo!', 'citizen_2')
    const { page } = await mentions()
    expect(ids(page)).toEqual([second, first])
    expect(page.meta).toEqual({ newest_id: second, oldest_id: first, result_count: 2 })
    expect(page.data?.[0]).toEqual({ id: second, text: 'thank you @kppolicedemo!', edit_history_tweet_ids: [second] })
  })

  it('includes replies to the account and to posts that name it', async () => {
    const post = write('@KPPoliceDemo a question')
    const under = write('same here', 'citizen_2', { inReplyTo: post })
    const answer = await reply({ text: 'we will look', reply: { in_reply_to_tweet_id: post } })
    const thanks = write('thanks', 'citizen_1', { inReplyTo: answer.json.data?.id ?? '' })
    const { page } = await mentions('tweet.fields=conversation_id,in_reply_to_user_id,referenced_tweets')
    expect(ids(page)).toEqual([thanks, under, post])
    expect(page.data?.[0]).toMatchObject({
      conversation_id: post,
      in_reply_to_user_id: x.account.id,
      referenced_tweets: [{ type: 'replied_to', id: answer.json.data?.id }],
    })
  })

  it.each(['max_results=4', 'max_results=101', 'max_results=many', 'since_id=abc', 'pagination_token=zzz'])(
    'refuses %s with a 400 in the words of X',
    async (query) => {
      const { status, page } = await mentions(query)
      expect(status).toBe(400)
      expect(page).toMatchObject({ title: 'Invalid Request' })
      expect(page.errors?.length).toBe(1)
    },
  )

  it('refuses a parameter that it does not know', async () => {
    expect((await mentions('sinceid=5')).status).toBe(400)
  })

  it('pages through everything newer than since_id exactly once, whatever is written meanwhile', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.integer({ min: 0, max: 40 }),
        fc.integer({ min: 5, max: 12 }),
        fc.nat(),
        async (count, size, at) => {
          await start()
          const written = Array.from({ length: count }, (_, index) => write(`@KPPoliceDemo ${index}`, `u${index % 3}`))
          const since = written[at % Math.max(1, count)]
          const seen: string[] = []
          let token: string | undefined
          do {
            const { page } = await mentions(
              `max_results=${size}${since === undefined ? '' : `&since_id=${since}`}${token === undefined ? '' : `&pagination_token=${token}`}`,
            )
            seen.push(...ids(page))
            token = page.meta?.next_token
            if (token !== undefined) write('@KPPoliceDemo while reading')
          } while (token !== undefined)
          expect(seen).toEqual(written.filter((id) => since !== undefined && BigInt(id) > BigInt(since)).reverse())
        },
      ),
      { numRuns: 12, seed: 3 },
    )
  })

  it('keeps to start_time, end_time and until_id', async () => {
    const a = write('@KPPoliceDemo a')
    const from = new Date(clock.now() + 500).toISOString()
    const b = write('@KPPoliceDemo b')
    const c = write('@KPPoliceDemo c')
    expect(ids((await mentions(`start_time=${from}`)).page)).toEqual([c, b])
    expect(ids((await mentions(`end_time=${from}`)).page)).toEqual([a])
    expect(ids((await mentions(`until_id=${c}&since_id=${a}`)).page)).toEqual([b])
  })

  it('lists at most the newest 800', async () => {
    const oldest = write('@KPPoliceDemo oldest')
    for (let count = 0; count < 800; count++) write(`@KPPoliceDemo ${count}`)
    expect((await mentions(`until_id=${BigInt(oldest) + 1n}`)).page.meta?.result_count).toBe(0)
  })

  it('gives ids that grow and carry their time', () => {
    const list = Array.from({ length: 50 }, () => x.post({ author: { username: 'a' }, text: 'same moment' }))
    const sorted = [...list].sort((a, b) => (BigInt(a) < BigInt(b) ? -1 : 1))
    expect(list).toEqual(sorted)
    expect(Number((BigInt(list[0] ?? '0') >> 22n) + 1288834974657n)).toBe(clock.now())
    const late = x.post({ author: { username: 'a' }, text: 'late', createdAtMs: clock.now() - 60_000 })
    expect(BigInt(late) < BigInt(list[0] ?? '0')).toBe(true)
  })
})

describe('fields, expansions and both namings', () => {
  const ASK =
    'tweet.fields=author_id,created_at,lang,entities,referenced_tweets,attachments&expansions=author_id,referenced_tweets.id,attachments.media_keys&user.fields=location,created_at&media.fields=url'

  it.each(['tweet', 'post'] as const)('speaks of %s', async (naming) => {
    await start({ naming })
    const first = write('@KPPoliceDemo first #پشاور')
    const quote = write('@KPPoliceDemo look', 'citizen_2', { quotes: first, photos: ['https://pic.example/1'] })
    const { page } = await mentions(ASK)
    expect(page.data?.[0]).toMatchObject({
      [`edit_history_${naming}_ids`]: [quote],
      [`referenced_${naming}s`]: [{ type: 'quoted', id: first }],
      attachments: { media_keys: [`3_${quote}0`] },
    })
    expect(page.data?.[1]).toMatchObject({ entities: { hashtags: [{ tag: 'پشاور', start: 20, end: 26 }] } })
    expect(page.includes?.[`${naming}s`]?.map((post) => post['id'])).toEqual([first])
    expect(page.includes?.['users']?.map((user) => user['location'])).toEqual(['Peshawar', 'Peshawar'])
    expect(page.includes?.['media']?.[0]).toMatchObject({ type: 'photo', url: 'https://pic.example/1' })
    const asked = await mentions(
      ASK.replace('tweet.fields', 'post.fields').replaceAll('referenced_tweets', 'referenced_posts'),
    )
    expect(asked.page).toEqual(page)
  })

  it('lists an edit under its new id with its history; a deleted target shows as an error beside the data', async () => {
    const post = write('@KPPoliceDemo frist')
    const answer = write('@KPPoliceDemo about that', 'citizen_2', { quotes: post })
    clock.advance(60_000)
    const edited = x.edit(post, '@KPPoliceDemo first')
    expect(ids((await mentions()).page)).toEqual([edited, answer])
    expect((await mentions(`since_id=${answer}`)).page.data?.[0]).toEqual({
      id: edited,
      text: '@KPPoliceDemo first',
      edit_history_tweet_ids: [post, edited],
    })
    x.remove(edited)
    const { page } = await mentions('expansions=referenced_tweets.id')
    expect(ids(page)).toEqual([answer])
    expect(page.errors?.[0]).toMatchObject({ resource_id: post, title: 'Not Found Error' })
    expect((await get(`/2/tweets?ids=${post},${answer}`)).page).toMatchObject({
      data: [{ id: answer }],
      errors: [{ resource_id: post }],
    })
  })
})

describe('recent search', () => {
  it('understands words, phrases, names, tags, OR, minus and brackets', async () => {
    const a = write('بھتہ کی کال پشاور میں')
    const b = write('KP Police did well', 'citizen_2')
    const c = write('@KPPoliceDemo question #licence', 'citizen_3')
    const found = async (query: string) => ids((await search(query)).page)
    expect(await found('بھتہ')).toEqual([a])
    expect(await found('"kp police" OR پشاور')).toEqual([b, a])
    expect(await found('"police kp"')).toEqual([])
    expect(await found('@kppolicedemo OR police')).toEqual([c, b])
    expect(await found('#licence -from:citizen_1')).toEqual([c])
    expect(await found('(police OR پشاور) -well')).toEqual([a])
    expect(await found('police did OR question')).toEqual([c, b])
    expect(await found('from:citizen_2')).toEqual([b])
  })

  it.each(['(police', 'police)', '', '-police', 'lang:ur', 'nonsense:5', 'a OR', 'x'.repeat(513)])(
    'refuses the query %j',
    async (query) => {
      expect((await search(query)).status).toBe(400)
    },
  )

  it('asks for at least 10, pages with next_token, and refuses what is older than a week', async () => {
    const written = Array.from({ length: 23 }, (_, index) => write(`police ${index}`))
    expect((await search('police', '&max_results=9')).status).toBe(400)
    const first = await search('police', '&max_results=10')
    const second = await search('police', `&max_results=10&next_token=${first.page.meta?.next_token}`)
    const third = await search('police', `&max_results=10&next_token=${second.page.meta?.next_token}`)
    expect([...ids(first.page), ...ids(second.page), ...ids(third.page)]).toEqual(written.reverse())
    expect(third.page.meta).not.toHaveProperty('next_token')
    clock.advance(8 * 86_400_000)
    const refused = await search('police', `&since_id=${written[0]}`)
    expect(refused.status).toBe(400)
    expect(refused.page.errors?.[0]?.['message']).toContain("'since_id' must be a tweet id created after")
    expect((await search('police')).page.meta?.result_count).toBe(0)
  })
})

describe('limits', () => {
  it('counts by endpoint and token in windows of 15 minutes', async () => {
    await start({ limits: { mentions: { app: 2, user: 1 } } })
    const first = await mentions()
    expect(first.headers.get('x-rate-limit-limit')).toBe('1')
    expect(first.headers.get('x-rate-limit-remaining')).toBe('0')
    expect(first.headers.get('x-rate-limit-reset')).toBe(String(Math.ceil((clock.now() + 900_000) / 1000)))
    const second = await mentions()
    expect(second.status).toBe(429)
    expect(second.page).toMatchObject({ title: 'Too Many Requests', status: 429, type: 'about:blank' })
    expect((await search('police')).status).toBe(200)
    expect((await get(`/2/users/${x.account.id}/mentions`, { authorization: 'Bearer demo-app-token' })).status).toBe(
      200,
    )
    clock.advance(900_000)
    expect((await mentions()).status).toBe(200)
  })

  it('counts the posts of a day', async () => {
    await start({ postsPerDay: 1 })
    const post = write('@KPPoliceDemo hello')
    const target = { in_reply_to_tweet_id: post }
    expect((await reply({ text: 'one', reply: target })).headers.get('x-user-limit-24hour-remaining')).toBe('0')
    expect((await reply({ text: 'two', reply: target })).status).toBe(429)
  })
})

describe('faults', () => {
  beforeEach(() => {
    write('@KPPoliceDemo one')
    write('@KPPoliceDemo two')
  })

  it('429 and 503, as often as asked, then well again', async () => {
    x.fail({ kind: '429', times: 2, resetMs: 5000 })
    x.fail({ kind: '503' })
    const refused = await mentions()
    expect(refused.status).toBe(429)
    expect(refused.headers.get('x-rate-limit-reset')).toBe(String(Math.ceil((clock.now() + 5000) / 1000)))
    expect((await mentions()).status).toBe(429)
    expect((await mentions()).page).toMatchObject({ title: 'Service Unavailable', status: 503 })
    expect((await mentions()).page.meta?.result_count).toBe(2)
  })

  it('html in place of JSON, with a 200', async () => {
    x.fail({ kind: 'html' })
    const response = await fetch(`${x.url}/2/users/me`, { headers: USER })
    expect(response.status).toBe(200)
    expect(response.headers.get('content-type')).toContain('text/html')
    await expect(response.json()).rejects.toThrow()
  })

  it('an empty page, a page without meta, a post twice, an error beside the data', async () => {
    for (const kind of ['empty', 'no-meta', 'duplicate', 'partial-error'] as const) x.fail({ kind })
    expect((await mentions()).page).toEqual({ meta: { result_count: 0 } })
    const bare = (await mentions()).page
    expect(bare.data).toHaveLength(2)
    expect(bare).not.toHaveProperty('meta')
    const twice = ids((await mentions()).page)
    expect(twice).toHaveLength(3)
    expect(new Set(twice).size).toBe(2)
    const partial = (await mentions()).page
    expect(partial.data).toHaveLength(2)
    expect(partial.errors).toHaveLength(1)
  })

  it('a slow answer waits for the clock', async () => {
    x.fail({ kind: 'slow', waitMs: 30_000 })
    let answered = false
    const asked = mentions().then(() => (answered = true))
    await runUntil(clock, () => clock.sleeping === 1, -1)
    clock.advance(29_000)
    expect(answered).toBe(false)
    clock.advance(1000)
    await asked
  })

  it('a cut answer breaks off, and a cut reply was written all the same', async () => {
    x.fail({ kind: 'cut', path: 'mentions' })
    await expect(mentions()).rejects.toThrow()
    const [target = ''] = ids((await mentions()).page)
    x.fail({ kind: 'cut', method: 'POST' })
    await expect(reply({ text: 'seen', reply: { in_reply_to_tweet_id: target } })).rejects.toThrow()
    expect(x.replies().map(({ text, inReplyTo }) => ({ text, inReplyTo }))).toEqual([
      { text: 'seen', inReplyTo: target },
    ])
    x.fail({ kind: '503' })
    x.heal()
    expect((await mentions()).status).toBe(200)
  })
})

describe('replies', () => {
  it('writes one, records its body, and never the same twice', async () => {
    const post = write('@KPPoliceDemo مدد')
    const body = { text: 'آپ سے رابطہ کیا جا رہا ہے', reply: { in_reply_to_tweet_id: post } }
    const { status, json } = await reply(body)
    expect(status).toBe(201)
    expect(json.data).toEqual({
      id: expect.any(String) as string,
      text: body.text,
      edit_history_tweet_ids: [json.data?.id],
    })
    expect(x.replies()).toMatchObject([{ id: json.data?.id, inReplyTo: post, body, raw: JSON.stringify(body) }])
    const again = await reply(body)
    expect(again.status).toBe(403)
    expect(again.json.detail).toContain('duplicate content')
    expect(x.replies()).toHaveLength(1)
    expect(ids((await mentions()).page)).toEqual([post])
  })

  it('refuses who did not mention the account, a post that is gone, and too long a text', async () => {
    const stranger = write('police are mentioned without a name', 'stranger')
    const gone = write('@KPPoliceDemo gone soon')
    x.remove(gone)
    const post = write('@KPPoliceDemo here')
    const to = (id: string, text = 'answer') => reply({ text, reply: { in_reply_to_tweet_id: id } })
    expect((await to(stranger)).json.detail).toContain('you have not been mentioned')
    expect((await to(gone)).json.detail).toContain('deleted or not visible')
    expect((await to(post, 'x'.repeat(281))).json.detail).toContain('too long')
    expect((await to(post, 'ب'.repeat(280))).status).toBe(201)
    expect((await to(post, '漢'.repeat(141))).status).toBe(403)
    expect((await to(post, `https://${'a'.repeat(400)}.example`)).status).toBe(201)
    expect(x.replies()).toHaveLength(2)
    expect(x.requests.filter(({ method }) => method === 'POST').map(({ status }) => status)).toEqual([
      403, 403, 403, 201, 403, 201,
    ])
  })

  it('may answer who quoted the account', async () => {
    const own = (await reply({ text: 'an announcement' })).json.data?.id ?? ''
    const quote = write('they say this', 'quoter', { quotes: own })
    expect((await reply({ text: 'yes', reply: { in_reply_to_tweet_id: quote } })).status).toBe(201)
  })

  it.each([
    [{}],
    [[]],
    [{ text: '' }],
    [{ text: 'a', replyTo: '1' }],
    [{ text: 'a', reply: { in_reply_to_tweet_id: 5 } }],
    [{ text: 'a', reply: { in_reply_to_status_id: '5' } }],
    [{ text: 'a', reply: 'x' }],
  ])('refuses the shape %j', async (body) => {
    expect((await reply(body)).status).toBe(400)
  })

  it('keeps no token in its record of requests', async () => {
    await mentions()
    expect(JSON.stringify(x.requests)).not.toContain('demo-user-token')
    expect(x.requests[0]).toMatchObject({ method: 'GET', auth: 'user', status: 200 })
  })
})
