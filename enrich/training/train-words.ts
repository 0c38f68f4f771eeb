import { createHash } from 'node:crypto'
import { writeFileSync } from 'node:fs'
import { packagePath } from '../../runtime/package-root.js'
import { LETTERS_ALONE, WORD_COUNTS } from '../reading/joined-words.js'
import { readText } from '../reading/words.js'
import { readCorpus } from './corpus.js'

/** A word met once is a slip as often as not. */
const LEAST = 2

/** Counts the words of the training part, for taking words apart that were run together, and writes them, the commonest first. */
export function trainWords(): void {
  const counts = new Map<string, number>()
  for (const { text } of readCorpus('train'))
    for (const word of readText(text).words)
      if (LETTERS_ALONE.test(word.text)) counts.set(word.text, (counts.get(word.text) ?? 0) + 1)
  const rows = [...counts]
    .filter(([, count]) => count >= LEAST)
    .sort(([a, m], [b, n]) => n - m || (a < b ? -1 : 1))
    .map(([word, count]) => `${word}\t${count}\n`)
    .join('')
  writeFileSync(packagePath(WORD_COUNTS), rows)
  console.log(
    `${WORD_COUNTS}: ${Buffer.byteLength(rows)} bytes, sha256 ${createHash('sha256').update(rows).digest('hex')}`,
  )
}
