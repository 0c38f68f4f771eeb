import { readFileSync } from 'node:fs'
import { packagePath } from '../../runtime/package-root.js'
import { LANGS, type Lang } from '../../schemas/tags.js'
import type { CorpusPart } from './corpus.js'
import { pick } from './random.js'

/** What stands before or behind a message and says nothing of what it is about. */
const KINDS = ['handle', 'opening', 'closing', 'signature', 'link', 'hashtag', 'mark'] as const
type Kind = (typeof KINDS)[number]
/** In the order in which people write it; what stands in both stands at one of them. */
const BEFORE: readonly Kind[] = ['mark', 'handle', 'hashtag', 'opening']
const BEHIND: readonly Kind[] = ['closing', 'signature', 'link', 'hashtag', 'mark']

/** How often each stands at a message that is dressed. */
const SHARES: Readonly<Record<Kind, number>> = {
  handle: 0.25,
  opening: 0.45,
  closing: 0.35,
  signature: 0.3,
  link: 0.25,
  hashtag: 0.25,
  mark: 0.2,
}
/** Of what may stand at either side so much stands before. */
const FRONT = 0.3
/** So often it is of another language than the message: who writes Urdu may greet in English. */
const OTHER_LANGUAGE = 0.2
/** Greetings of the larger languages stand before all others. */
const LARGER: readonly Lang[] = ['ur', 'ur-Latn', 'en', 'ps', 'ps-Latn']

/** The dressings of a kind by language; those of no language stand under each. */
export type Dressings = Readonly<Record<Kind, (lang: Lang) => readonly string[]>>

interface Row<Kind extends string> {
  readonly kind: Kind
  readonly lang: string
  readonly text: string
}

/** Rows of a kind, a language or `any`, and a text. Throws with file and line where one is wrong. */
function readRows<Kind extends string>(name: string, kinds: readonly Kind[]): Row<Kind>[] {
  const path = `enrich/corpus/dressings/${name}.tsv`
  return readFileSync(packagePath(path), 'utf8')
    .split('\n')
    .map((line, at) => ({ fields: line.split('\t'), at }))
    .filter(({ fields: [kind] }) => kind !== '')
    .map(({ fields: [named, lang = '', text = '', ...rest], at }) => {
      const kind = kinds.find((known) => known === named)
      const isKnown = lang === 'any' || LANGS.some((known) => known === lang)
      if (kind === undefined || !isKnown || text === '' || rest.length > 0)
        throw new Error(`${path}:${at + 1}: a row is one of ${kinds.join(' ')}, a language or any, and a text`)
      return { kind, lang, text: text.replaceAll(' ⏎ ', '\n') }
    })
}

/** Reads `enrich/corpus/dressings/PART.tsv`. */
export function readDressings(part: CorpusPart): Dressings {
  const rows = readRows(part, KINDS)
  const ofKind = (kind: Kind) => {
    const byLang = new Map(
      LANGS.map((each) => [
        each,
        rows.filter((row) => row.kind === kind && (row.lang === each || row.lang === 'any')).map(({ text }) => text),
      ]),
    )
    return (lang: Lang): readonly string[] => byLang.get(lang) ?? []
  }
  return Object.fromEntries(KINDS.map((kind) => [kind, ofKind(kind)])) as Record<Kind, (lang: Lang) => string[]>
}

/** What nearly everybody says first and last, by language. */
export interface Everyday {
  readonly openings: readonly string[]
  readonly closings: readonly string[]
}

/** Reads `enrich/corpus/dressings/everyday.tsv`: greetings, alone and with how somebody is addressed, and thanks. */
export function readEveryday(): (lang: Lang) => Everyday {
  const rows = readRows('everyday', ['greeting', 'address', 'thanks'])
  const byLang = new Map(
    LANGS.map((lang): [Lang, Everyday] => {
      const own = rows.filter((row) => row.lang === lang)
      const [greetings = [], addresses = [], closings = []] = (['greeting', 'address', 'thanks'] as const).map((kind) =>
        own.filter((row) => row.kind === kind).map(({ text }) => text),
      )
      const both = greetings.flatMap((greeting) => addresses.map((address) => `${greeting} ${address}`))
      return [lang, { openings: [...greetings, ...both], closings }]
    }),
  )
  return (lang) => byLang.get(lang) ?? { openings: [], closings: [] }
}

/** A message as it may come, and where in it stands what it tells. */
export interface InDress {
  readonly text: string
  readonly start: number
  readonly end: number
}

/** The message greeted, signed, with handles, links and hashtags; one of them at least. */
export const dressed = (...message: Parameters<typeof inDress>): string => inDress(...message).text

/** The same with where the message itself stands. */
export function inDress(lang: Lang, text: string, dressings: Dressings, random: () => number): InDress {
  const chosen = KINDS.filter((kind) => random() < SHARES[kind])
  const kinds = chosen.length > 0 ? chosen : [pick(KINDS, random) ?? 'opening']
  const one = (kind: Kind): string => {
    const own = dressings[kind](lang)
    const those = own.length === 0 || random() < OTHER_LANGUAGE ? dressings[kind](pick(LARGER, random) ?? 'en') : own
    return pick(those, random) ?? ''
  }
  const inFront = new Set(kinds.filter((kind) => !BEHIND.includes(kind) || (BEFORE.includes(kind) && random() < FRONT)))
  const isThere = (part: string) => part !== ''
  const before = BEFORE.filter((kind) => inFront.has(kind))
    .map(one)
    .filter(isThere)
  const behind = BEHIND.filter((kind) => kinds.includes(kind) && !inFront.has(kind))
    .map(one)
    .filter(isThere)
  const between = random() < 0.25 ? '\n' : ' '
  const start = before.reduce((sum, part) => sum + part.length + between.length, 0)
  return { text: [...before, text, ...behind].join(between), start, end: start + text.length }
}
