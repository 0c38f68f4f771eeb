import { packagePath } from '../../../runtime/package-root.js'
import type { ThreatKeyword } from '../../../schemas/tags.js'
import type { Enricher } from '../../enricher.js'
import { loadGlosses, type Glosses } from '../../glosses/glosses.js'
import { readModel } from '../../linear/linear-model.js'
import { createThreateningJudge, THREATENING_MODEL } from './learned-threat.js'
import { loadLexicon, type Lexicon, type Match } from './lexicon.js'
import { offensiveFrom } from './offensive.js'
import { threateningFrom } from './threatening.js'
import { readText, spanOf, type Reader, type ReadText } from '../../reading/words.js'

/** What kind of word a concept is, in the words of LABELLING.md where it is a category; concepts not named here are no threat words. */
const KINDS: Readonly<Record<string, string>> = {
  bomb: 'terrorism',
  explosive: 'terrorism',
  blast: 'terrorism',
  suicide: 'terrorism',
  militant: 'terrorism',
  attack: 'terrorism',
  suspicious: 'terrorism',
  bhatta: 'extortion',
  dhamki: 'extortion',
  ransom: 'kidnapping',
  kidnap: 'kidnapping',
  vow: 'direct_threat',
  danger_life: 'violence',
  firing: 'violence',
  shot: 'violence',
  murder: 'violence',
  stab: 'violence',
  fight: 'violence',
  injured: 'victim',
  body: 'victim',
  weapon: 'weapon',
  armed: 'weapon',
  harass: 'harassment',
  forced_marriage: 'harassment',
  blackmail: 'harassment',
  rape: 'harassment',
  robbery: 'crime',
  theft: 'crime',
  drugs: 'crime',
  gambling: 'crime',
  fraud: 'crime',
  land: 'crime',
  wanted: 'crime',
  accident: 'mishap',
  fire: 'mishap',
  flood: 'mishap',
  collapse: 'mishap',
  drown: 'mishap',
  trapped: 'mishap',
  missing: 'missing',
  found_person: 'missing',
  beat: 'violence',
  amount: 'money',
  abuse: 'insult',
  insult: 'insult',
}

/** Kinds that say more win where two words overlap and are equally long. */
const LAST_KINDS = new Set(['insult', 'money', 'victim', 'weapon'])

function keywordsFrom(matches: readonly Match[], read: ReadText): ThreatKeyword[] {
  const ranked = matches
    .flatMap((match) => {
      const kind = KINDS[match.concept]
      return kind === undefined ? [] : [{ match, kind, rank: LAST_KINDS.has(kind) ? 1 : 0 }]
    })
    .sort(
      (a, b) =>
        b.match.to - b.match.from - (a.match.to - a.match.from) || a.rank - b.rank || a.match.from - b.match.from,
    )
  const taken = new Uint8Array(read.words.length)
  const kept: { match: Match; kind: string }[] = []
  for (const { match, kind } of ranked) {
    if (taken.subarray(match.from, match.to).includes(1)) continue
    taken.fill(1, match.from, match.to)
    kept.push({ match, kind })
  }
  kept.sort((a, b) => a.match.start - b.match.start)
  return kept.map(({ match, kind }) => ({ ...spanOf(read, match.start, match.end), kind }))
}

/** What is left of what the model says where the text tells what others said, and no vow that the lexicon knows. */
const SHARE_OF_TOLD = 0.8

/** The lexicon knows better than the model whose a vow is: one that is told of another lowers what the model says, one of the writer's raises it. */
function threateningOf(matches: readonly Match[], learned: number): number {
  const concepts = new Set(matches.map(({ concept }) => concept))
  if (!concepts.has('vow'))
    return concepts.has('reported') ? Math.round(SHARE_OF_TOLD * learned * 1000) / 1000 : learned
  const told = threateningFrom(matches)
  return concepts.has('reported') ? Math.min(learned, told) : Math.max(learned, told)
}

export interface ThreatParts {
  readonly lexicon: Lexicon
  readonly threatens: ReturnType<typeof createThreateningJudge>
}

/** Reads the lexicon and the model. */
export function loadThreatParts(glosses: Glosses): ThreatParts {
  return {
    lexicon: loadLexicon(['enrich/enrichers/threat/lexicon']),
    threatens: createThreateningJudge(readModel(packagePath(THREATENING_MODEL)), glosses),
  }
}

/**
 * The enricher of threat words, and of how far the words themselves threaten or insult. Reads its parts where they are not given.
 * `read` is how a text is read into words.
 */
export function createThreatEnricher({
  parts = loadThreatParts(loadGlosses()),
  read = readText,
}: {
  readonly parts?: ThreatParts
  readonly read?: Reader
} = {}): Enricher<'threat'> {
  const { lexicon, threatens } = parts
  return {
    adds: 'threat',
    enrich(mention, soFar) {
      const text = read(mention.text)
      const matches = lexicon.match(text)
      return {
        keywords: keywordsFrom(matches, text),
        threatening: threateningOf(matches, threatens(text, soFar.language?.lang ?? 'und')),
        offensive: offensiveFrom(matches),
      }
    },
  }
}
