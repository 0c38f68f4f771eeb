import { wordsOf } from './words.js'

/** Folded words that must stand one after the other; with `prefix`, the last is only a beginning. */
export interface Term {
  readonly words: readonly string[]
  readonly prefix: boolean
}

/** What `q` asks for: of each group in `all` at least one term, and none of `none`. */
export interface QueryWords {
  readonly all: readonly (readonly Term[])[]
  readonly none: readonly Term[]
}

interface Piece {
  readonly term: Term
  readonly negated: boolean
  readonly or: boolean
}

const PIECE = /(-*)(?:["“”„«»]([^"“”„«»]*)["“”„«»](\*?)|([^\s"“”„«»]+))/gu

/**
 * Reads a query: words (all of them), "a phrase", begin*, -without, one OR other (OR binds closer than the space).
 * Nothing is an error: what holds no letter or digit is passed over, a quote that never closes is no quote.
 */
export function readQuery(q: string): QueryWords {
  const all: Term[][] = []
  const none: Term[] = []
  for (const { term, negated, or } of piecesOf(q)) {
    const last = all.at(-1)
    if (negated) none.push(term)
    else if (or && last !== undefined) last.push(term)
    else all.push([term])
  }
  return { all, none }
}

function piecesOf(q: string): Piece[] {
  const pieces: Piece[] = []
  let or = false
  for (const [, dashes = '', phrase, star = '', bare = ''] of q.matchAll(PIECE)) {
    if (bare === 'OR' && dashes === '') {
      or = true
      continue
    }
    const written = phrase ?? bare
    const words = wordsOf(written)
    if (words.length === 0) continue
    pieces.push({ term: { words, prefix: star !== '' || written.endsWith('*') }, negated: dashes !== '', or })
    or = false
  }
  return pieces
}
