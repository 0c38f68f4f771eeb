import { performance } from 'node:perf_hooks'
import { eld } from 'eld/medium'
import { detect } from 'tinyld'
import { createEnrichers } from '../app/enrichers.js'
import { enrichMention } from '../enrich/enrich-mention.js'
import { textMention } from '../enrich/text-mention.js'
import { readCorpus } from '../enrich/training/corpus.js'
import { createRandom } from '../enrich/training/random.js'

/**
 * How many messages a second one core tags with all tags, beside what others take for the language alone: `npm run bench:tag`. All of them read the
 * messages of the test part of the corpus, in turn, in one process; the median of the rounds counts, with the least and the most.
 * It measures what is built, so that it builds `dist` anew: not beside a process that runs from it.
 */
const ROUNDS = 9
const TIMES = 4
/** Of so many messages one is read: all of them would take a quarter of an hour. */
const ONE_IN = 4
const NOW = '2026-11-22T07:00:00.000Z'

/** What is used of a package whose own types this compiler cannot find. */
interface LanguageIdentifier {
  load(): Promise<unknown>
  identify(text: string): Promise<unknown>
}
const fasttextPackage = (await import('fasttext.wasm.js')) as unknown as {
  getLIDModel(): Promise<LanguageIdentifier>
}

const texts = readCorpus('test')
  .filter((_, at) => at % ONE_IN === 0)
  .map(({ text }) => text)
const residentMb = (): number => process.memoryUsage().rss / 1e6
const before = residentMb()
const enrichers = createEnrichers()

const ours = (text: string) =>
  enrichMention(textMention(text, text, NOW), {
    enrichers,
    now: NOW,
    onFailure: (name, error) => {
      throw new Error(`the enricher of ${name} failed`, { cause: error })
    },
  })

for (const text of texts) ours(text)
const own = residentMb() - before
const fasttext = await fasttextPackage.getLIDModel()
await fasttext.load()

const competitors: Readonly<Record<string, (text: string) => unknown>> = {
  'Rabta, all tags': ours,
  'fasttext.wasm.js (lid.176), language': (text) => fasttext.identify(text),
  'eld, language': (text) => eld.detect(text),
  'tinyld, language': (text) => detect(text),
}

const rates = new Map<string, number[]>(Object.keys(competitors).map((name) => [name, []]))
for (let round = 0; round <= ROUNDS; round++)
  for (const [name, tag] of Object.entries(competitors)) {
    const began = performance.now()
    for (let time = 0; time < TIMES; time++) for (const text of texts) await tag(text)
    const rate = (TIMES * texts.length * 1000) / (performance.now() - began)
    // The first round warms up.
    if (round > 0) rates.get(name)?.push(rate)
  }

/** The least, the median and the most of the rounds. */
function spreadOf(rounds: readonly number[]): readonly [number, number, number] {
  const sorted = [...rounds].sort((a, b) => a - b)
  const at = (place: number): number => sorted[place] ?? 0
  return [at(0), at(ROUNDS >> 1), at(ROUNDS - 1)]
}

const letters = texts.reduce((sum, text) => sum + text.length, 0) / texts.length
console.log(`${texts.length} messages of ${Math.round(letters)} letters, ${ROUNDS} rounds of ${TIMES}`)
for (const [name, all] of rates) {
  const [least, middle, most] = spreadOf(all)
  console.log(`${name.padEnd(38)} ${Math.round(middle)} texts a second (${Math.round(least)} to ${Math.round(most)})`)
}

/** The longest texts that are taken in, the worst of each kind: so many units of messages, and of words of no language. */
const LONGEST = 100_000
const random = createRandom(7)
const letters7 = () => Array.from({ length: 7 }, () => String.fromCharCode(97 + Math.floor(random() * 26))).join('')
const longTexts: Readonly<Record<string, () => string>> = {
  messages: () => texts[Math.floor(random() * texts.length)] ?? '',
  'words of no language': letters7,
}
for (const [name, piece] of Object.entries(longTexts)) {
  const times: number[] = []
  for (let round = 0; round <= ROUNDS; round++) {
    let text = ''
    while (text.length < LONGEST) text += `${piece()} `
    const began = performance.now()
    ours(text.slice(0, LONGEST))
    if (round > 0) times.push(performance.now() - began)
  }
  const [least, middle, most] = spreadOf(times)
  console.log(`100,000 characters of ${name}, all tags: ${Math.round(middle)} ms (${Math.round(least)} to ${Math.round(most)})`) // prettier-ignore
}
console.log(`resident memory: ${Math.round(own)} MB for Rabta once every text is tagged, ${Math.round(residentMb())} MB all of them together`) // prettier-ignore
