import { fold } from '../runtime/fold.js'
import type { Span, Tags } from '../schemas/tags.js'
import type { Enricher } from './enricher.js'

/** Up to here a text is read whole, in UTF-16 units: a comment on Facebook is no longer. */
const READ_WHOLE = 8_000
/** Of a longer one these are read: its head, its tail, and the stretches between that tell most of danger, and of places. */
const HEAD = 2_400
const TAIL = 2_400
const TELLING = 2_400
const PLACES = 800
/** A stretch ends with the first sentence that ends this far from where it began; where none does, at a space, and at last anywhere. */
const STRETCH = 160
const LONGEST_STRETCH = 320
const LONGEST_WITHOUT_SPACE = 400
/** Three letters that stand alone are one word written apart. */
const SPELT = 3
const LONGEST_SPELT = 40

/** What a word says of the stretch it stands in. */
export interface Telling {
  /** Whether the folded word belongs to what is told of dangers. */
  ofDanger(word: string): boolean
  /** Whether it names, or begins the name of, a place of the province. */
  ofPlace(word: string): boolean
}

/** What is read of a long text; the stretches stand in their order, each on lines of its own. */
export interface Skimmed {
  readonly text: string
  /** Of a span of `text`, which lies in one stretch, the same in the original. */
  readonly spanOf: <S extends Span>(span: S) => S
}

interface Occurring {
  times: number
  danger: boolean
  place: boolean
}

interface Stretch {
  readonly start: number
  readonly end: number
  readonly words: readonly Occurring[]
}

const enum Kind {
  Other,
  Word,
  Stop,
}

const kinds = new Uint8Array(0x10000).fill(255)
function kindOf(code: number): Kind {
  const known = kinds[code] as number
  if (known !== 255) return known
  const char = String.fromCharCode(code)
  // Halves of a pair stand for letters of rarer scripts and for emoji; joiners and marks belong to their word.
  const isWord = /[\p{L}\p{N}\p{Cs}@$*'’]|\p{M}|\u200c|\u200d/u.test(char)
  return (kinds[code] = isWord ? Kind.Word : /[\n.!?|\u2026۔؟।]/.test(char) ? Kind.Stop : Kind.Other)
}

const isLowHalf = (code: number): boolean => code >= 0xdc00 && code <= 0xdfff

/** Cuts a text into stretches and knows of each word how often the text has it. */
class Reading {
  readonly stretches: Stretch[] = []
  readonly #known = new Map<string, Occurring>()
  readonly #original: string
  readonly #telling: Telling
  #words: Occurring[] = []
  #start = 0
  #spelt = ''

  constructor(original: string, telling: Telling) {
    this.#original = original
    this.#telling = telling
    let word = -1
    for (let at = 0; at < original.length; at++) {
      const code = original.charCodeAt(at)
      const kind = kindOf(code)
      if (kind === Kind.Word) {
        if (word < 0) word = at
        if (at - this.#start < LONGEST_WITHOUT_SPACE || isLowHalf(code)) continue
        this.#add(word, at)
        this.#cut(at)
        word = at
        continue
      }
      if (word >= 0) this.#add(word, at)
      word = -1
      const length = at + 1 - this.#start
      if (length >= LONGEST_STRETCH || (kind === Kind.Stop && length >= STRETCH)) this.#cut(at + 1)
    }
    if (word >= 0) this.#add(word, original.length)
    this.#cut(original.length)
  }

  #cut(end: number): void {
    this.#endSpelt()
    if (end > this.#start) this.stretches.push({ start: this.#start, end, words: this.#words })
    this.#words = []
    this.#start = end
  }

  #add(from: number, to: number): void {
    if (to - from === 1) {
      if (this.#spelt.length < LONGEST_SPELT) this.#spelt += this.#original.charAt(from)
      return
    }
    this.#endSpelt()
    this.#met(this.#original.slice(from, Math.min(to, from + LONGEST_SPELT)))
  }

  #endSpelt(): void {
    if (this.#spelt.length >= SPELT) this.#met(this.#spelt)
    this.#spelt = ''
  }

  #met(written: string): void {
    let known = this.#known.get(written)
    if (known === undefined) {
      const word = fold(written)
      const danger = this.#telling.ofDanger(word)
      known = { times: 0, danger, place: this.#telling.ofPlace(word) }
      this.#known.set(written, known)
    }
    known.times++
    if ((known.danger || known.place) && !this.#words.includes(known)) this.#words.push(known)
  }
}

/** Takes the stretches that say most until `room` is used up; a word says the less the oftener the text has it, so that padding hides nothing. */
function choose(stretches: readonly Stretch[], says: 'danger' | 'place', room: number, chosen: Uint8Array): void {
  const scored = stretches
    .map(({ words }, at) => ({ at, score: words.reduce((sum, word) => sum + (word[says] ? 1 / word.times : 0), 0) }))
    .filter(({ at, score }) => score > 0 && chosen[at] === 0)
    .sort((a, b) => b.score - a.score || a.at - b.at)
  let left = room
  for (const { at } of scored) {
    const { start, end } = stretches[at] as Stretch
    if (end - start > left) break
    left -= end - start
    chosen[at] = 1
  }
}

/** What is read of a text: all of it where it is not long. */
export function skim(original: string, telling: Telling): Skimmed | undefined {
  if (original.length <= READ_WHOLE) return undefined
  const { stretches } = new Reading(original, telling)
  const chosen = Uint8Array.from(stretches, ({ start, end }) =>
    end <= HEAD || start >= original.length - TAIL ? 1 : 0,
  )
  choose(stretches, 'danger', TELLING, chosen)
  choose(stretches, 'place', PLACES, chosen)
  let text = ''
  /** Where each stretch begins in what is read, and in the original. */
  const froms: number[] = []
  const starts: number[] = []
  for (const [at, { start, end }] of stretches.entries()) {
    if (chosen[at] === 0) continue
    if (text !== '' && chosen[at - 1] === 0) text += '\n'
    froms.push(text.length)
    starts.push(start)
    text += original.slice(start, end)
  }
  return {
    text,
    spanOf(span) {
      let at = froms.length - 1
      while (at > 0 && (froms[at] as number) > span.start) at--
      const shift = (starts[at] as number) - (froms[at] as number)
      return { ...span, start: span.start + shift, end: span.end + shift }
    },
  }
}

type Restored = { readonly [Name in 'districts' | 'threat' | 'category']: Restore<Name> }
type Restore<Name extends keyof Tags> = (tag: NonNullable<Tags[Name]>, of: Skimmed) => NonNullable<Tags[Name]>

/** Tags with their spans where they are in the whole text. */
const RESTORED: Restored = {
  districts: (tags, { spanOf }) => tags.map((tag) => ({ ...tag, evidence: tag.evidence.map(spanOf) })),
  threat: (tag, { spanOf }) => ({ ...tag, keywords: tag.keywords.map(spanOf) }),
  category: (tag, { spanOf }) => ({ ...tag, evidence: tag.evidence.map(spanOf) }),
}

/**
 * Makes of enrichers that read a text whole such that of a text of more than 8,000 UTF-16 units read some 8,000: its head and tail, and between them what
 * tells most of danger and of places. Their spans are those of the whole text.
 */
export class Skimmer {
  #last: { readonly text: string; readonly skimmed: Skimmed | undefined } | undefined

  constructor(private readonly telling: Telling) {}

  over<Name extends keyof Restored>(enricher: Enricher<Name>): Enricher<Name> {
    const restored: Restore<Name> = RESTORED[enricher.adds]
    return {
      adds: enricher.adds,
      enrich: (mention, soFar) => {
        const skimmed = this.#skim(mention.text)
        if (skimmed === undefined) return enricher.enrich(mention, soFar)
        return restored(enricher.enrich({ ...mention, text: skimmed.text }, soFar), skimmed)
      },
    }
  }

  /** A text that several enrichers read one after the other is skimmed once. */
  #skim(text: string): Skimmed | undefined {
    if (this.#last?.text !== text) this.#last = { text, skimmed: skim(text, this.telling) }
    return this.#last.skimmed
  }
}
