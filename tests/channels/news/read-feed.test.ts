import { describe, expect, it } from 'vitest'
import { canonicalLink } from '../../../channels/news/canonical-link.js'
import { epochOfFeedDate } from '../../../channels/news/dates.js'
import { articleMention, readFeed, type ReadFeed } from '../../../channels/news/read-feed.js'
import { plainText } from '../../../channels/news/plain-text.js'

const URL_OF_FEED = 'https://outlet.example/feeds/kp.xml'

function read(xml: string, url: string | null = URL_OF_FEED): ReadFeed {
  const reading = readFeed(xml, url)
  if (reading.kind !== 'feed') throw new Error(JSON.stringify(reading))
  return reading
}

const rss = (items: string, head = '<title>Outlet</title><link>https://outlet.example/</link>', attributes = '') =>
  `<?xml version="1.0"?><rss version="2.0" ${attributes}><channel>${head}${items}</channel></rss>`

const one = (item: string) => {
  const { entries } = read(rss(`<item>${item}</item>`))
  expect(entries).toHaveLength(1)
  return entries[0]
}

describe('the id of an article', () => {
  it.each([
    'https://www.outlet.example/news/1/',
    'http://outlet.example/news/1',
    'https://outlet.example/news/1?utm_source=x&fbclid=y#comments',
    'https://outlet.example/news/1/amp/',
    'https://amp.outlet.example/news/1',
    'https://outlet.example/amp/news/1',
    'https://outlet-example.cdn.ampproject.org/c/s/outlet.example/news/1',
    'https://OUTLET.example:443//news/1/index.html?amp=1',
    'https://www.google.com/url?q=https%3A%2F%2Foutlet.example%2Fnews%2F1&sa=D',
    'https://m.outlet.example/news/1?at_medium=RSS&at_campaign=KARANGA',
  ])('is the same for %s', (link) => expect(canonicalLink(link)).toBe('outlet.example/news/1'))

  it('keeps apart what differs, and is no page where there is only a site', () => {
    expect(canonicalLink('https://a.example/news?id=1')).not.toBe(canonicalLink('https://a.example/news?id=2'))
    expect(canonicalLink('https://a.example/x?b=2&a=1')).toBe(canonicalLink('https://a.example/x?a=1&b=2'))
    expect(canonicalLink('https://a.example/%D9%BE%D8%B4')).toBe(canonicalLink('https://a.example/پش'))
    for (const link of ['https://a.example/', 'https://www.a.example/?utm_source=x', 'javascript:1', 'mailto:a@b', ''])
      expect(canonicalLink(link)).toBeUndefined()
  })

  it('is the same in the feeds of two outlets', () => {
    const item = (link: string, guid: string) =>
      `<item><title>t</title><link>${link}</link><guid isPermaLink="false">${guid}</guid></item>`
    const [first] = read(rss(item('https://a.example/1', 'x'))).entries
    const [second] = read(rss(item('http://www.a.example/1?utm_campaign=z', 'y')), 'https://other.example/feed').entries
    expect(first?.id).toBe(second?.id)
  })

  it('tells apart the entries of a live page, and does not where one article stands twice', () => {
    const live = read(
      rss(
        [1, 2, 3]
          .map(
            (n) =>
              `<item><title>Update ${n}</title><link>https://a.example/live#${n}</link><guid>live-${n}</guid></item>`,
          )
          .join(''),
      ),
    )
    expect(new Set(live.entries.map(({ id }) => id)).size).toBe(3)
    const twice = read(rss('<item><title>A</title><link>https://a.example/1</link><guid>1</guid></item>'.repeat(2)))
    expect(twice.entries).toHaveLength(1)
    expect(twice.skipped).toEqual([{ reason: 'the same article twice in one feed' }])
  })

  it('is by guid, then title, where the link is none or the outlet itself', () => {
    const items = (guid: (n: number) => string) =>
      rss(
        [1, 2]
          .map((n) => `<item><title>Title ${n}</title><link>https://outlet.example/</link>${guid(n)}</item>`)
          .join(''),
      )
    for (const guid of [(n: number) => `<guid isPermaLink="false">${n}</guid>`, () => '']) {
      const ids = read(items(guid)).entries.map(({ id }) => id)
      expect(new Set(ids).size).toBe(2)
      expect(read(items(guid)).entries.map(({ id }) => id)).toEqual(ids)
    }
    expect(one('<title>x</title><guid>https://a.example/9</guid>')?.url).toBe('https://a.example/9')
  })
})

describe('the words', () => {
  it('are plain: no markup, scripts, escapes or signatures', () => {
    const entry = one(
      '<title><![CDATA[Police &amp; army: <b>two</b> held]]></title><description>&lt;p&gt;First&lt;/p&gt;&lt;script&gt;alert(1)&lt;/script&gt;&lt;style&gt;p{}&lt;/style&gt;&lt;p&gt;Sec&amp;#8217;ond &amp;nbsp; &lt;a href="x"&gt;link&lt;/a&gt;&lt;img src=x onerror=alert(1)&gt;&lt;/p&gt;&lt;p&gt;The post Police appeared first on Peshawar Times.&lt;/p&gt;</description>',
    )
    expect(entry?.text).toBe('Police & army: two held\nFirst\n\nSec’ond link')
  })

  it('that were escaped twice are read twice, and no more', () => {
    expect(plainText('&amp;lt;p&amp;gt;x &amp;amp; y')).toBe('<p>x & y')
    expect(plainText('&lt;p&gt;Police &amp;amp; army&lt;/p&gt;')).toBe('Police & army')
    expect(plainText('a < b and c > d')).toBe('a < b and c > d')
    expect(plainText('AT&T; R&D')).toBe('AT&T; R&D')
  })

  it('are Urdu and Pashto as they came', () => {
    expect(
      one('<title>پشاور میں پولیس</title><description>&lt;p dir="rtl"&gt;می‌کند ټ ځ ښ&lt;/p&gt;</description>')?.text,
    ).toBe('پشاور میں پولیس\nمی‌کند ټ ځ ښ')
  })

  it('are the whole article where the feed gives it, cut where it is endless', () => {
    const xml = rss(
      `<item><title>T</title><description>short</description><content:encoded><![CDATA[<p>${'word '.repeat(9_000)}</p>]]></content:encoded></item>`,
      undefined,
      'xmlns:content="http://purl.org/rss/1.0/modules/content/"',
    )
    const text = read(xml).entries[0]?.text ?? ''
    expect(text.length).toBeLessThanOrEqual(10_010)
    expect(text).toMatch(/^T\nword word .*word…$/s)
  })

  it('are the title alone, the summary alone, or the address', () => {
    expect(one('<title>only</title>')?.text).toBe('only')
    expect(one('<description>only</description>')?.text).toBe('only')
    expect(one('<link>https://a.example/police-swat</link>')?.text).toBe('https://a.example/police-swat')
    const nothing = read(rss('<item></item><item><pubDate>x</pubDate></item>'))
    expect(nothing.entries).toEqual([])
    expect(nothing.skipped).toHaveLength(2)
  })
})

describe('addresses', () => {
  it('are made whole with xml:base, the site or the feed', () => {
    const atom = (base: string, entryBase: string) =>
      `<feed xmlns="http://www.w3.org/2005/Atom" ${base}><title>x</title><entry ${entryBase}><title>t</title><link href="1.html"/><id>a</id></entry></feed>`
    expect(read(atom('xml:base="https://b.example/x/"', '')).entries[0]?.url).toBe('https://b.example/x/1.html')
    expect(read(atom('xml:base="https://b.example/x/"', 'xml:base="../y/"')).entries[0]?.url).toBe(
      'https://b.example/y/1.html',
    )
    expect(read(atom('', '')).entries[0]?.url).toBe('https://outlet.example/feeds/1.html')
    expect(one('<title>t</title><link>/news/1</link>')?.url).toBe('https://outlet.example/news/1')
    expect(one('<title>t</title><link>javascript:alert(1)</link>')?.url).toBeNull()
  })

  it('of pictures and sound come with the article', () => {
    const xml = rss(
      '<item><title>t</title><enclosure url="/a.mp3" type="audio/mpeg" length="x"/><media:content url="https://i.example/1.jpg"/><media:thumbnail url="https://i.example/2.jpg"/></item>',
      undefined,
      'xmlns:media="http://search.yahoo.com/mrss/"',
    )
    expect(read(xml).entries[0]?.media.map(({ kind, url, bytes }) => [kind, url, bytes])).toEqual([
      ['audio', 'https://outlet.example/a.mp3', null],
      ['image', 'https://i.example/1.jpg', null],
    ])
  })
})

describe('dates', () => {
  const at = Date.UTC(2026, 10, 22, 5, 30)
  it.each([
    'Sun, 22 Nov 2026 05:30:00 GMT',
    'Sun, 22 Nov 2026 10:30:00 +0500',
    'Sun, 22 Nov 26 10:30:00 +05:00',
    '22 Nov 2026 10:30 PKT',
    'Sunday, 22 November 2026 10:30:00 PKT',
    'Sun, 22 Nov 2026 10:30:00',
    'Sun,22 Nov 2026 10:30:00 AM',
    'Sun, 22 Nov 2026 00:30:00 EST',
    '2026-11-22T05:30:00Z',
    '2026-11-22T10:30:00.000+05:00',
    '2026-11-22T10:30:00+0500',
    '2026-11-22 10:30:00',
    '2026-11-22T10:30',
    'November 22, 2026 10:30 am',
    'Nov 22, 2026, 10:30 AM',
    'Sun Nov 22 10:30:00 2026',
    'Sun Nov 22 05:30:00 UTC 2026',
    '  Sun,  22  Nov  2026  05:30:00  XYZ ',
    '۲۲ Nov ۲۰۲۶ ۱۰:۳۰ PKT',
    String(at / 1000),
  ])('%s', (text) => expect(epochOfFeedDate(text)).toBe(at))

  it.each([
    '',
    'yesterday',
    '0000-00-00',
    '31/12/2026',
    'Sun, 99 Nov 2026 10:00:00',
    '2026-13-01',
    '1000-01-01',
    {},
    null,
    7,
  ])('%s is none', (value) => expect(epochOfFeedDate(value)).toBeUndefined())

  it('that are missing leave the time of arrival and say so', () => {
    const mention = articleMention(one('<title>x</title><pubDate>soon</pubDate>')!, {
      source: 'news',
      receivedAt: '2026-11-22T05:30:00.000Z',
      outlet: { title: 'Outlet', site: 'outlet.example' },
    })
    expect(mention).toMatchObject({ writtenAt: '2026-11-22T05:30:00.000Z', version: 0, mended: ['written-unknown'] })
  })
})

describe('what is broken', () => {
  const items = (count: number) =>
    Array.from(
      { length: count },
      (_, n) =>
        `<item><title>Title ${n}</title><link>https://a.example/${n}</link><description>Words ${n}</description></item>`,
    )
  const titlesOf = (xml: string) => {
    const reading = read(xml)
    return {
      titles: reading.entries.map(({ text }) => text.split('\n')[0]),
      damage: reading.damage,
      lost: reading.skipped.length,
    }
  }
  const all = ['Title 0', 'Title 1', 'Title 2']

  it.each([
    ['a title left open', '</title>', ''],
    ['an item left open', '</item>', ''],
    ['an unknown element left open', '<link>', '<foo><b></foo><link>'],
    ['an element nested too deep', '<link>', `${'<a>'.repeat(300)}<link>`],
    ['a forbidden name', '<link>', '<__proto__>1</__proto__><link>'],
    ['a bare ampersand', 'Words 0', 'a & b &undefined; &#xffffffff; <'],
    ['a control character', 'Words 0', '\u0000\u0001\u001f'],
    ['a CDATA section left open', 'Words 0', '<![CDATA[ open'],
    ['a comment left open', '<title>Title 0', '<!-- <title>Title 0'],
    ['a closing tag too many', '<link>', '</b></p><link>'],
  ])('%s hides no other entry', (_, from, to) => {
    const { titles } = titlesOf(rss(items(3).join('').replace(from, to)))
    expect(titles).toEqual(all)
  })

  it('an end that never came loses the entry it went through, and says so', () => {
    const xml = rss(items(3).join(''))
    for (let cut = xml.indexOf('</item>') + 7; cut < xml.length - 3; cut += 7) {
      const { titles, damage } = titlesOf(xml.slice(0, cut))
      expect(all.slice(0, titles.length)).toEqual(titles)
      expect(titles.length).toBeGreaterThan(0)
      expect(damage).not.toBeNull()
    }
  })

  it('RSS 1.0 that lists fewer items than it has, and a channel without a word', () => {
    const rdf = (head: string, body: string) =>
      `<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns="http://purl.org/rss/1.0/"><channel rdf:about="https://a.example">${head}</channel>${body}</rdf:RDF>`
    const rdfItems = [0, 1, 2]
      .map(
        (n) =>
          `<item rdf:about="https://a.example/${n}"><title>Title ${n}</title><link>https://a.example/${n}</link></item>`,
      )
      .join('')
    const list = '<title>x</title><items><rdf:Seq><rdf:li rdf:resource="https://a.example/1"/></rdf:Seq></items>'
    expect(titlesOf(rdf(list, rdfItems)).titles).toEqual(all)
    expect(titlesOf(rdf('', rdfItems)).titles).toEqual(all)
  })

  it.each([
    '<rss version="2.0"><channel><title>x</title></channel></rss>',
    '<rss version="2.0"><channel></channel></rss>',
    '<rss version="2.0"/>',
    '<feed xmlns="http://www.w3.org/2005/Atom"></feed>',
    '<feed xmlns="http://www.w3.org/2005/Atom"/>',
    '<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns="http://purl.org/rss/1.0/"><channel></channel></rdf:RDF>',
  ])('an empty feed is not a broken one: %s', (xml) =>
    expect(read(xml)).toMatchObject({ entries: [], damage: null, skipped: [] }),
  )

  it('a page is a page, and the feeds it names are named', () => {
    const page = `<!DOCTYPE html><html><head><link rel="alternate" type="application/rss+xml" href="/feed?a=1&amp;b=2"><link type='application/atom+xml' rel='alternate' href='https://x.example/atom'><link rel="stylesheet" href="x"></head><body>rss</body></html>`
    expect(readFeed(page, 'https://a.example/news')).toEqual({
      kind: 'html',
      feeds: ['https://a.example/feed?a=1&b=2', 'https://x.example/atom'],
    })
    expect(readFeed('<div>Access denied</div>', null).kind).toBe('html')
  })

  it.each(['', '   ', 'hello', '{}', '{"a":1}', '<opml/>', '<?xml version="1.0"?>', '<rss', '\u0000'])(
    '%j is no feed',
    (text) => expect(readFeed(text, null).kind).toBe('not-a-feed'),
  )

  it('JSON Feed is read as well', () => {
    const json = {
      version: 'https://jsonfeed.org/version/1.1',
      title: 'J',
      items: [
        {
          id: '1',
          url: 'https://a.example/1',
          title: 'T',
          content_html: '<p>x</p>',
          date_published: '2026-11-22T05:30:00Z',
        },
      ],
    }
    expect(read(JSON.stringify(json)).entries[0]).toMatchObject({
      text: 'T\nx',
      publishedMs: Date.UTC(2026, 10, 22, 5, 30),
    })
  })
})
