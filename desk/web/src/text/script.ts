import type { Lang } from '../api/types.js'

/** The face a message is set in: Nastaliq for Urdu and its sisters, Naskh for Pashto and the rest of the Arabic script. */
export type Face = 'nastaliq' | 'naskh' | 'sans'

export interface Setting {
  dir: 'rtl' | 'ltr'
  face: Face
  /** For the `lang` attribute. */
  lang: string
}

const NASTALIQ: readonly string[] = ['ur', 'pnb', 'skr', 'khw']
const ARABIC_LETTER = /\p{Script=Arabic}/gu
const LEFT_TO_RIGHT_LETTER = /[\p{Script=Latin}\p{Script=Devanagari}\p{Script=Cyrillic}\p{Script=Greek}]/gu
/** Letters only Pashto has, and letters only Urdu and its sisters have. */
const PASHTO_LETTER = /[ټډړږښڼېۍځڅ]/u
const URDU_LETTER = /[ٹڈڑےہھں]/u

const count = (text: string, pattern: RegExp): number => text.match(pattern)?.length ?? 0

/**
 * How a text is set. The letters decide the direction, because a wrong language tag must not turn a message around; the
 * language decides the face, and where there is none, the letters that only one language has.
 */
export function settingOf(text: string, lang: Lang | null): Setting {
  const sample = text.slice(0, 4_000)
  const arabic = count(sample, ARABIC_LETTER)
  const others = count(sample, LEFT_TO_RIGHT_LETTER)
  const tag = lang ?? 'und'
  if (arabic === 0 || arabic < others * 0.6) return { dir: 'ltr', face: 'sans', lang: tag }
  const known = lang !== null && lang !== 'und' && lang !== 'en' && !lang.endsWith('-Latn') && lang !== 'hi'
  const nastaliq = known ? NASTALIQ.includes(lang) : URDU_LETTER.test(sample) && !PASHTO_LETTER.test(sample)
  return { dir: 'rtl', face: nastaliq ? 'nastaliq' : 'naskh', lang: tag }
}

/** Marks that change the direction of what follows; they can disguise a name or an address. */
export const hasDirectionMarks = (text: string): boolean => /[\u202a-\u202e\u2066-\u2069]/.test(text)
