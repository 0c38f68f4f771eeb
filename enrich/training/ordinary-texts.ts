import { existsSync, readFileSync } from 'node:fs'
import { packagePath } from '../../runtime/package-root.js'
import type { Lang } from '../../schemas/tags.js'
import { readLanguageRows, SHARED_DATA } from './language-rows.js'
import { hashOf } from './random.js'

/** Files of texts that are no messages to the police, and what stands behind the text in their lines. */
const FILES = [
  ['sentiment-ur-latn-train.csv', /,[^,]*,?$/],
  ['hate-ur-latn-train.tsv', /\t[^\t]*$/],
  ['threat-ur-train.csv', /(?:,[^,]*){3}$/],
  ['dakshina-ur.dev.native.txt', /$/],
  ['dakshina-ur.dev.roman.txt', /$/],
] as const
const LEAST_LETTERS = 12
/** So many are never learned from, all of them of one half by the hash of the text. */
export const ORDINARY_HELD_BACK = 3_000

const textOf = (line: string, rest: RegExp): string => line.replace(rest, '').replace(/^"|"$/g, '').trim()

type Part = 'train' | 'test'

/** The ordinary texts of both parts, each text in one. */
function ordinaryParts(): Readonly<Record<Part, string[]>> {
  const chosen: { readonly text: string; readonly order: number }[] = []
  const seen = new Set<string>()
  for (const [name, rest] of FILES) {
    const path = packagePath(`${SHARED_DATA}/${name}`)
    if (!existsSync(path)) continue
    for (const line of readFileSync(path, 'utf8').split(/\r?\n/).slice(1)) {
      const text = textOf(line, rest)
      if (text.length < LEAST_LETTERS || seen.has(text)) continue
      seen.add(text)
      chosen.push({ text, order: hashOf(text) })
    }
  }
  chosen.sort((a, b) => a.order - b.order || (a.text < b.text ? -1 : 1))
  const held = new Set(chosen.filter(({ order }) => order % 2 === 1).slice(0, ORDINARY_HELD_BACK))
  return {
    train: chosen.filter((each) => !held.has(each)).map(({ text }) => text),
    test: [...held].map(({ text }) => text),
  }
}

/** Urdu by the letters that such a text is written with: nobody told which language each is. */
export const languageOfLetters = (text: string): Lang => (/[\u0600-\u06ff]/.test(text) ? 'ur' : 'ur-Latn')

/**
 * Ordinary texts of other people: comments, reviews, encyclopaedia. Those of `test` are never among those of `train`. None where the data is not at hand.
 * A few of them do tell of a danger; nobody told it to the police.
 */
export const ordinaryTexts = (part: Part): string[] => ordinaryParts()[part]

/**
 * Single sentences in every language, of the rows that languages are learned from (`train`) and of those held back of them (`test`): of phrase books, encyclopaedias and
 * programs. None is in either part of the ordinary texts. None where the data is not at hand.
 */
export function ordinarySentences(part: Part): string[] {
  const { train, test } = ordinaryParts()
  const others = new Set([...train, ...test])
  return (readLanguageRows() ?? [])
    .filter(({ origin, held }) => origin === 'shared' && held === (part === 'test'))
    .map(({ text }) => text.trim())
    .filter((text) => text.length >= LEAST_LETTERS && !others.has(text))
}
