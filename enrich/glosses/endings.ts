import type { Lang } from '../../schemas/tags.js'
import { ARABIC } from '../reading/keys.js'

/** How a form of a word differs from the form that a list has: `take` away at the end, or at the beginning; `put` there; what the form adds to the meaning. */
interface Ending {
  readonly take: string
  readonly atStart: boolean
  readonly put: string
  readonly adds: string | undefined
}

/** `take` ends with `-` where it stands at the beginning. */
const ending = (take: string, put = '', adds?: string): Ending => {
  const atStart = take.endsWith('-')
  return { take: atStart ? take.slice(0, -1) : take, atStart, put, adds }
}

/** Folded, as words are; of each language the likeliest first. A letter doubled before an ending (`stopped`) is one to the keys by which words are looked up. */
const ENDINGS: Partial<Readonly<Record<Lang, readonly Ending[]>>> = {
  en: [
    ending('ies', 'y'),
    ending('ied', 'y', 'PAST'),
    ending('ing', '', 'ONGOING'),
    ending('ing', 'e', 'ONGOING'),
    ending('ed', '', 'PAST'),
    ending('ed', 'e', 'PAST'),
    ending('es'),
    ending('s'),
    ending('ly'),
  ],
  'ur-Latn': [
    ending('on'),
    ending('on', 'a'),
    ending('on', 'i'),
    ending('oon'),
    ending('iyan', 'i'),
    ending('iyon', 'i'),
    ending('en'),
    ending('ein'),
    ending('ne', 'na'),
    ending('ni', 'na'),
    ending('te', 'ta'),
    ending('ti', 'ta'),
    ending('ega', 'na', 'FUTURE'),
    ending('egi', 'na', 'FUTURE'),
    ending('enge', 'na', 'FUTURE'),
    ending('unga', 'na', 'FUTURE'),
    ending('ungi', 'na', 'FUTURE'),
    ending('e', 'a'),
    ending('i', 'a'),
    ending('e'),
    ending('s'),
  ],
  ur: [
    ending('ون'),
    ending('ون', 'ا'),
    ending('ون', 'ه'),
    ending('یون', 'ی'),
    ending('یان', 'ی'),
    ending('ین'),
    ending('نی', 'نا'),
    ending('تی', 'تا'),
    ending('یگا', 'نا', 'FUTURE'),
    ending('ونگا', 'نا', 'FUTURE'),
    ending('ینگی', 'نا', 'FUTURE'),
    ending('ی', 'ا'),
    ending('ی', 'ه'),
    ending('ی'),
    ending('ز'),
  ],
  ps: [
    ending('و-', '', 'PAST'),
    ending('و'),
    ending('و', 'ه'),
    ending('و', 'ی'),
    ending('یو', 'ی'),
    ending('ونه'),
    ending('ونو'),
    ending('انو'),
    ending('ان'),
    ending('ی', 'ه'),
    ending('ی'),
    ending('ه'),
    ending('م', 'ی'),
  ],
  'ps-Latn': [
    ending('wo-', '', 'PAST'),
    ending('wa-', '', 'PAST'),
    ending('w-', '', 'PAST'),
    ending('ano'),
    ending('an'),
    ending('oona'),
    ending('una'),
    ending('o', 'a'),
    ending('o'),
    ending('o', 'i'),
    ending('e', 'a'),
    ending('e'),
    ending('s'),
  ],
  pnb: [
    ending('ان'),
    ending('ان', 'ه'),
    ending('ان', 'ا'),
    ending('ی', 'ا'),
    ending('دا', 'نا'),
    ending('دی', 'نا'),
    ending('دی', 'دا'),
  ],
  skr: [ending('ان'), ending('ان', 'ه'), ending('ان', 'ا'), ending('ی', 'ا'), ending('دی', 'دا')],
  fa: [
    ending('ها'),
    ending('های'),
    ending('می-'),
    ending('ن-', '', 'NOT'),
    ending('م'),
    ending('ش'),
    ending('ی'),
    ending('ند'),
    ending('ان'),
  ],
  ar: [
    ending('ال-'),
    ending('وال-'),
    ending('و-'),
    ending('بال-'),
    ending('ه'),
    ending('ون'),
    ending('ین'),
    ending('ات'),
    ending('نا'),
    ending('هم'),
  ],
}

/** In Latin letters the vowels are written, and short words are alike by chance. */
const shortestBase = (word: string): number => (ARABIC.test(word) ? 3 : 4)

/** What the word is a form of by this ending; undefined where it has it not, or where too little is left. */
function baseOf(word: string, { take, atStart, put }: Ending): string | undefined {
  if (!(atStart ? word.startsWith(take) : word.endsWith(take))) return undefined
  const base = atStart ? put + word.slice(take.length) : word.slice(0, word.length - take.length) + put
  return base.length >= shortestBase(word) ? base : undefined
}

/** What a word may be a form of, the likeliest first, with what the form adds to its meaning. */
export function* basesOf(
  lang: Lang,
  word: string,
): Generator<{ readonly base: string; readonly adds: string | undefined }> {
  for (const each of ENDINGS[lang] ?? []) {
    const base = baseOf(word, each)
    if (base !== undefined) yield { base, adds: each.adds }
  }
}

/** The endings of all languages by the letter with which a word must end, or begin, to have them. */
const [BY_LAST, BY_FIRST] = byEdge(Object.values(ENDINGS).flat())

function byEdge(endings: readonly Ending[]): readonly [Map<string, Ending[]>, Map<string, Ending[]>] {
  const [byLast, byFirst] = [new Map<string, Ending[]>(), new Map<string, Ending[]>()]
  for (const each of endings) {
    const [edges, letter] = each.atStart ? [byFirst, each.take.charAt(0)] : [byLast, each.take.slice(-1)]
    const alike = edges.get(letter) ?? []
    edges.set(letter, alike)
    if (!alike.some(({ take, put }) => take === each.take && put === each.put)) alike.push(each)
  }
  return [byLast, byFirst]
}

/** The word, and what it may be a form of in whatever language. */
export function* stemsOf(word: string): Generator<string> {
  yield word
  for (const endings of [BY_LAST.get(word.slice(-1)), BY_FIRST.get(word.charAt(0))])
    for (const each of endings ?? []) {
      const base = baseOf(word, each)
      if (base !== undefined) yield base
    }
}
