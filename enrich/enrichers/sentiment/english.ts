import { createRequire } from 'node:module'

/** The parts of `natural` that are used. The package's root is never imported: it reads a `.env` file and prints at start. */
interface PorterStemmer {
  stem(word: string): string
}
interface SentimentAnalyzer {
  getSentiment(words: readonly string[]): number
}
type SentimentAnalyzerClass = new (
  language: 'English',
  stemmer: PorterStemmer,
  vocabulary: 'afinn',
) => SentimentAnalyzer

export interface English {
  /** The Porter stem of one lower-case word. */
  stem(word: string): string
  /** The mean AFINN value of the words, −5 to 5, negations turned; 0 without words. */
  valence(words: readonly string[]): number
}

const LONGEST_WORD = 40
const MOST_CACHED = 20_000

/** Loads the word lists, about a third of a second; one for a process is enough. */
export function createEnglish(): English {
  const require = createRequire(import.meta.url)
  const stemmer = require('natural/lib/natural/stemmers/porter_stemmer.js') as PorterStemmer
  const Analyzer = require('natural/lib/natural/sentiment/SentimentAnalyzer.js') as SentimentAnalyzerClass
  const analyzer = new Analyzer('English', stemmer, 'afinn')
  const stems = new Map<string, string>()
  const stem = (word: string) => {
    let known = stems.get(word)
    if (known === undefined) {
      known = word.length > LONGEST_WORD ? word : stemmer.stem(word)
      if (stems.size < MOST_CACHED) stems.set(word, known)
    }
    return known
  }
  return { stem, valence: (words) => (words.length === 0 ? 0 : analyzer.getSentiment(words)) }
}
