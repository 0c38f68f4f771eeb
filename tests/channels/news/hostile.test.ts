import fc from 'fast-check'
import { TypeCompiler } from '@sinclair/typebox/compiler'
import { describe, expect, it } from 'vitest'
import { readFeed } from '../../../channels/news/read-feed.js'
import { readOpml } from '../../../channels/news/opml.js'
import { prepareIntake } from '../../../ingest/publish.js'
import { readNewsPayload } from '../../../ingest/read-news.js'
import { Change } from '../../../schemas/mention.js'

const change = TypeCompiler.Compile(Change)
const receivedAt = '2026-11-22T04:00:00.000Z'
const item = '<item><title>t</title><link>https://a.example/1</link></item>'
const rss = (body: string, doctype = '') =>
  `<?xml version="1.0"?>${doctype}<rss version="2.0"><channel><title>x</title>${body}</channel></rss>`

function read(text: string): { kind: string; texts: string[] } {
  const reading = readFeed(text, null)
  return { kind: reading.kind, texts: reading.kind === 'feed' ? reading.entries.map((entry) => entry.text) : [] }
}

describe('entities', () => {
  it('that grow are never expanded, and files are never opened', () => {
    const laughs = Array.from({ length: 20 }, (_, n) => `<!ENTITY l${n + 1} "${`&l${n};`.repeat(10)}">`).join('')
    const bomb = rss('<item><title>&l20;</title></item>', `<!DOCTYPE rss [<!ENTITY l0 "ha">${laughs}]>`)
    expect(read(bomb).texts).toEqual(['&l20;'])
    const file = rss('<item><title>&x;</title></item>', '<!DOCTYPE rss [<!ENTITY x SYSTEM "file:///etc/passwd">]>')
    expect(read(file).texts).toEqual(['&x;'])
    const outer = rss(item, '<!DOCTYPE rss SYSTEM "http://169.254.169.254/x.dtd">')
    expect(read(outer).texts).toEqual(['t'])
    expect(read(rss(item, '<!DOCTYPE rss [<!ENTITY % a "<!ENTITY b \'c\'>"> %a; <rss')).kind).toBe('feed')
  })
})

/** Reading must cost about as much for each further byte: four times the length may take no more than this many times as long. */
const GROWTH = 14

function growthOf(make: (size: number) => string, size: number): number {
  const cost = (text: string): number => {
    let best = Infinity
    for (let run = 0; run < 3; run++) {
      const start = performance.now()
      readNewsPayload(Buffer.from(text), receivedAt)
      best = Math.min(best, performance.now() - start)
    }
    return best
  }
  const small = Math.max(2, cost(make(size)))
  return cost(make(size * 4)) / small
}

describe('what is meant to take forever', () => {
  it.each<[string, (size: number) => string]>([
    ['nesting', (size) => rss('<a>'.repeat(size))],
    ['nesting in an item', (size) => rss(`<item>${'<a>'.repeat(size)}</item>${item}`)],
    ['open items', (size) => rss('<item><title>'.repeat(size))],
    [
      'nested markup in entries',
      (size) => rss(`<item><title>t</title><description>${'&lt;b&gt;'.repeat(size)}</description></item>`.repeat(4)),
    ],
    ['open CDATA', (size) => rss('<item><title><![CDATA['.repeat(size))],
    ['open comments', (size) => rss('<!--'.repeat(size))],
    ['comments that close behind an entry', (size) => rss(`${'<!--a'.repeat(size)}</item>-->`)],
    ['comments that hold entries', (size) => rss(`${'<!--</item>'.repeat(size)}-->`)],
    ['CDATA that holds entries', (size) => rss(`${'<![CDATA[</item>'.repeat(size)}]]>`)],
    ['closed CDATA', (size) => rss(`<item><title>${'<![CDATA[x]]>'.repeat(size)}</title></item>`)],
    ['angle brackets', (size) => rss('<'.repeat(size))],
    ['ampersands', (size) => rss(`<item><title>${'&'.repeat(size)}</title></item>`)],
    [
      'attributes',
      (size) => rss(`<item ${Array.from({ length: size }, (_, n) => `a${n}="b"`).join(' ')}><title>x</title></item>`),
    ],
    ['quotes', (size) => rss(`<item a="${'\'"'.repeat(size)}>${item}`)],
    [
      'markup in the words',
      (size) => rss(`<item><title>x</title><description>${'&lt;div&gt;'.repeat(size)}</description></item>`),
    ],
    ['white space', (size) => rss(`<item><title>${' \n'.repeat(size)}x</title></item>`)],
    ['doctypes', (size) => `${'<!DOCTYPE rss ['.repeat(size)}${rss(item)}`],
    ['links in a page', (size) => `<!doctype html>${'<link rel=alternate '.repeat(size)}`],
    [
      'signatures',
      (size) => rss(`<item><title>x</title><description>${'The post '.repeat(size)}</description></item>`),
    ],
    ['namespaces', (size) => rss(Array.from({ length: size }, (_, n) => `<x${n}:y xmlns:x${n}="u"/>`).join(''))],
  ])('%s', (_, make) => expect(growthOf(make, 1_000)).toBeLessThan(GROWTH))

  it('ten megabytes of articles are read as far as a feed goes, and the rest is counted', () => {
    const reading = readFeed(rss(item.repeat(160_000)), null)
    expect(reading.kind === 'feed' ? reading.entries.length : 0).toBe(1)
    expect(reading.kind === 'feed' ? reading.skipped.length : 0).toBe(159_999)
  })

  it('ten megabytes of nothing, or of one word', () => {
    expect(read(rss(' '.repeat(10_000_000))).kind).toBe('feed')
    expect(read(rss(`<item><title>${'x'.repeat(10_000_000)}</title></item>`)).texts[0]?.length).toBeLessThan(3_000)
    expect(read('<'.repeat(13_000_000)).kind).not.toBe('feed')
    expect(readNewsPayload(Buffer.alloc(21 * 1024 * 1024), receivedAt).skipped[0]?.reason).toMatch(/no feed is so long/)
  })
})

describe('anything at all', () => {
  const sound = [
    rss(
      `${item}<item><title>ب</title><description><![CDATA[<p>x</p>]]></description><pubDate>Sun, 22 Nov 2026 05:30:00 GMT</pubDate><enclosure url="https://a.example/1.mp3" type="audio/mpeg" length="1"/></item>`,
    ),
    `<feed xmlns="http://www.w3.org/2005/Atom" xml:base="https://a.example/"><title>x</title><entry><title type="html">&lt;b&gt;t&lt;/b&gt;</title><link href="1"/><id>tag:a,2026:1</id><updated>2026-11-22T05:30:00Z</updated><content type="xhtml"><div xmlns="http://www.w3.org/1999/xhtml">c</div></content></entry></feed>`,
    `<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns="http://purl.org/rss/1.0/" xmlns:dc="http://purl.org/dc/elements/1.1/"><channel rdf:about="u"><title>x</title></channel><item rdf:about="https://a.example/1"><title>t</title><link>https://a.example/1</link><dc:date>2026-11-22</dc:date></item></rdf:RDF>`,
  ]
  const bent = fc
    .tuple(
      fc.constantFrom(...sound),
      fc.array(
        fc.record({
          at: fc.double({ min: 0, max: 1, noNaN: true }),
          cut: fc.nat(30),
          put: fc.oneof(
            fc.string({ unit: 'binary', maxLength: 12 }),
            fc.constantFrom(
              '<',
              '>',
              '&',
              ']]>',
              '<![CDATA[',
              '<!--',
              '<item>',
              '</item>',
              '<entry>',
              '"',
              '<title>',
              '\u0000',
              '\ud800',
            ),
          ),
        }),
        { minLength: 1, maxLength: 5 },
      ),
    )
    .map(([xml, edits]) =>
      edits.reduce((text, { at, cut, put }) => {
        const index = Math.floor(at * text.length)
        return text.slice(0, index) + put + text.slice(index + cut)
      }, xml),
    )

  it('never throws, is accounted for, and what goes on fits its schema', () => {
    fc.assert(
      fc.property(fc.oneof(bent, fc.string({ unit: 'binary' })), (text) => {
        const reading = readNewsPayload(Buffer.from(text), receivedAt)
        expect(reading.changes.length + reading.skipped.length).toBeGreaterThan(0)
        const prepared = prepareIntake(reading, receivedAt)
        expect(prepared.dead).toEqual([])
        for (const { value, key } of prepared.collected) {
          expect(change.Check(value)).toBe(true)
          expect(key).toMatch(/^news:/)
        }
        expect(readNewsPayload(Buffer.from(text), receivedAt)).toEqual(reading)
      }),
      { seed: 11, numRuns: 1_500 },
    )
  })

  it('also as bytes, and as a list of feeds', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 300 }), (bytes) => {
        expect(readNewsPayload(Buffer.from(bytes), receivedAt).skipped.length).toBeGreaterThan(0)
        readOpml(Buffer.from(bytes).toString('latin1'))
      }),
      { seed: 12, numRuns: 500 },
    )
  })
})
