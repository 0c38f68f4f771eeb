import type { Span } from '../schemas/tags.js'
import type { QueryWords, Term } from './query-words.js'
import { partedReading, placedWordsOf, type PlacedWord } from './words.js'

function matchesAt(words: readonly PlacedWord[], at: number, term: Term): boolean {
  return term.words.every((wanted, index) => {
    const word = words[at + index]
    if (word === undefined) return false
    return term.prefix && index === term.words.length - 1 ? word.text.startsWith(wanted) : word.text === wanted
  })
}

function spansIn(reading: string, terms: readonly Term[]): [start: number, end: number][] {
  const words = placedWordsOf(reading)
  const spans: [number, number][] = []
  for (const [at, word] of words.entries()) {
    for (const term of terms) {
      if (matchesAt(words, at, term)) spans.push([word.start, words[at + term.words.length - 1]?.end ?? word.end])
    }
  }
  return spans
}

/** Where the words searched for stand in `text`, in order, none over another. */
export function highlightsOf(text: string, query: QueryWords): Span[] {
  const terms = query.all.flat()
  if (terms.length === 0) return []
  const parted = partedReading(text)
  const spans = spansIn(text, terms)
  if (parted !== undefined) spans.push(...spansIn(parted, terms))
  spans.sort((a, b) => a[0] - b[0] || b[1] - a[1])
  const merged: [number, number][] = []
  for (const span of spans) {
    const last = merged.at(-1)
    if (last !== undefined && span[0] < last[1]) last[1] = Math.max(last[1], span[1])
    else merged.push(span)
  }
  return merged.map(([start, end]) => ({ text: text.slice(start, end), start, end }))
}
