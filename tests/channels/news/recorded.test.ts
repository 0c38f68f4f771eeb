import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { Value } from '@sinclair/typebox/value'
import { describe, expect, it } from 'vitest'
import { readNewsPayload } from '../../../ingest/read-news.js'
import { sanitiseChange } from '../../../ingest/sanitise.js'
import { packagePath } from '../../../runtime/package-root.js'
import { Mention } from '../../../schemas/mention.js'

const folder = packagePath('../shared/fixtures/rss')
const receivedAt = '2026-11-22T04:00:00.000Z'

const mentionsOf = (bytes: Buffer): Mention[] =>
  readNewsPayload(bytes, receivedAt).changes.map((change) => {
    const clean = sanitiseChange(change)
    if (clean.type === 'deleted') throw new Error('news are not deleted')
    return clean.mention
  })

/** The text of the first such element after the first `<item` or `<entry`, by nothing but its tags. */
function field(xml: string, tag: string, at = 0): string {
  const entries = xml.split(/<(?:item|entry)[\s>]/).slice(1)
  const found = new RegExp(`<${tag}(?:\\s[^>]*)?>([^]*?)</${tag}>`).exec(entries[at] ?? '')?.[1] ?? ''
  return found.replace(/<!\[CDATA\[|\]\]>/g, '').trim()
}

const attribute = (xml: string, tag: string, name: string): string => {
  const first = xml.split(/<(?:item|entry)[\s>]/)[1] ?? ''
  return new RegExp(`<${tag}\\s[^>]*\\b${name}="([^"]*)"`).exec(first)?.[1] ?? ''
}

/** Without markup and the references to it, as one line. */
const bare = (html: string): string =>
  html
    .replace(/&lt;/g, '<')
    .replace(/&gt;/g, '>')
    .replace(/<[^>]*>/g, '')
    .replace(/\s+/g, ' ')
    .trim()

const oneLine = (text: string): string => text.replace(/\s+/g, ' ').trim()

describe.skipIf(!existsSync(folder))('feeds of every version (skipped where ../shared/fixtures is missing)', () => {
  const names = existsSync(folder) ? readdirSync(folder).filter((name) => name.endsWith('.xml')) : []
  const file = (name: string): { bytes: Buffer; xml: string } => {
    const bytes = readFileSync(join(folder, name))
    return { bytes, xml: bytes.toString('utf8') }
  }

  it('are there', () => expect(names.length).toBeGreaterThanOrEqual(13))

  it.each(names)('%s: every entry becomes a mention or is set aside for a stated reason', (name) => {
    const { bytes, xml } = file(name)
    const reading = readNewsPayload(bytes, receivedAt)
    const entries = xml.match(/<(item|entry)[\s>]/g)?.length ?? 0
    expect(entries).toBeGreaterThan(0)
    expect(reading.changes.length + reading.skipped.length).toBe(entries)
    expect(reading.changes.length).toBeGreaterThan(0)
    expect(reading.unread).toEqual([])
    for (const mention of mentionsOf(bytes)) {
      expect([...Value.Errors(Mention, mention)]).toEqual([])
      expect(mention).toMatchObject({ channel: 'news', kind: 'article', private: false })
      expect(mention.id).toMatch(/^news:[0-9a-f]{32}$/)
      expect(mention.text).not.toMatch(/<\/?(p|span|div|em|h1)\b|&lt;|&amp;|CDATA/)
    }
    expect(new Set(mentionsOf(bytes).map(({ id }) => id)).size).toBe(reading.changes.length)
  })

  it.each(['rss-090.xml', 'rss-091.xml', 'rss-092.xml', 'rss-093.xml', 'rss-094.xml', 'rss-20.xml'])(
    '%s, field by field',
    (name) => {
      const { bytes, xml } = file(name)
      const [first] = mentionsOf(bytes)
      expect(oneLine(first?.text ?? '')).toBe(`${field(xml, 'title')} ${bare(field(xml, 'description'))}`)
      expect(first?.url).toBe(field(xml, 'link'))
      const date = field(xml, 'pubDate')
      expect(first?.writtenAt).toBe(date === '' ? receivedAt : new Date(date.replace(/ 0:/, ' 00:')).toISOString())
      expect(first?.version).toBe(date === '' ? 0 : Date.parse(date.replace(/ 0:/, ' 00:')))
      expect(first?.media.map(({ url, bytes: size, mimeType }) => [url, size, mimeType])).toEqual(
        attribute(xml, 'enclosure', 'url') === ''
          ? []
          : [['url', 'length', 'type'].map((part) => attribute(xml, 'enclosure', part))].map(([url, size, type]) => [
              url,
              Number(size),
              type,
            ]),
      )
      const person = /\(([^)]+)\)/.exec(field(xml, 'author'))?.[1]
      expect(first?.author.name).toBe(person ?? /<title>([^<]*)/.exec(xml)?.[1])
    },
  )

  it('atom-03.xml and atom-10.xml, field by field', () => {
    for (const name of ['atom-03.xml', 'atom-10.xml']) {
      const { bytes, xml } = file(name)
      const [first] = mentionsOf(bytes)
      const base = /xml:base="([^"]*)"/.exec(xml)?.[1] ?? ''
      expect(first?.text.split('\n')[0]).toBe(field(xml, 'title'))
      expect(first?.url).toBe(new URL(attribute(xml, 'link', 'href'), base).href)
      expect(first?.author.name).toBe(field(xml, 'name'))
      const published = field(xml, name === 'atom-03.xml' ? 'issued' : 'published')
      const updated = field(xml, name === 'atom-03.xml' ? 'modified' : 'updated')
      expect(first?.writtenAt).toBe(new Date(published).toISOString())
      expect(first?.version).toBe(Date.parse(updated))
    }
  })

  it('rdf-09.xml and rdf-10.xml, every entry', () => {
    for (const name of ['rdf-09.xml', 'rdf-10.xml']) {
      const { bytes, xml } = file(name)
      mentionsOf(bytes).forEach((mention, index) => {
        const words = [field(xml, 'title', index), field(xml, 'description', index)].map(oneLine).join(' ').trim()
        expect(oneLine(mention.text)).toBe(words)
        expect(mention.url).toBe(new URL(field(xml, 'link', index)).href)
        expect(mention.mended).toContain('written-unknown')
      })
    }
  })

  it('rss-ns.xml and rdf-ns.xml: the words and dates of other namespaces', () => {
    for (const name of ['rss-ns.xml', 'rdf-ns.xml']) {
      const { bytes, xml } = file(name)
      const [first] = mentionsOf(bytes)
      expect(first?.text).toBe(`${field(xml, 'title')}\n${field(xml, 'content:encoded')}`)
      expect(first?.writtenAt.slice(0, 10)).toBe(field(xml, 'dc:date').slice(0, 10))
      expect(first?.media.length).toBeGreaterThan(0)
    }
  })
})
