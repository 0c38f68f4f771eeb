import { afterEach, describe, expect, it } from 'vitest'
import { openHouse, TOKEN } from '../ingest/facebook-house.js'

const never = new AbortController().signal
const amna = { id: '7001', name: 'Amna' }
const houses: Awaited<ReturnType<typeof openHouse>>[] = []

afterEach(async () => {
  for (const house of houses.splice(0)) await house.close()
})

async function open(...parts: Parameters<typeof openHouse>) {
  const house = await openHouse(...parts)
  houses.push(house)
  return house
}

describe('what is written', () => {
  it('a comment is read back once in its wire format, and comes back as our own', async () => {
    const house = await open({ requireProof: true })
    const post = house.page.post({ text: 'question', from: amna })
    const { platformId } = await house.settle(house.client.reply(post, 'جواب', never))
    expect(house.page.sent()).toMatchObject([
      { path: `/v26.0/${post}/comments`, body: { message: 'جواب' }, status: 200, id: platformId },
    ])
    await house.delivered()
    expect(house.held().size).toBe(1)
  })

  it('a message goes out within 24 hours, is told as delivered, and is refused after', async () => {
    const house = await open()
    house.page.message({ text: 'help', from: amna })
    const { platformId } = await house.settle(house.client.sendMessage({ to: amna.id, text: 'آ رہے ہیں' }, never))
    await house.delivered()
    expect(house.page.sent()).toMatchObject([
      {
        path: `/v26.0/${house.page.pageId}/messages`,
        body: { recipient: { id: amna.id }, messaging_type: 'RESPONSE', message: { text: 'آ رہے ہیں' } },
        id: platformId,
      },
    ])
    expect(house.bus.values('outbound.status')).toMatchObject([
      { platformId, status: 'delivered', channel: 'facebook' },
    ])
    await house.clock.advance(25 * 3_600_000)
    await expect(house.settle(house.client.sendMessage({ to: amna.id, text: 'x' }, never))).rejects.toThrow(/24 hours/)
    await expect(house.settle(house.client.sendMessage({ to: '9', text: 'x' }, never))).rejects.toThrow(
      /cannot be reached/,
    )
  })

  it('what is cut in the answer was written, and counts as perhaps sent', async () => {
    const house = await open()
    const post = house.page.post({ text: 'question', from: amna })
    house.page.fail({ kind: 'cut', method: 'POST' })
    await expect(house.settle(house.client.reply(post, 'x', never))).rejects.toMatchObject({
      reason: 'timeout',
      retryable: false,
    })
    expect(house.page.sent()).toMatchObject([{ status: 200 }])
  })
})

describe('what is delivered', () => {
  it('comes again until it is taken', async () => {
    const house = await open({ retryDelaysMs: [1_000] })
    let away = 3
    house.bus.beforePublish = (topic) => {
      if (topic === 'mentions.collected' && away-- > 0) throw new Error('full')
    }
    house.page.post({ text: 'a', from: amna })
    house.page.comment({ on: house.page.post({ text: 'b' }), from: amna, text: 'c' })
    await house.delivered()
    expect(house.page.stats()).toMatchObject({ queued: 0, delivered: 3, refused: 3 })
    expect(house.held().size).toBe(2)
  })

  it('may come twice, and in another order', async () => {
    const house = await open()
    house.page.duplicateNext()
    house.page.swapNext()
    const id = house.page.post({ text: 'before', from: amna })
    await house.clock.advance(2_000)
    house.page.edit(id, 'after')
    await house.delivered()
    expect(house.changes().map(({ type }) => type)).toEqual(['edited', 'edited', 'written'])
    expect(house.held().get(`facebook:${id}`)).toMatchObject({ text: 'after' })
  })

  it('is refused where it is signed with something else', async () => {
    const house = await open()
    house.page.deliverRaw('{"object":"page","entry":[]}', `sha256=${'0'.repeat(64)}`)
    for (let turns = 0; house.page.stats().refused === 0 && turns < 10_000; turns++) await house.clock.yield()
    expect(house.page.stats()).toMatchObject({ delivered: 0, queued: 1 })
    expect(house.changes()).toEqual([])
  })
})

it('answers who has no right token with 190, and a wrong proof with 100', async () => {
  const house = await open()
  const ask = async (query: string) =>
    (await (await fetch(`${house.page.url}/v26.0/${house.page.pageId}/feed?${query}`)).json()) as {
      error?: { code: number }
    }
  expect((await ask('access_token=wrong')).error?.code).toBe(190)
  expect((await ask(`access_token=${TOKEN}&appsecret_proof=00`)).error?.code).toBe(100)
  expect((await ask(`access_token=${TOKEN}&fields=id,colour`)).error?.code).toBe(100)
  expect((await ask(`access_token=${TOKEN}`)).error).toBeUndefined()
})
