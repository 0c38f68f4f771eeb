import { parseFeed } from 'feedsmith'
import { fields, type Fields } from '../fields.js'
import { objects } from './objects.js'
import { dissect, hasMonstrousTag, mendedFragment, type Anatomy } from './salvage.js'

/** More entries than this are no feed but a flood; feeds name the newest first. */
const MAX_ENTRIES = 1_000
const MAX_UNITS = 12_000_000

export type FeedFormat = 'rss' | 'atom' | 'rdf' | 'json'

export interface FoundFields {
  readonly fields: Fields
  /** It was malformed, and some of it may be missing. */
  readonly isMended: boolean
}

export interface FeedDocument {
  readonly format: FeedFormat
  /** The feed without its entries, as the parser names things. */
  readonly feed: Fields
  readonly entries: readonly FoundFields[]
  /** What of it could not be read, each in words. */
  readonly lost: readonly string[]
  /** What was broken and mended, in words; null where the document is well-formed as far as it matters. */
  readonly damage: string | null
}

export type DocumentReading = FeedDocument | { readonly format: null; readonly reason: string }

/**
 * A feed's document in any version of RSS, Atom, RDF or JSON Feed. Never throws. Where the parser gives up, or gives fewer entries than the document has,
 * every entry is read by itself, and mended where it must be: one broken article may not hide the others.
 */
export function parseDocument(text: string): DocumentReading {
  const xml = cleaned(text)
  if (xml === '') return { format: null, reason: 'it is empty: not even a feed without entries' }
  if (xml.length > MAX_UNITS) return { format: null, reason: 'it is longer than any feed' }
  if (xml.startsWith('{')) return parseJson(xml)
  if (hasMonstrousTag(xml)) return { format: null, reason: 'it has a tag longer than any feed has' }
  const anatomy = dissect(xml)
  if (anatomy.root === '') return { format: null, reason: 'it has no root element of RSS, Atom or RDF' }
  const isFlood = anatomy.fragments.length > MAX_ENTRIES
  const whole = isFlood ? undefined : quietly(xml)
  if (whole !== undefined && whole.entries.length >= anatomy.fragments.length)
    return {
      ...whole,
      entries: whole.entries.map(sound),
      lost: [],
      damage: anatomy.isCutOff ? 'it ends before its end' : null,
    }
  return salvaged(anatomy, whole)
}

/** Without what can only harm: control characters, what stands before the first tag, and the document type with its entities. */
function cleaned(text: string): string {
  // eslint-disable-next-line no-control-regex -- no XML may hold them, and some parsers stop at them
  const plain = text.replace(/[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]/g, '').replace(/^[\s\ufeff]+/, '')
  const start = plain.search(/<!DOCTYPE/i)
  if (start === -1 || start > 10_000) return plain
  const root = plain.slice(start).search(/<(?:[\w.-]+:)?(?:rss|feed|rdf|html|opml)[\s>]/i)
  return root === -1 ? plain : plain.slice(0, start) + plain.slice(start + root)
}

interface Parsed {
  readonly format: FeedFormat
  readonly feed: Fields
  readonly entries: readonly Fields[]
}

function quietly(text: string): Parsed | undefined {
  try {
    const { format, feed } = parseFeed(text)
    const all = fields(feed) ?? {}
    const { items, entries, ...rest } = all
    return { format, feed: rest, entries: objects(items ?? entries) }
  } catch {
    return undefined
  }
}

const sound = (entry: Fields): FoundFields => ({ fields: entry, isMended: false })

function parseJson(text: string): DocumentReading {
  const parsed = quietly(text)
  if (parsed === undefined) return { format: null, reason: 'it is JSON, but no JSON Feed' }
  const lost = parsed.entries.slice(MAX_ENTRIES).map(() => `over ${MAX_ENTRIES} entries in one feed`)
  return { ...parsed, entries: parsed.entries.slice(0, MAX_ENTRIES).map(sound), lost, damage: null }
}

function salvaged(anatomy: Anatomy, whole: Parsed | undefined): DocumentReading {
  const format = formatOf(anatomy.root)
  const wrap = wrapperOf(anatomy.root, format)
  const head = whole ?? quietly(wrap(anatomy.head, '')) ?? quietly(wrap('', ''))
  if (anatomy.fragments.length === 0 && whole === undefined && !isBareFeed(anatomy))
    return { format: null, reason: 'it is malformed, and no entry of it can be made out' }
  const lost: string[] = []
  const shown = anatomy.fragments.slice(0, MAX_ENTRIES)
  const ended = shown.filter(({ isCutOff }) => !isCutOff).map(({ xml }) => xml)
  const found = entriesOf(ended, wrap, { parses: MAX_PARSES })
  const entries = found.filter((entry) => entry !== undefined)
  const mended = entries.filter(({ isMended }) => isMended).length
  for (let index = ended.length; index < shown.length; index++)
    lost.push('an entry that is cut off where the feed ends')
  for (let index = entries.length; index < found.length; index++) lost.push('an entry of which nothing can be made out')
  for (let index = MAX_ENTRIES; index < anatomy.fragments.length; index++)
    lost.push(`over ${MAX_ENTRIES} entries in one feed`)
  const isWhole = mended === 0 && lost.length === 0 && !anatomy.isCutOff
  const damage = isWhole ? null : damageOf(mended, lost.length, anatomy.isCutOff)
  return { format, feed: withoutPlaceholder(head?.feed ?? {}), entries, lost, damage }
}

/** A feed that says nothing yet, not even its name. */
const isBareFeed = (anatomy: Anatomy): boolean =>
  /\/>$/.test(anatomy.root) || (!anatomy.isCutOff && anatomy.head.replace(/<\/?[\w:.-]+\s*\/?>|\s/g, '') === '')

function damageOf(mended: number, lost: number, isCutOff: boolean): string {
  const parts = [
    mended > 0 ? `${mended} of its entries were malformed and mended` : '',
    lost > 0 ? `${lost} could not be read` : '',
    isCutOff ? 'it ends before its end' : '',
  ]
  return parts.filter((part) => part !== '').join(', ')
}

/** A document that is broken in more places than this allows is mended as a whole: each parse costs milliseconds. */
const MAX_PARSES = 60

/** Entries as the parser takes them: together where they are sound, halved until the broken ones stand alone, and those mended. */
function entriesOf(
  fragments: readonly string[],
  wrap: Wrap,
  budget: { parses: number },
): readonly (FoundFields | undefined)[] {
  if (fragments.length === 0) return []
  const sounds = budget.parses-- > 0 ? parsedTogether(fragments, wrap) : undefined
  if (sounds !== undefined) return sounds.map(sound)
  if (fragments.length > 1 && budget.parses > 0) {
    const half = Math.ceil(fragments.length / 2)
    return [...entriesOf(fragments.slice(0, half), wrap, budget), ...entriesOf(fragments.slice(half), wrap, budget)]
  }
  const mended = quietly(wrap('', fragments.map(mendedFragment).join('')))?.entries
  if (mended?.length === fragments.length) return mended.map((entry) => ({ fields: entry, isMended: true }))
  return fragments.map(() => undefined)
}

function closed(fragment: string): string {
  const opening = /^<[^<>]*>/.exec(fragment)?.[0] ?? ''
  const name = /^<([\w.:-]+)/.exec(fragment)?.[1] ?? 'item'
  return opening.endsWith('/>') ? fragment : `${fragment}</${name}>`
}

/** One entry for each fragment, with all its fields, or nothing. */
function parsedTogether(fragments: readonly string[], wrap: Wrap): readonly Fields[] | undefined {
  const entries = quietly(wrap('', fragments.map(closed).join('')))?.entries ?? []
  if (entries.length !== fragments.length) return undefined
  return entries.every((entry, index) => isWhole(fragments[index] ?? '', entry)) ? entries : undefined
}

/** An entry that swallowed the tags of the next field was left open somewhere inside. */
const isWhole = (xml: string, entry: Fields): boolean =>
  !/<(title|link|description|guid|pubDate|item|entry)[\s>]/i.test(textsOf(entry)) && sameFields(xml, entry)

const textsOf = (entry: Fields | undefined): string => {
  const link = entry?.['link']
  const guid = fields(entry?.['guid'])?.['value']
  return [link, guid].filter((part) => typeof part === 'string').join(' ')
}

/** Whether the fields that the entry shows are all found: a parser that stumbled drops those after the place. */
function sameFields(xml: string, entry: Fields): boolean {
  const has = (tag: string) => new RegExp(`<${tag}[\\s>][^]{0,5}\\S`, 'i').test(xml)
  const isMissing = (tag: string, ...names: string[]) => has(tag) && names.every((name) => entry[name] === undefined)
  return !(isMissing('title', 'title') || isMissing('link', 'link', 'links') || isMissing('description', 'description'))
}

type Wrap = (head: string, entry: string) => string

function formatOf(root: string): FeedFormat {
  if (/^<(?:[\w.-]+:)?feed[\s>/]/i.test(root)) return 'atom'
  return /^<(?:[\w.-]+:)?rdf[\s>/]/i.test(root) ? 'rdf' : 'rss'
}

/** Stands where a feed has no title: the parser takes no channel without a word. */
const PLACEHOLDER = '-'

function withoutPlaceholder({ title, ...rest }: Fields): Fields {
  const words = typeof title === 'string' ? title : fields(title)?.['value']
  return title === undefined || words === PLACEHOLDER ? rest : { ...rest, title }
}

/** A feed of one entry under the same root, so that its namespaces mean the same. */
function wrapperOf(root: string, format: FeedFormat): Wrap {
  const opening = root.replace(/\/>$/, '>')
  const closing = `</${/^<([\w.:-]+)/.exec(root)?.[1] ?? 'rss'}>`
  const title = `<title>${PLACEHOLDER}</title>`
  if (format === 'atom') return (head, entry) => `${opening}${head === '' ? title : head}${entry}${closing}`
  const channelOf = (head: string): string => {
    const inner = head.replace(/<\/?channel[^<>]*>/gi, '')
    return inner.trim() === '' ? title : inner
  }
  if (format === 'rdf')
    return (head, entry) => `${opening}<channel>${channelOf(withoutContents(head))}</channel>${entry}${closing}`
  return (head, entry) => `${opening}<channel>${channelOf(head)}${entry}</channel>${closing}`
}

/** RSS 1.0 lists its items in the channel; feedsmith reads only those, and some feeds list fewer than they have. */
const withoutContents = (head: string): string => head.replace(/<items[\s>][^]*?<\/items\s*>/i, '')
