import { readFileSync } from 'node:fs'
import { fold } from '../../../runtime/fold.js'

/**
 * What a phrase says. `praise` and `blame` are of the police or their service; `cruelty` is blame where the police did it and a plain
 * fact where a criminal did; `police` names them; `request` asks for something, so that thanks are mere courtesy; `sarcasm` is praise
 * that is meant as blame where something `contrary` stands beside it.
 */
const KINDS = ['praise', 'blame', 'cruelty', 'police', 'negation', 'request', 'sarcasm', 'contrary'] as const
export type PhraseKind = (typeof KINDS)[number]
const WRITINGS = ['en', 'roman', 'arabic', 'emoji'] as const
type Writing = (typeof WRITINGS)[number]

interface Phrase {
  readonly kind: PhraseKind
  readonly weight: number
  readonly words: readonly string[]
}

/** A phrase found at the words `[start, end)`; `from` is how it is written. */
export interface Hit {
  readonly kind: PhraseKind
  readonly weight: number
  readonly start: number
  readonly end: number
  readonly from: Writing
}

export interface Lexicon {
  /** All phrases in the words, overlapping ones of different kinds included; of the same kind the longest. */
  find(words: readonly string[]): Hit[]
}

const ONE_LETTER = /(.)\1+/gu

/** One spelling for the many that Urdu and Pashto words have in Latin letters. */
export function romanKey(word: string): string {
  return word
    .replace(/ph/g, 'f')
    .replace(/q/g, 'k')
    .replace(/[vw]/g, 'w')
    .replace(/ee|iy|y/g, 'i')
    .replace(/oo|ou/g, 'u')
    .replace(/ai\b|ei\b|ae\b/g, 'e')
    .replace(ONE_LETTER, '$1')
    .replace(/(?<=..)h$/, '')
}

function parse(tsv: string, path: string): { writing: Writing; phrase: string; kind: PhraseKind; weight: number }[] {
  return tsv
    .trim()
    .split('\n')
    .slice(1)
    .map((line, at) => {
      const [script, kindName, weightText, phrase] = line.split('\t')
      const writing = WRITINGS.find((one) => one === script)
      const kind = KINDS.find((one) => one === kindName)
      const weight = Number(weightText)
      if (writing === undefined || kind === undefined || phrase === undefined || !Number.isFinite(weight)) {
        throw new Error(`${path} line ${at + 2}: expected script, kind, weight and phrase between tabs`)
      }
      return { writing, phrase, kind, weight }
    })
}

class PhraseIndex {
  readonly #byFirst = new Map<string, Phrase[]>()

  constructor(
    readonly writing: Writing,
    readonly keyOf: (word: string) => string,
  ) {}

  add(phrase: string, kind: PhraseKind, weight: number): void {
    const words = phrase.split(' ').map((word) => (this.writing === 'emoji' ? word : this.keyOf(fold(word))))
    const [first] = words
    if (first === undefined) return
    const list = this.#byFirst.get(first) ?? []
    list.push({ kind, weight, words })
    list.sort((a, b) => b.words.length - a.words.length)
    this.#byFirst.set(first, list)
  }

  find(words: readonly string[], hits: Hit[]): void {
    const keys = words.map(this.keyOf)
    const busyUntil = new Map<PhraseKind, number>()
    keys.forEach((key, start) => {
      for (const { kind, weight, words: phrase } of this.#byFirst.get(key) ?? []) {
        if ((busyUntil.get(kind) ?? 0) > start || !phrase.every((word, at) => keys[start + at] === word)) continue
        busyUntil.set(kind, start + phrase.length)
        hits.push({ kind, weight, start, end: start + phrase.length, from: this.writing })
      }
    })
  }
}

/** A word can stand in two lists; it is one hit of its kind, the longer and weightier. */
function withoutTwins(hits: readonly Hit[]): Hit[] {
  const ranked = [...hits].sort(
    (a, b) => b.end - b.start - (a.end - a.start) || b.weight - a.weight || a.start - b.start,
  )
  const taken = new Map<PhraseKind, Set<number>>(KINDS.map((kind) => [kind, new Set()]))
  return ranked.filter(({ kind, start, end }) => {
    const places = taken.get(kind) ?? new Set()
    for (let at = start; at < end; at++) if (places.has(at)) return false
    for (let at = start; at < end; at++) places.add(at)
    return true
  })
}

/** English phrases are compared by stem, Urdu and Pashto in Latin letters by `romanKey`, the rest by their folded letters. */
export function readLexicon(path: string, stem: (word: string) => string): Lexicon {
  const indexes: Readonly<Record<Writing, PhraseIndex>> = {
    en: new PhraseIndex('en', stem),
    roman: new PhraseIndex('roman', romanKey),
    arabic: new PhraseIndex('arabic', (word) => word),
    emoji: new PhraseIndex('emoji', (word) => word),
  }
  for (const { writing, phrase, kind, weight } of parse(readFileSync(path, 'utf8'), path)) {
    indexes[writing].add(phrase, kind, weight)
  }
  return {
    find(words) {
      const hits: Hit[] = []
      for (const index of Object.values(indexes)) index.find(words, hits)
      return withoutTwins(hits)
    },
  }
}
