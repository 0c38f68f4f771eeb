import type { NewsArticle, NewsOutlet } from './articles.js'

export interface FeedContents {
  readonly outlet: NewsOutlet
  readonly title: string
  readonly siteUrl: string
  readonly feedUrl: string
  readonly items: readonly { readonly article: NewsArticle; readonly isOwn: boolean }[]
}

const escaped = (text: string): string =>
  text.replace(/&/g, '&amp;').replace(/</g, '&lt;').replace(/>/g, '&gt;').replace(/"/g, '&quot;')

const cdata = (text: string): string => `<![CDATA[${text.replace(/]]>/g, ']]]]><![CDATA[>')}]]>`

const paragraph = (text: string): string => `<p>${escaped(text)}</p>`

const linkOf = ({ article, isOwn }: FeedContents['items'][number]): string =>
  isOwn ? article.link : `${article.link}/?utm_source=aggregator&utm_medium=rss#top`

const rfc822 = (ms: number): string => new Date(ms + 5 * 3_600_000).toUTCString().replace('GMT', '+0500')

const iso = (ms: number): string => new Date(ms).toISOString().replace('.000Z', 'Z')

/** The feed as the outlet writes it, before its charset. */
export function feedXml(contents: FeedContents): string {
  const declaration = `<?xml version="1.0" encoding="${contents.outlet.charset ?? 'utf-8'}"?>\n`
  if (contents.outlet.format === 'atom') return declaration + atom(contents)
  return declaration + (contents.outlet.format === 'rdf' ? rdf(contents) : rss(contents))
}

function rss({ outlet, title, siteUrl, items }: FeedContents): string {
  const entries = items.map((item) => {
    const { article } = item
    return [
      '<item>',
      `<title>${escaped(article.title)}</title>`,
      `<link>${escaped(linkOf(item))}</link>`,
      `<guid isPermaLink="false">${escaped(article.guid)}</guid>`,
      article.isDated ? `<pubDate>${rfc822(article.publishedMs)}</pubDate>` : '',
      article.author === undefined ? '' : `<dc:creator>${cdata(article.author)}</dc:creator>`,
      ...article.categories.map((category) => `<category>${escaped(category)}</category>`),
      article.summary === '' ? '' : `<description>${cdata(paragraph(article.summary))}</description>`,
      article.image === undefined ? '' : `<media:content url="${escaped(article.image)}" medium="image"/>`,
      '</item>',
    ].join('')
  })
  return [
    '<rss version="2.0" xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:media="http://search.yahoo.com/mrss/"><channel>',
    `<title>${escaped(title)}</title><link>${escaped(siteUrl)}</link><description>${escaped(title)}</description>`,
    `<language>${outlet.language ?? 'en'}</language>`,
    outlet.ttlMinutes === undefined ? '' : `<ttl>${outlet.ttlMinutes}</ttl>`,
    ...entries,
    '</channel></rss>',
  ].join('\n')
}

function atom({ outlet, title, siteUrl, feedUrl, items }: FeedContents): string {
  const entries = items.map((item) => {
    const { article } = item
    return [
      '<entry>',
      `<title type="text">${escaped(article.title)}</title>`,
      `<link rel="alternate" href="${escaped(linkOf(item))}"/>`,
      article.image === undefined ? '' : `<link rel="enclosure" type="image/jpeg" href="${escaped(article.image)}"/>`,
      `<id>tag:news.example,2026:${escaped(article.guid)}</id>`,
      article.isDated
        ? `<published>${iso(article.publishedMs)}</published><updated>${iso(article.updatedMs)}</updated>`
        : '',
      article.author === undefined ? '' : `<author><name>${escaped(article.author)}</name></author>`,
      ...article.categories.map((category) => `<category term="${escaped(category)}"/>`),
      article.summary === '' ? '' : `<summary type="html">${escaped(paragraph(article.summary))}</summary>`,
      '</entry>',
    ].join('')
  })
  return [
    `<feed xmlns="http://www.w3.org/2005/Atom" xml:lang="${outlet.language ?? 'en'}">`,
    `<title>${escaped(title)}</title><link href="${escaped(siteUrl)}"/><link rel="self" href="${escaped(feedUrl)}"/>`,
    `<id>${escaped(feedUrl)}</id>`,
    ...entries,
    '</feed>',
  ].join('\n')
}

function rdf({ title, siteUrl, items }: FeedContents): string {
  const entries = items.map((item) => {
    const { article } = item
    const link = escaped(linkOf(item))
    return [
      `<item rdf:about="${link}">`,
      `<title>${escaped(article.title)}</title><link>${link}</link>`,
      article.summary === '' ? '' : `<description>${escaped(article.summary)}</description>`,
      article.isDated ? `<dc:date>${iso(article.publishedMs)}</dc:date>` : '',
      article.author === undefined ? '' : `<dc:creator>${escaped(article.author)}</dc:creator>`,
      ...article.categories.map((category) => `<dc:subject>${escaped(category)}</dc:subject>`),
      '</item>',
    ].join('')
  })
  const contents = items.map((item) => `<rdf:li rdf:resource="${escaped(linkOf(item))}"/>`).join('')
  return [
    '<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns="http://purl.org/rss/1.0/" xmlns:dc="http://purl.org/dc/elements/1.1/">',
    `<channel rdf:about="${escaped(siteUrl)}"><title>${escaped(title)}</title><link>${escaped(siteUrl)}</link>`,
    `<description>${escaped(title)}</description><items><rdf:Seq>${contents}</rdf:Seq></items></channel>`,
    ...entries,
    '</rdf:RDF>',
  ].join('\n')
}

/** The bytes of a document in its charset; what the charset lacks is written as a numeric reference. */
export function encoded(xml: string, charset: NewsOutlet['charset']): Buffer {
  if (charset === 'utf-16le') return Buffer.from(`\ufeff${xml}`, 'utf16le')
  if (charset !== 'windows-1256') return Buffer.from(xml, 'utf8')
  const bytes: number[] = []
  for (const char of xml) {
    const byte = BYTE_OF_1256.get(char)
    if (byte !== undefined) bytes.push(byte)
    else for (const digit of `&#${char.codePointAt(0) ?? 0};`) bytes.push(digit.charCodeAt(0))
  }
  return Buffer.from(bytes)
}

const BYTE_OF_1256: ReadonlyMap<string, number> = new Map(
  Array.from({ length: 256 }, (_, byte) => [new TextDecoder('windows-1256').decode(Uint8Array.of(byte)), byte]),
)
