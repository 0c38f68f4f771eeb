import { fileURLToPath } from 'node:url'
import { expect, it } from 'vitest'
import { playStory } from '../../simulators/player.js'
import { loadStory, STORY_SEARCH, type StoryMessage } from '../../simulators/story/story.js'
import { startWhatsAppSimulator } from '../../simulators/whatsapp.js'
import type { Json } from '../../simulators/whatsapp/wire.js'
import { startXSimulator } from '../../simulators/x.js'
import { ManualClock, runUntil } from './manual-clock.js'
import { startWebhook } from './webhook.js'

const story = loadStory(fileURLToPath(new URL('../../simulators/story', import.meta.url)))

/** Sleeps by moving the clock, at once. */
class HurriedClock extends ManualClock {
  override sleep(waitMs: number, signal?: AbortSignal): Promise<void> {
    if (signal?.aborted === true) return Promise.reject(new Error('aborted'))
    this.advance(waitMs)
    return Promise.resolve()
  }
}

function recorder(clock: ManualClock, stopAfter: number) {
  const ending = new AbortController()
  const startMs = clock.now()
  const log: { message: StoryMessage; id: string; atMs: number }[] = []
  const onPlayed = (message: StoryMessage, id: string) => {
    log.push({ message, id, atMs: clock.now() - startMs })
    if (log.length >= stopAfter) ending.abort()
  }
  let count = 0
  const next = () => `${++count}`
  const x = { post: next, edit: next }
  const facebook = { post: next, comment: next, message: next }
  const others = { facebook, whatsapp: { receive: next }, sms: next, news: { publish: next } }
  return { log, options: { story, clock, signal: ending.signal, x, ...others, onPlayed } }
}

it('plays each message at its moment and ends after the story where asked to', async () => {
  const { log, options } = recorder(new HurriedClock(), Infinity)
  await playStory({ ...options, goOn: false })
  expect(log.map(({ message }) => message.id)).toEqual(story.played.map(({ id }) => id))
  for (const { message, atMs } of log) expect(atMs).toBeCloseTo((message.atSeconds ?? 0) * 1000, 3)
})

it('plays faster on demand, and leaves out a channel that is not there', async () => {
  const { log, options } = recorder(new HurriedClock(), Infinity)
  const { x, clock, signal, onPlayed } = options
  await playStory({ story, x, clock, signal, onPlayed, speed: 10, goOn: false })
  expect(new Set(log.map(({ message }) => message.channel))).toEqual(new Set(['x']))
  expect(log.at(-1)?.atMs).toBeLessThan(18_100)
})

it('goes on at an ordinary pace with ordinary messages, the same for the same seed', async () => {
  const stopAfter = story.played.length + 400
  const first = recorder(new HurriedClock(), stopAfter)
  await playStory({ ...first.options, seed: 5 })
  const second = recorder(new HurriedClock(), stopAfter)
  await playStory({ ...second.options, seed: 5 })
  const third = recorder(new HurriedClock(), stopAfter)
  await playStory({ ...third.options, seed: 6 })
  const order = ({ log }: typeof first) => log.map(({ message }) => message.id)
  expect(order(first)).toEqual(order(second))
  expect(order(first)).not.toEqual(order(third))
  const after = first.log.slice(story.played.length)
  expect(after).toHaveLength(400)
  expect(after.filter(({ message }) => message.alert)).toEqual([])
  after.slice(1).forEach(({ atMs }, index) => {
    const pauseMs = atMs - (after[index]?.atMs ?? 0)
    expect(pauseMs).toBeGreaterThanOrEqual(20_000)
    expect(pauseMs).toBeLessThanOrEqual(60_000)
  })
  const fresh = after.slice(0, story.afterwards.length).map(({ message }) => message.id)
  expect(new Set(fresh)).toEqual(new Set(story.afterwards.map(({ id }) => id)))
})

it('stops in the middle when told to', async () => {
  const { log, options } = recorder(new HurriedClock(), 10)
  await playStory(options)
  expect(log).toHaveLength(10)
})

it('is read back whole from both simulators, with fresh ids each time', async () => {
  const seen = new Set<string>()
  for (let run = 0; run < 2; run++) {
    const clock = new ManualClock()
    clock.advance(run * 1_000_000)
    const hurried = new HurriedClock(clock.now())
    const webhook = await startWebhook('verify')
    const x = await startXSimulator({ clock: hurried })
    const whatsapp = await startWhatsAppSimulator({
      clock,
      appSecret: 's',
      verifyToken: 'verify',
      accessToken: 'a',
      phoneNumberId: '1',
      webhookUrl: webhook.url,
      timeoutMs: 1e9,
    })
    const signal = new AbortController().signal
    await playStory({ story, clock: hurried, signal, x, whatsapp, goOn: false })
    const expected = story.played.filter(({ channel }) => channel === 'whatsapp')
    await runUntil(clock, () => whatsapp.stats().queued === 0)
    expect(webhook.messages().map((message) => (message['text'] as Json | undefined)?.['body'] ?? '')).toEqual(
      expected.map(({ kind, text }) => (kind === 'text' ? text : '')),
    )
    expect(webhook.messages().some((message) => message['from'] === undefined)).toBe(true)

    const found = new Map<string, string>()
    for (const path of [
      `/2/users/${x.account.id}/mentions?max_results=100`,
      `/2/tweets/search/recent?max_results=100&query=${encodeURIComponent(STORY_SEARCH)}`,
    ]) {
      let token: string | undefined
      do {
        const more = token === undefined ? '' : `&pagination_token=${token}`
        const response = await fetch(x.url + path + more, { headers: { authorization: 'Bearer demo-app-token' } })
        const page = (await response.json()) as { data: { id: string; text: string }[]; meta: { next_token?: string } }
        for (const post of page.data) found.set(post.id, post.text)
        token = page.meta.next_token
      } while (token !== undefined)
    }
    const edited = story.played.find(({ kind }) => kind === 'edit')?.ref
    const posts = story.played.filter(({ channel, id }) => channel === 'x' && id !== edited)
    expect([...found.values()].sort()).toEqual(posts.map(({ text }) => text).sort())
    for (const id of [...found.keys(), ...webhook.messages().map((message) => message['id'] as string)]) {
      expect(seen.has(id)).toBe(false)
      seen.add(id)
    }
    await x.close()
    await whatsapp.close()
    await webhook.close()
  }
})
