import { Agent } from 'node:http'
import { TwitterApi, type ITwitterApiClientPlugin } from 'twitter-api-v2'
import { expect, it } from 'vitest'
import { startXSimulator } from '../../simulators/x.js'
import { ManualClock } from './manual-clock.js'

it('is read and answered by the client library that reads the real one', async () => {
  const clock = new ManualClock()
  const x = await startXSimulator({ clock })
  const elsewhere: ITwitterApiClientPlugin = {
    onBeforeRequestConfig: ({ params, url }) => {
      params.url = x.url + url.pathname + url.search
    },
  }
  const client = new TwitterApi('demo-user-token', { plugins: [elsewhere], httpAgent: new Agent() })
  const me = await client.v2.me()
  expect(me.data.username).toBe('KPPoliceDemo')
  for (let index = 0; index < 25; index++) x.post({ author: { username: `c${index}` }, text: `@KPPoliceDemo ${index}` })
  const timeline = await client.v2.userMentionTimeline(me.data.id, { max_results: 10, expansions: ['author_id'] })
  expect(timeline.tweets).toHaveLength(10)
  await timeline.fetchNext()
  await timeline.fetchNext()
  expect(timeline.tweets).toHaveLength(25)
  expect(timeline.includes.users).toHaveLength(25)
  expect(timeline.rateLimit.limit).toBe(300)
  const found = await client.v2.search('KPPoliceDemo', { max_results: 10 })
  expect(found.meta.next_token).toBeDefined()
  const written = await client.v2.reply('شکریہ', timeline.tweets[0]?.id ?? '')
  expect(x.replies()[0]).toMatchObject({ id: written.data.id, text: 'شکریہ', inReplyTo: timeline.tweets[0]?.id })
  x.fail({ kind: '429' })
  await expect(client.v2.me()).rejects.toMatchObject({ code: 429, rateLimitError: true })
  await x.close()
})
