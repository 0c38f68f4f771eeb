import { readFileSync } from 'node:fs'
import type { DistrictTable } from '../../runtime/district-table.js'
import { fold } from '../../runtime/fold.js'
import { perDistricts } from '../../runtime/live-district-table.js'
import { packagePath } from '../../runtime/package-root.js'
import type { NewsEntry } from './read-feed.js'

/**
 * What a word of the list says: `police` and `danger` what it is about, `place` a place of the province, `province` the province itself, `elsewhere` a place
 * that is not in it, `nothing` a name that only looks like one of these (a cricket team, a television station).
 */
export const WORD_KINDS = ['police', 'danger', 'place', 'province', 'elsewhere', 'nothing'] as const
export type WordKind = (typeof WORD_KINDS)[number]

export type Judgement = { readonly keep: true } | { readonly keep: false; readonly reason: string }

/** Whether an article is about the police of the province, or about one of its districts. */
export type Relevance = (entry: Pick<NewsEntry, 'text' | 'url' | 'categories'>, feedTitle: string) => Judgement

interface Words {
  /** By their first word: what may follow it, longest first. */
  readonly byFirst: ReadonlyMap<string, readonly { readonly rest: readonly string[]; readonly kind: WordKind }[]>
}

const FILE = 'channels/news/relevance-words.tsv'

/** Reads the list of words: lines of a kind, a tab, and spellings with `|` between them. Throws one error that names every mistake. */
export function parseRelevanceWords(text: string, source: string): readonly (readonly [string, WordKind])[] {
  const mistakes: string[] = []
  const words: [string, WordKind][] = []
  text.split('\n').forEach((line, index) => {
    if (line.trim() === '' || line.startsWith('#')) return
    const [kind, spellings = ''] = line.split('\t')
    const known = WORD_KINDS.find((candidate) => candidate === kind)
    const list = spellings.split('|').filter((spelling) => wordsOf(spelling).length > 0)
    if (known === undefined) mistakes.push(`line ${index + 1}: no kind ${JSON.stringify(kind)}`)
    else if (list.length === 0) mistakes.push(`line ${index + 1}: no words`)
    else words.push(...list.map((spelling): [string, WordKind] => [spelling, known]))
  })
  if (mistakes.length > 0) throw new Error(`${source}: ${mistakes.join('; ')}`)
  return words
}

const wordsOf = (text: string): string[] => fold(text).match(/[\p{L}\p{N}\p{M}]+/gu) ?? []

/**
 * Kept is an article that names a district (or a town of one), one that speaks of the police or of a danger and of the province, and one that speaks of the
 * police and names no place that is elsewhere: an article too many is read over, one that is missing is not. Its section and address count as its words; the
 * feed's own title tells the province where the article does not. Reads the list of words once, here; throws if it is wrong.
 */
export function createRelevance(options: {
  readonly table: DistrictTable
  readonly places?: readonly string[]
}): Relevance {
  const path = packagePath(FILE)
  const listed = parseRelevanceWords(readFileSync(path, 'utf8'), path)
  const { table } = options
  const current = perDistricts(table, () => {
    const districts = table.districts.flatMap(({ names, spellings = [] }) => [
      names.en,
      names.ur,
      names.ps,
      ...spellings,
    ])
    const places = [...districts, ...(options.places ?? [])].map((name): [string, WordKind] => [name, 'place'])
    // The file comes last: where it calls a district's name something else, it wins.
    return indexed([...places, ...listed])
  })
  current()
  return (entry, feedTitle) => {
    const words = current()
    const own = kindsIn([entry.text, ...entry.categories, addressWords(entry.url)].join(' \n '), words)
    if (own.has('place')) return { keep: true }
    const isProvince = own.has('province') || hasAny(kindsIn(feedTitle, words), 'province', 'place')
    if (own.has('police') && (isProvince || !own.has('elsewhere'))) return { keep: true }
    if (own.has('danger') && isProvince) return { keep: true }
    return {
      keep: false,
      reason: own.has('police')
        ? 'about the police of another place'
        : 'names neither the police nor a district of the province',
    }
  }
}

const hasAny = (kinds: ReadonlySet<WordKind>, ...wanted: WordKind[]): boolean => wanted.some((kind) => kinds.has(kind))

function addressWords(url: string | null): string {
  if (url === null || !URL.canParse(url)) return ''
  try {
    return decodeURIComponent(new URL(url).pathname)
  } catch {
    return new URL(url).pathname
  }
}

function indexed(words: readonly (readonly [string, WordKind])[]): Words {
  const kinds = new Map<string, WordKind>()
  for (const [spelling, kind] of words) kinds.set(wordsOf(spelling).join(' '), kind)
  const byFirst = new Map<string, { rest: string[]; kind: WordKind }[]>()
  for (const [spelling, kind] of kinds) {
    const [first = '', ...rest] = spelling.split(' ')
    byFirst.set(first, [...(byFirst.get(first) ?? []), { rest, kind }])
  }
  for (const list of byFirst.values()) list.sort((a, b) => b.rest.length - a.rest.length)
  return { byFirst }
}

/** The kinds of all words of the list in a text; a longer name hides the shorter ones within it. */
function kindsIn(text: string, words: Words): ReadonlySet<WordKind> {
  const found = new Set<WordKind>()
  const tokens = wordsOf(text)
  for (let at = 0; at < tokens.length; at++) {
    const match = words.byFirst
      .get(tokens[at] ?? '')
      ?.find(({ rest }) => rest.every((word, offset) => tokens[at + 1 + offset] === word))
    if (match === undefined) continue
    found.add(match.kind)
    at += match.rest.length
  }
  return found
}
