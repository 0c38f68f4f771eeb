import { createHash } from 'node:crypto'
import { writeFileSync } from 'node:fs'
import { packagePath } from '../../runtime/package-root.js'
import { CORE_MODEL, PLACE_GROUP, PLACES, REACH } from '../core/core.js'
import { FEATURES, PlaceFeatures } from '../core/features.js'
import { encodeModel } from '../linear/linear-model.js'
import type { Reader, Word } from '../reading/words.js'
import { LANGS, type Lang } from '../../schemas/tags.js'
import { readCorpus, type CorpusRow } from './corpus.js'
import { inDress, readDressings, readEveryday, type Everyday, type InDress } from './dressings.js'
import { fit, quantise } from './fit.js'
import { createRandom, hashOf, pick } from './random.js'
import { loadWordReading } from './reading.js'

const BUCKETS = 2 ** 16
const SEED = 20_261_129
/** Of so many messages one is learned from. */
const ONE_IN = 2
/** So many of them are dressed; the others teach how messages begin and end. */
const DRESSED_SHARE = 0.7

/** So often what a dressed message has before and behind it is what nearly everybody says. */
const EVERYDAY_SHARE = 0.25
/** What stands between a greeting and what follows. */
const BREAKS = [' ', ' ', ', ', '. ', '\n', '! '] as const

/** Greeted or thanked as nearly everybody does, or both. */
function inEverydayDress(text: string, { openings, closings }: Everyday, random: () => number): InDress {
  const side = random()
  const before = side < 0.7 ? (pick(openings, random) ?? '') + (pick(BREAKS, random) ?? ' ') : ''
  const behind = side > 0.4 ? (pick(BREAKS, random) ?? ' ') + (pick(closings, random) ?? '') : ''
  return { text: before + text + behind, start: before.length, end: before.length + text.length }
}

/** Finds where a message begins behind a greeting that it has of itself. Thanks at its end may be what it tells ("X ka shukria"). */
class GreetingFinder {
  readonly #openings: ReadonlySet<string>

  constructor(
    private readonly read: Reader,
    everyday: (lang: Lang) => Everyday,
  ) {
    this.#openings = new Set(LANGS.flatMap((lang) => everyday(lang).openings.map((text) => joined(read(text).words))))
  }

  find(text: string): InDress {
    const { words } = this.read(text)
    const most = Math.min(MOST_GREETING_WORDS, words.length - 1)
    const counts = Array.from({ length: Math.max(0, most) }, (_, at) => most - at)
    const greeting = counts.find((count) => this.#openings.has(joined(words.slice(0, count)))) ?? 0
    return { text, start: words[greeting]?.start ?? 0, end: text.length }
  }
}

const MOST_GREETING_WORDS = 12
const joined = (words: readonly Word[]): string => words.map(({ text }) => text).join(' ')

/** Trains the model of what stands before and behind what a message tells, and writes it. */
export function trainCore(): void {
  const { read } = loadWordReading()
  const dressings = readDressings('train')
  const everyday = readEveryday()
  const finder = new GreetingFinder(read, everyday)
  const features = new PlaceFeatures(BUCKETS)
  const found: number[] = []
  const labels: number[] = []
  const learn = ({ lang, text }: CorpusRow) => {
    const random = createRandom(hashOf(text) ^ SEED)
    const isDressed = random() < DRESSED_SHARE
    const isEveryday = random() < EVERYDAY_SHARE
    const message = !isDressed
      ? finder.find(text)
      : isEveryday
        ? inEverydayDress(text, everyday(lang), random)
        : inDress(lang, text, dressings, random)
    const words = read(message.text)
    for (const [at, { start }] of words.words.entries()) {
      if (at >= REACH && words.words.length - 1 - at >= REACH) continue
      for (const bucket of features.of(words, at)) found.push(bucket)
      labels.push(PLACES.indexOf(start < message.start ? 'before' : start >= message.end ? 'behind' : 'core'))
    }
  }
  readCorpus('train')
    .filter((_, at) => at % ONE_IN === 0)
    .forEach(learn)
  const weights = fit(
    {
      features: Int32Array.from(found),
      starts: Int32Array.from({ length: labels.length + 1 }, (_, at) => at * FEATURES),
      labels: Uint8Array.from(labels),
      weights: new Float32Array(labels.length).fill(1),
    },
    { buckets: BUCKETS, classes: PLACES.length, epochs: 4, rate: 0.3, dropout: 0.1, seed: SEED },
  )
  const { weights: hashed, scale } = quantise(weights)
  const bytes = encodeModel({
    groups: [{ name: PLACE_GROUP, labels: PLACES, temperature: 1, shift: [0, 0, 0] }],
    buckets: BUCKETS,
    scale,
    hashed,
    names: [],
    named: new Float32Array(0),
    bias: new Float32Array(PLACES.length),
  })
  writeFileSync(packagePath(CORE_MODEL), bytes)
  console.log(`core: ${labels.length} words`)
  console.log(`${CORE_MODEL}: ${bytes.length} bytes, sha256 ${createHash('sha256').update(bytes).digest('hex')}`)
}
