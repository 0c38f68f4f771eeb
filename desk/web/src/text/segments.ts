/** A stretch to be marked, in UTF-16 offsets, `end` exclusive. */
export interface Mark {
  start: number
  end: number
  kind: 'evidence' | 'found'
}

export interface Piece {
  text: string
  kind: Mark['kind'] | null
}

/** A run of one direction; a `foreign` one is isolated from the text around it. */
export interface Run {
  foreign: boolean
  pieces: Piece[]
}

/** A Latin run inside Arabic script: words, numbers and references, with what joins them. */
const LATIN_RUN =
  /[+@#]?[\p{Script=Latin}0-9](?:[\p{Script=Latin}\p{M}0-9 .,:;/\\_+\-@#&%?=~'’()]*[\p{Script=Latin}0-9%)])?/gu
const LATIN_LETTER_OR_LONG_NUMBER = /\p{Script=Latin}|\d[\d\s+\-.:/]*\d/u
const ARABIC_RUN =
  /\p{Script=Arabic}[\p{Script=Arabic}\p{M}\u200c\u200d\s،؛؟.,!0-9]*\p{Script=Arabic}|\p{Script=Arabic}/gu

/** The part of a long text that is shown where there is little room: its beginning, or from just before the first mark on. */
export function excerpt(text: string, marks: readonly Mark[], limit: number): { text: string; marks: Mark[] } {
  if (text.length <= limit) return { text, marks: [...marks] }
  const first = Math.min(
    ...marks.filter((mark) => mark.start >= 0 && mark.end <= text.length).map((mark) => mark.start),
  )
  const late = Number.isFinite(first) && first > limit * 0.6
  const space = late ? text.lastIndexOf(' ', first - limit * 0.2) : -1
  const from = late ? whole(text, space >= 0 ? space + 1 : first) : 0
  const to = whole(text, Math.min(text.length, from + limit))
  const lead = from > 0 ? '…' : ''
  const shift = lead.length - from
  return {
    text: `${lead}${text.slice(from, to)}${to < text.length ? '…' : ''}`,
    marks: marks
      .filter((mark) => mark.start >= from && mark.start < to)
      .map((mark) => ({ ...mark, start: mark.start + shift, end: Math.min(mark.end, to) + shift })),
  }
}

const SURROGATE_PAIR = /^[\ud800-\udbff][\udc00-\udfff]$/

/** An offset that does not cut a character in two: the one before, where it would. */
function whole(text: string, at: number): number {
  return at > 0 && SURROGATE_PAIR.test(text.slice(at - 1, at + 1)) ? at - 1 : at
}

/** Marks that lie inside the text, in order, none over another; where two meet, what was searched for wins. */
export function tidyMarks(text: string, marks: readonly Mark[]): Mark[] {
  const kinds = new Map<number, Mark['kind']>()
  for (const kind of ['evidence', 'found'] as const) {
    for (const mark of marks) {
      if (mark.kind !== kind || !(mark.start >= 0 && mark.start < mark.end && mark.end <= text.length)) continue
      const end = whole(text, mark.end) < mark.end ? mark.end + 1 : mark.end
      for (let at = whole(text, mark.start); at < end; at++) kinds.set(at, kind)
    }
  }
  const tidy: Mark[] = []
  for (const at of [...kinds.keys()].sort((a, b) => a - b)) {
    const kind = kinds.get(at) as Mark['kind']
    const last = tidy.at(-1)
    if (last?.end === at && last.kind === kind) last.end = at + 1
    else tidy.push({ start: at, end: at + 1, kind })
  }
  return tidy
}

function piecesOf(text: string, from: number, to: number, marks: readonly Mark[]): Piece[] {
  const pieces: Piece[] = []
  let at = from
  for (const mark of marks) {
    const start = Math.max(mark.start, from)
    const end = Math.min(mark.end, to)
    if (start >= end) continue
    if (start > at) pieces.push({ text: text.slice(at, start), kind: null })
    pieces.push({ text: text.slice(start, end), kind: mark.kind })
    at = end
  }
  if (at < to) pieces.push({ text: text.slice(at, to), kind: null })
  return pieces
}

/** Cuts a text into runs of one direction and these into marked and plain pieces; joined again they are the text. */
export function runsOf(text: string, dir: 'rtl' | 'ltr', marks: readonly Mark[]): Run[] {
  const tidy = tidyMarks(text, marks)
  const runs: Run[] = []
  const add = (from: number, to: number, foreign: boolean): void => {
    if (from < to) runs.push({ foreign, pieces: piecesOf(text, from, to, tidy) })
  }
  let at = 0
  for (const match of text.matchAll(dir === 'rtl' ? LATIN_RUN : ARABIC_RUN)) {
    if (dir === 'rtl' && !LATIN_LETTER_OR_LONG_NUMBER.test(match[0])) continue
    add(at, match.index, false)
    add(match.index, match.index + match[0].length, true)
    at = match.index + match[0].length
  }
  add(at, text.length, false)
  return runs
}
