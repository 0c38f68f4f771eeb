import { packagePath } from '../../runtime/package-root.js'
import { readModel, type LinearModel } from '../linear/linear-model.js'
import type { Narrowed } from '../narrowed.js'
import type { Reader, ReadText } from '../reading/words.js'
import { FEATURES, PlaceFeatures } from './features.js'

export const CORE_MODEL = 'enrich/models/core.bin'

/** Where a word of a message stands: in what it tells, or before or behind that. */
export const PLACES = ['core', 'before', 'behind'] as const
export const PLACE_GROUP = 'place'

/** What stands before or behind is looked for among so many words at either end. */
export const REACH = 25
/** The words left out must be likelier to be none of the message by so much, in log-odds, all together: twenty to one. */
const LEAST_ODDS = 3
/** Once the words read so far are likelier to be of the message by so much, nothing more is looked for. */
const GIVEN_UP_AT = -12

/** A longer text, in UTF-16 units, is read whole. */
const LONGEST_TEXT = 10_000

/** What a feature of a word counts. */
export const UNIT = 1 / Math.sqrt(FEATURES)

/** What closes a sentence goes with the words before it, what opens one or makes a tag with those behind it: a question stays a question. */
const CLOSES = /[\s.,!?؟،۔؛:;…|-]/
const OPENS = /[\s#＃@(“"-]/

/** Past the signs that stand at `from`, towards `to` and no farther. */
function pastSigns(text: string, signs: RegExp, from: number, to: number): number {
  const step = from < to ? 1 : -1
  let at = from
  while (at !== to && signs.test(text.charAt(step > 0 ? at : at - 1))) at += step
  return at
}

/** Whether a word is one by which dangers are told: what has such a word is no greeting. */
type TellsOfDanger = (word: string) => boolean

/** Throws where the file is missing, cut or of another format. */
export function readCoreModel(path = packagePath(CORE_MODEL)): LinearModel {
  const model = readModel(path)
  const [group] = model.groups
  if (group?.name !== PLACE_GROUP || group.labels.join() !== PLACES.join())
    throw new Error(`${path} does not tell what a message tells: npm run train`)
  return model
}

/**
 * Finds what a message tells between what people put before and behind it: greetings, who they are, thanks, signatures, tags, marks of apps. These say
 * nothing of what it is about, and yet "shukria" is a word of praise and a salutation one of idle talk (decision 33).
 */
export class CoreFinder {
  readonly #model: LinearModel
  readonly #features: PlaceFeatures

  constructor(
    model: LinearModel,
    private readonly read: Reader,
    private readonly tellsOfDanger: TellsOfDanger,
  ) {
    this.#model = model
    this.#features = new PlaceFeatures(model.buckets)
  }

  /** Undefined where all of the text is read, since nothing stands before or behind, or nothing else is there. */
  find(text: string): Narrowed | undefined {
    if (text.length > LONGEST_TEXT) return undefined
    const read = this.read(text)
    const { words } = read
    const from = this.#longest(read, 'before', words.length)
    const to = words.length - this.#longest(read, 'behind', words.length - from)
    if ((from === 0 && to === words.length) || from >= to) return undefined
    const first = words[from]?.start ?? 0
    const start = from === 0 ? 0 : pastSigns(text, CLOSES, words[from - 1]?.end ?? first, first)
    const end = to === words.length ? text.length : pastSigns(text, OPENS, words[to]?.start ?? text.length, start)
    return {
      text: text.slice(start, end),
      spanOf: (span) => ({ ...span, start: span.start + start, end: span.end + start }),
    }
  }

  /** How many words at one end, of `count` at most, are none of what the message tells. */
  #longest(read: ReadText, side: 'before' | 'behind', count: number): number {
    let [best, longest, odds] = [LEAST_ODDS, 0, 0]
    for (let far = 0; far < Math.min(count, REACH); far++) {
      const at = side === 'before' ? far : read.words.length - 1 - far
      if (this.tellsOfDanger(read.words[at]?.text ?? '')) break
      odds += this.#oddsOf(read, at, PLACES.indexOf(side))
      if (odds < GIVEN_UP_AT) break
      if (odds <= best) continue
      best = odds
      longest = far + 1
    }
    return longest
  }

  /** The log-odds that the word at `at` stands in `place` and not in the core. */
  #oddsOf(read: ReadText, at: number, place: number): number {
    const { hashed, scale } = this.#model
    let sum = 0
    for (const bucket of this.#features.of(read, at))
      sum += (hashed[bucket * PLACES.length + place] as number) - (hashed[bucket * PLACES.length] as number)
    return sum * UNIT * scale
  }
}
