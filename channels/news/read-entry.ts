import { byteCount, fields, label, list, type Fields } from '../fields.js'
import type { Media } from '../../schemas/mention.js'
import { webLink } from './canonical-link.js'
import { epochOfFeedDate } from './dates.js'
import { objects } from './objects.js'
import { plainText } from './plain-text.js'

/** An entry of any format as one shape; every field may be missing. */
export interface RawEntry {
  readonly title: string
  readonly body: string
  readonly link: string | undefined
  readonly guid: string | undefined
  /** The guid is said to be, or looks like, the address of the article. */
  readonly isGuidLink: boolean
  readonly byline: string | undefined
  readonly publishedMs: number | undefined
  readonly updatedMs: number | undefined
  readonly categories: readonly string[]
  readonly media: readonly Media[]
}

const MAX_MEDIA = 20
const MAX_CATEGORIES = 30

/** Reads an entry as feedsmith names its parts; takes anything and never throws. `base` is the address its links are relative to. */
export function readEntry(entry: Fields, base: string | undefined): RawEntry {
  const own = baseOf(entry, base)
  const atom = fields(entry['atom'])
  const guid = fields(entry['guid'])
  const id =
    label(guid?.['value']) ?? label(entry['id']) ?? label(fields(entry['rdf'])?.['about']) ?? label(atom?.['id'])
  const saysLink = guid === undefined || guid['isPermaLink'] !== false
  const isGuidLink = id !== undefined && saysLink && /^https?:\/\//i.test(id.trim())
  const link = linkOf(entry, atom)
  return {
    title: plainText(textOf(entry['title']) ?? first(fields(entry['dc'])?.['titles'])).replace(/\s*\n\s*/g, ' '),
    body: bodyOf(entry, atom),
    link: webLink(link, own) ?? (isGuidLink ? webLink(id, own) : undefined),
    guid: id?.trim(),
    isGuidLink,
    byline: bylineOf(entry, atom),
    publishedMs: dateOf(
      entry['pubDate'],
      entry['published'],
      entry['date_published'],
      atom?.['published'],
      first(fields(entry['dc'])?.['dates']) ?? fields(entry['dc'])?.['date'],
      ...dcterms(entry, 'issued', 'available', 'created', 'date'),
    ),
    updatedMs: dateOf(entry['updated'], entry['date_modified'], atom?.['updated'], ...dcterms(entry, 'modified')),
    categories: categoriesOf(entry),
    media: mediaOf(entry, own),
  }
}

function baseOf(entry: Fields, base: string | undefined): string | undefined {
  return webLink(label(fields(entry['xml'])?.['base']), base) ?? base
}

const first = (value: unknown): string | undefined => (Array.isArray(value) ? label(value[0]) : label(value))

/** The words of a text construct, which is a string in RSS and an object in Atom. */
const textOf = (value: unknown): string | undefined => label(value) ?? label(fields(value)?.['value'])

function dateOf(...candidates: unknown[]): number | undefined {
  for (const candidate of candidates) {
    const ms = epochOfFeedDate(first(candidate))
    if (ms !== undefined) return ms
  }
  return undefined
}

function dcterms(entry: Fields, ...names: string[]): unknown[] {
  const terms = fields(entry['dcterms'])
  return names.map((name) => terms?.[name])
}

function linkOf(entry: Fields, atom: Fields | undefined): string | undefined {
  const plain = label(entry['link']) ?? label(entry['url']) ?? label(entry['external_url'])
  if (plain !== undefined) return plain
  const links = [...objects(entry['links']), ...objects(atom?.['links'])]
  const rel = (link: Fields): string => (label(link['rel']) ?? 'alternate').toLowerCase()
  const alternates = links.filter((link) => rel(link) === 'alternate')
  const page = alternates.find((link) => /html/i.test(label(link['type']) ?? 'html')) ?? alternates[0]
  return label(page?.['href'])
}

/** The words of the article beneath its title: the whole where the feed gives it, else the summary. */
function bodyOf(entry: Fields, atom: Fields | undefined): string {
  const dc = fields(entry['dc'])
  const media = fields(entry['media'])
  const candidates = [
    label(fields(entry['content'])?.['encoded']) ?? textOf(entry['content']),
    label(entry['content_html']) ?? label(entry['content_text']),
    textOf(atom?.['content']),
    textOf(entry['description']),
    textOf(entry['summary']),
    textOf(atom?.['summary']),
    first(dc?.['descriptions']) ?? label(dc?.['description']),
    first(fields(entry['dcterms'])?.['abstracts']),
    textOf(media?.['description']),
    textOf(fields(list(media?.['groups'])[0] ?? media?.['group'])?.['description']),
  ]
  for (const candidate of candidates) {
    const text = plainText(candidate)
    if (text !== '') return text
  }
  return ''
}

function bylineOf(entry: Fields, atom: Fields | undefined): string | undefined {
  const persons = [...objects(entry['authors']), ...objects(atom?.['authors'])]
  const dc = fields(entry['dc'])
  const named = persons.map((person) => label(person['name']))
  const creators = [...list(dc?.['creators']), dc?.['creator'], fields(entry['itunes'])?.['author']].map(label)
  const byline = [...named, ...creators].find((name) => name !== undefined && name.trim() !== '')
  const text = plainText(byline)
  return text === '' ? undefined : text.slice(0, 300)
}

function categoriesOf(entry: Fields): string[] {
  const own = list(entry['categories']).flatMap((category) => {
    const object = fields(category)
    return object === undefined
      ? (label(category) ?? [])
      : [label(object['label']), label(object['name']), label(object['term'])]
  })
  const all = [...own, ...list(entry['tags']), ...list(fields(entry['dc'])?.['subjects'])]
  return [...new Set(all.flatMap((name) => label(name)?.slice(0, 200) ?? []))].slice(0, MAX_CATEGORIES)
}

const KIND_BY_EXTENSION: readonly (readonly [RegExp, Media['kind']])[] = [
  [/\.(jpe?g|png|gif|webp|avif|bmp)$/i, 'image'],
  [/\.(mp3|m4a|ogg|oga|wav|aac|opus)$/i, 'audio'],
  [/\.(mp4|m4v|webm|mov|avi|mkv|3gp|m3u8)$/i, 'video'],
]

function kindOf(url: string, type: string | undefined, medium: string | undefined): Media['kind'] {
  const said = /^(image|audio|video)\b/i.exec(type ?? '')?.[1] ?? /^(image|audio|video)$/i.exec(medium ?? '')?.[1]
  if (said !== undefined) return said.toLowerCase()
  const path = new URL(url).pathname
  return KIND_BY_EXTENSION.find(([extension]) => extension.test(path))?.[1] ?? 'document'
}

function mediaOf(entry: Fields, base: string | undefined): Media[] {
  const media = fields(entry['media'])
  const groups = [...objects(media?.['groups']), ...objects([media?.['group']])]
  const links = list(entry['links']).filter((link) => label(fields(link)?.['rel'])?.toLowerCase() === 'enclosure')
  const contents = [
    ...list(entry['enclosures']),
    ...links,
    ...list(entry['attachments']),
    ...[media, ...groups].flatMap((holder) => list(holder?.['contents'])),
  ]
  const found = contents.flatMap((content) => mediumOf(fields(content), base, undefined))
  const thumbnails = [media, ...groups].flatMap((holder) => list(holder?.['thumbnails']))
  const hasPicture = found.some(({ kind }) => kind === 'image')
  if (!hasPicture) {
    const pictures = [...thumbnails.map(fields), { url: entry['image'] }]
    found.push(...pictures.flatMap((picture) => mediumOf(picture, base, 'image')).slice(0, 1))
  }
  return [...new Map(found.map((medium) => [medium.url, medium])).values()].slice(0, MAX_MEDIA)
}

function mediumOf(content: Fields | undefined, base: string | undefined, kind: Media['kind'] | undefined): Media[] {
  const url = webLink(label(content?.['url']) ?? label(content?.['href']), base)
  if (url === undefined) return []
  const type = label(content?.['type']) ?? label(content?.['mime_type'])
  return [
    {
      kind: kind ?? kindOf(url, type, label(content?.['medium'])),
      id: null,
      mimeType: type ?? null,
      sha256: null,
      bytes: byteCount(content?.['length'] ?? content?.['fileSize'] ?? content?.['size_in_bytes']) ?? null,
      fileName: null,
      url,
    },
  ]
}
