/** One entry as it stands in the document, and whether its end was found. */
export interface Fragment {
  readonly xml: string
  readonly isCutOff: boolean
}

export interface Anatomy {
  /** The root's opening tag, for its namespaces. */
  readonly root: string
  /** Everything before the first entry, without the declaration and the document type. */
  readonly head: string
  readonly fragments: readonly Fragment[]
  readonly isCutOff: boolean
}

const ENTRY_TAGS = /<(\/?)((?:[\w.-]+:)?(?:item|entry))(?=[\s/>])/gi
const ENTRY_END = /<\/(?:[\w.-]{1,40}:)?(?:item|entry)\s*>/gi
const ROOT = /<(?:[\w.-]+:)?(?:rss|feed|rdf)(?=[\s>/])[^<>]*>/i
const ROOT_END = /<\/(?:[\w.-]+:)?(?:rss|feed|rdf)\s*>/i
/** A tag longer than this is an attack or a tag that was never closed. */
const MAX_TAG_UNITS = 100_000
const MAX_FRAGMENT_UNITS = 1_000_000

/**
 * The same text with CDATA sections and comments blanked out, so that what looks like a tag is one. A section that never ends, or that would swallow the end
 * of an entry, was left open by mistake and stays as it is.
 */
export function masked(xml: string): string {
  const parts: string[] = []
  const openings = /<!\[CDATA\[|<!--/g
  const nextOf = { ']]>': nextIn(xml, /\]\]>/g), '-->': nextIn(xml, /-->/g) }
  const nextEntryEnd = nextIn(xml, ENTRY_END)
  let at = 0
  for (let opening = openings.exec(xml); opening !== null; opening = openings.exec(xml)) {
    const closing = opening[0] === '<!--' ? '-->' : ']]>'
    const end = nextOf[closing](openings.lastIndex)
    if (end !== Infinity && nextEntryEnd(openings.lastIndex) >= end) {
      const stop = end + closing.length
      parts.push(xml.slice(at, opening.index), ' '.repeat(stop - opening.index))
      at = stop
      openings.lastIndex = stop
    }
    if (nextOf['-->'](openings.lastIndex) === Infinity && nextOf[']]>'](openings.lastIndex) === Infinity) break
  }
  return parts.join('') + xml.slice(at)
}

/** Where a pattern is next found from a place on (Infinity: nowhere); asked for places that only grow, it reads the text once. */
function nextIn(xml: string, pattern: RegExp): (from: number) => number {
  const search = new RegExp(pattern)
  let found = -1
  return (from) => {
    if (found >= from) return found
    search.lastIndex = from
    found = search.exec(xml)?.index ?? Infinity
    return found
  }
}

/** Where the entries are, found by their tags alone, however broken what is inside them; in time that grows with the length. */
export function dissect(xml: string): Anatomy {
  const plain = masked(xml)
  const root = ROOT.exec(plain)
  const rootTag = root === null ? '' : xml.slice(root.index, root.index + root[0].length)
  const fragments: Fragment[] = []
  let openAt: number | undefined
  let firstAt: number | undefined
  const close = (until: number, isCutOff: boolean) => {
    if (openAt !== undefined)
      fragments.push({ xml: xml.slice(openAt, Math.min(until, openAt + MAX_FRAGMENT_UNITS)), isCutOff })
    openAt = undefined
  }
  for (const tag of plain.matchAll(ENTRY_TAGS)) {
    const isClosing = tag[1] === '/'
    close(tag.index, false)
    if (isClosing) continue
    openAt = tag.index
    firstAt ??= tag.index
  }
  const rootEnd = ROOT_END.exec(plain)
  const isCutOff = rootEnd === null && !rootTag.endsWith('/>')
  if (openAt !== undefined) {
    const channelEnd = plain.slice(openAt).search(/<\/(?:[\w.-]+:)?channel\s*>/i)
    const until = channelEnd === -1 ? (rootEnd?.index ?? xml.length) : openAt + channelEnd
    close(Math.max(until, openAt), isCutOff && channelEnd === -1)
  }
  const headFrom = root === null ? 0 : root.index + root[0].length
  return { root: rootTag, head: xml.slice(headFrom, firstAt ?? rootEnd?.index ?? xml.length), fragments, isCutOff }
}

/** Whether some tag is so long that parsing it would be the attack. */
export function hasMonstrousTag(xml: string): boolean {
  if (xml.length <= MAX_TAG_UNITS) return false
  const plain = masked(xml)
  let open = plain.indexOf('<')
  while (open !== -1) {
    const close = plain.indexOf('>', open)
    if ((close === -1 ? plain.length : close) - open > MAX_TAG_UNITS && /^<[/\w]/.test(plain.slice(open, open + 2)))
      return true
    if (close === -1) return false
    open = plain.indexOf('<', close)
  }
  return false
}

/** The fields of an entry that a mention is made of, by their local names. */
const FIELDS = new Set(
  'title link description guid pubdate date author creator category enclosure encoded summary content id published updated issued modified created thumbnail about'.split(
    ' ',
  ),
)
const TAGS = /<(\/?)((?:([\w.-]{1,40}):)?([\w.-]{1,40}))((?:\s[^<>]{0,5000})?)>/g

/**
 * An entry that no parser takes, written anew from the fields that can be made out: each runs to its closing tag or, where that is missing, to the next
 * field. What stands between them is dropped. `open` is the entry's opening tag.
 */
export function mendedFragment(fragment: string): string {
  const plain = masked(fragment)
  const opening = /^<[^<>]*>/.exec(plain)?.[0] ?? '<item>'
  const name = /^<([\w.:-]+)/.exec(opening)?.[1] ?? 'item'
  const parts: string[] = []
  let field: { name: string; attributes: string; from: number } | undefined
  const finish = (until: number) => {
    if (field === undefined) return
    const inner = harmless(fragment.slice(field.from, until))
    parts.push(`<${field.name}${field.attributes}>${inner}</${field.name}>`)
    field = undefined
  }
  TAGS.lastIndex = opening.length
  for (let tag = TAGS.exec(plain); tag !== null; tag = TAGS.exec(plain)) {
    const [whole, slash, full = '', , local = '', attributes = ''] = tag
    const isKnown = FIELDS.has(local.toLowerCase())
    if (slash === '/') {
      if (field?.name === full) finish(tag.index)
      continue
    }
    if (!isKnown) continue
    finish(tag.index)
    const kept = balanced(attributes.replace(/\/\s*$/, ''))
    if (/\/\s*$/.test(attributes)) parts.push(`<${full}${kept}/>`)
    else field = { name: full, attributes: kept, from: tag.index + whole.length }
  }
  finish(fragment.length)
  return `${opening.replace(/\/?>$/, '>')}${parts.join('')}</${name}>`
}

const balanced = (attributes: string): string =>
  [...attributes.matchAll(/\s([\w:.-]{1,60})\s*=\s*("[^"]*"|'[^']*')/g)].map(([whole]) => whole).join('')

/** What stands in a field, so that it cannot end it: sections closed, angle brackets that open nothing escaped. */
function harmless(inner: string): string {
  const open = inner.lastIndexOf('<![CDATA[')
  if (open !== -1) return inner.indexOf(']]>', open) === -1 ? `${inner}]]>` : inner
  return inner.replace(/<(?![a-z/!])/gi, '&lt;')
}
