import { afterEach, describe, expect, it } from 'vitest'
import { callLoopback } from '../../simulators/loopback.js'
import { startNewsSimulator, type NewsFaultKind, type NewsSimulator } from '../../simulators/news.js'
import { ManualClock } from './manual-clock.js'

let simulator: NewsSimulator
const clock = new ManualClock()
afterEach(() => simulator.close())

const ask = (url: string, headers: Record<string, string> = {}) => callLoopback(url, { method: 'GET', headers })

describe('the news simulator', () => {
  it('shows what is published in RSS, Atom and RDF, newest first, with its edits', async () => {
    simulator = await startNewsSimulator({ clock })
    for (const { id } of simulator.outlets) {
      const first = simulator.publish({ outlet: id, title: `First <of> ${id} & پولیس`, summary: 'words' })
      simulator.publish({ outlet: id, title: 'Second' })
      const { status, body } = await ask(simulator.feedUrl(id))
      expect(status).toBe(200)
      expect(body.indexOf('Second')).toBeLessThan(body.indexOf('First &lt;of&gt;'))
      expect(body).toContain(simulator.linkOf(first))
      simulator.edit(first, { title: 'Changed' })
      expect((await ask(simulator.feedUrl(id))).body).toContain('Changed')
      simulator.remove(first)
      expect((await ask(simulator.feedUrl(id))).body).not.toContain('Changed')
    }
    expect(simulator.opml()).toContain(`xmlUrl="${simulator.feeds[0]}"`)
  })

  it('gives one article in several feeds, with the parameters of aggregators', async () => {
    simulator = await startNewsSimulator({ clock })
    const [own, other] = simulator.outlets.map(({ id }) => id)
    const id = simulator.publish({ outlet: own ?? '', title: 'T', alsoIn: [other ?? ''] })
    expect((await ask(simulator.feedUrl(own ?? ''))).body).toContain(`${simulator.linkOf(id)}<`)
    expect((await ask(simulator.feedUrl(other ?? ''))).body).toContain(`${simulator.linkOf(id)}/?utm_source=`)
  })

  it('moves for good and is gone', async () => {
    simulator = await startNewsSimulator({ clock })
    const id = simulator.outlets[0]?.id ?? ''
    const to = simulator.move(id)
    expect((await ask(simulator.feedUrl(id))).status).toBe(301)
    expect((await ask(to)).status).toBe(200)
    simulator.gone(id)
    expect((await ask(to)).status).toBe(410)
    simulator.back(id)
    expect((await ask(to)).status).toBe(200)
    simulator.rename(id, 'Another name')
    expect((await ask(to)).body).toContain('Another name')
    expect(simulator.requests.map(({ status, outlet }) => [status, outlet])).toEqual(
      [301, 200, 410, 200, 200].map((status) => [status, id]),
    )
  })

  it.each<[NewsFaultKind, number, RegExp]>([
    ['429', 429, /./],
    ['503', 503, /./],
    ['404', 404, /./],
    ['html', 200, /<!DOCTYPE html>.*rel="alternate"/],
    ['empty', 200, /^(?!.*<item>)/s],
    ['duplicate', 200, /(<item>.*){4}/s],
    ['disorder', 200, /Number 0.*Number 1/s],
    ['truncated', 200, /^(?!.*<\/rss>)/s],
    ['malformed', 200, /^(?!(.*<\/title>){3})/s],
    ['found', 302, /^$/],
  ])('%s happens once', async (kind, status, body) => {
    simulator = await startNewsSimulator({ clock, outlets: [{ id: 'a', title: 'A', format: 'rss2' }] })
    for (const number of [0, 1]) simulator.publish({ outlet: 'a', title: `Number ${number}` })
    simulator.fail({ kind })
    const answer = await ask(simulator.feedUrl('a'))
    expect(answer.status).toBe(status)
    expect(answer.body).toMatch(body)
    expect((await ask(simulator.feedUrl('a'))).body).toMatch(/Number 1.*Number 0/s)
  })

  it('breaks off in the middle, and refuses to speak of outlets that are not', async () => {
    simulator = await startNewsSimulator({ clock })
    simulator.fail({ kind: 'cut' })
    await expect(ask(simulator.feeds[0] ?? '')).rejects.toThrow()
    expect((await ask(`${simulator.url}/nobody/feed`)).status).toBe(404)
    expect(() => simulator.publish({ outlet: 'nobody', title: 'x' })).toThrow('no outlet nobody')
  })
})
