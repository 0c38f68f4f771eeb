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

/** Reads `enrich/corpus/dressings/PART.tsv`: kind, language or `any`, text. Throws with file and line where a row is wrong. */
export function readDressings(part: CorpusPart): Dressings {
  const path = `enrich/corpus/dressings/${part}.tsv`
  const rows = readFileSync(packagePath(path), 'utf8')
    .split('\n')
    .map((line, at) => ({ fields: line.split('\t'), at }))
    .filter(({ fields: [kind] }) => kind !== '')
    .map(({ fields: [kind, lang, text = '', ...rest], at }) => {
      const isKnown = KINDS.some((known) => known === kind) && (lang === 'any' || LANGS.some((known) => known === lang))
      if (!isKnown || text === '' || rest.length > 0)
        throw new Error(`${path}:${at + 1}: a row is one of ${KINDS.join(' ')}, a language or any, and a text`)
      return { kind, lang, text: text.replaceAll(' ⏎ ', '\n') }
    })
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

/** The message as it may come: greeted, signed, with handles, links and hashtags; one of them at least. */
export function dressed(lang: Lang, text: string, dressings: Dressings, random: () => number): string {
  const chosen = KINDS.filter((kind) => random() < SHARES[kind])
  const kinds = chosen.length > 0 ? chosen : [pick(KINDS, random) ?? 'opening']
  const one = (kind: Kind): string => {
    const own = dressings[kind](lang)
    const those = own.length === 0 || random() < OTHER_LANGUAGE ? dressings[kind](pick(LARGER, random) ?? 'en') : own
    return pick(those, random) ?? ''
  }
  const inFront = new Set(kinds.filter((kind) => !BEHIND.includes(kind) || (BEFORE.includes(kind) && random() < FRONT)))
  const before = BEFORE.filter((kind) => inFront.has(kind)).map(one)
  const behind = BEHIND.filter((kind) => kinds.includes(kind) && !inFront.has(kind)).map(one)
  return [...before, text, ...behind].filter((part) => part !== '').join(random() < 0.25 ? '\n' : ' ')
}
