import { readFileSync } from 'node:fs'
import { expect, it } from 'vitest'
import { readFeedAddresses, readOpml } from '../../../channels/news/opml.js'
import { packagePath } from '../../../runtime/package-root.js'

const opml = (body: string) =>
  `<?xml version="1.0"?>\n<opml version="2.0"><head><title>x</title></head><body>${body}</body></opml>`

it('reads nested outlines, each feed once, and reports what it cannot use', () => {
  const { feeds, problems } = readOpml(
    opml(`
      <outline text="Urdu"><outline text="A" type="rss" xmlUrl="https://a.example/feed?x=1&amp;y=2"/>
        <outline text="deeper"><outline TITLE="B" xmlUrl=" https://b.example/rss "/></outline></outline>
      <outline text="again" xmlUrl="https://a.example/feed?x=1&amp;y=2"/>
      <outline text="bad" type="rss" xmlUrl="javascript:alert(1)"/><outline text="none" type="rss"/>
      <outline text="off" isComment="true"><outline xmlUrl="https://c.example/"/></outline>
      <outline text="only a folder"/>`),
  )
  expect(feeds).toEqual([
    { url: 'https://a.example/feed?x=1&y=2', title: 'A' },
    { url: 'https://b.example/rss', title: 'B' },
  ])
  expect(problems).toEqual([
    '"again" stands in the list twice',
    '"bad" has no web address: write something like https://host/feed',
    '"none" has no address (xmlUrl)',
  ])
})

it.each([
  ['', /no OPML/],
  ['<html></html>', /no OPML/],
  ['<rss version="2.0"><channel/></rss>', /no OPML/],
  [opml(''), /names no feed/],
  [opml('<outline text="x"/>'), /names no feed/],
  [opml('<outline'.repeat(5000)), /no OPML|names no feed/],
  ['<!DOCTYPE o [<!ENTITY a "b">]><opml><body><outline xmlUrl="&a;"/></body></opml>', /no web address/],
])('%s gives no feeds and says why', (text, problem) => {
  const { feeds, problems } = readOpml(text)
  expect(feeds).toEqual([])
  expect(problems.join()).toMatch(problem)
})

it('reads the addresses of a setting, with commas within them', () => {
  expect(
    readFeedAddresses('https://a.example/feed, https://b.example/x?a=1,2,https://c.example/ ,\n nonsense').feeds.map(
      ({ url }) => url,
    ),
  ).toEqual(['https://a.example/feed', 'https://b.example/x?a=1,2', 'https://c.example/'])
  expect(readFeedAddresses('nonsense').problems).toHaveLength(1)
  expect(readFeedAddresses('  ')).toEqual({ feeds: [], problems: [] })
})

it('the example list is whole, and says that nobody checked it', () => {
  const text = readFileSync(packagePath('docs/news-outlets.example.opml'), 'utf8')
  const { feeds, problems } = readOpml(text)
  expect(problems).toEqual([])
  expect(feeds.length).toBeGreaterThanOrEqual(20)
  expect(text).toMatch(/unchecked/i)
  for (const { title } of feeds) expect(title).toMatch(/unchecked/)
})
