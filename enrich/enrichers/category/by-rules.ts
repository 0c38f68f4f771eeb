import { fold } from '../../../runtime/fold.js'
import type { Mention } from '../../../schemas/mention.js'
import type { Category, CategoryTag, DistrictTag, Severity, Tags } from '../../../schemas/tags.js'
import { outsideNames } from '../districts/gazetteer.js'
import { loadLexicon, type Match } from '../threat/lexicon.js'
import { threateningFrom } from '../threat/threatening.js'
import type { WordTest } from '../../reading/unit-sieve.js'
import { spanOf, type ReadText } from '../../reading/words.js'
import { threatFinding } from './direct-threat.js'
import { elsewhereOf, isNamedAfter, type Elsewhere } from './elsewhere.js'
import { findings, firstThatFits, ruleBook, type Finding } from './judge.js'
import { refile } from './refile.js'
import { loadRules } from './rules.js'
import { MADE_CONCEPTS, scenesOf, STRONG } from './scene.js'

const PHONE = /(?:\+?92|\b0)[ -]?3\d{2}[ -]?\d{7}\b/

/** What is left to do about a thing that does not ring. */
const QUIET_SEVERITY: Readonly<Record<Category, Severity>> = {
  terrorism: 'medium',
  extortion: 'medium',
  kidnapping: 'medium',
  direct_threat: 'medium',
  violence: 'medium',
  harassment: 'medium',
  misconduct: 'medium',
  crime: 'medium',
  mishap: 'low',
  missing: 'medium',
  traffic: 'low',
  complaint: 'low',
  inquiry: 'low',
  praise: 'none',
  news: 'none',
  other: 'none',
}

const NOTHING: CategoryTag = {
  category: 'other',
  categoryConfidence: 0.6,
  alert: false,
  alertConfidence: 0.01,
  severity: 'none',
  evidence: [],
}

/** The log-odds of an alert for which nothing speaks. */
const SILENT = -6

const sigmoid = (x: number): number => 1 / (1 + Math.exp(-x))
const rounded = (x: number): number => Math.round(x * 1000) / 1000

/** The districts that the writer names: every message comes by some number, which says nothing of what is in it. */
export const districtsTold = ({ districts }: Readonly<Tags>): readonly DistrictTag[] =>
  districts?.filter(({ basis }) => basis === 'text' || basis === 'pin') ?? []

/** Concepts that belong to no word: a telephone number, a district found by its enricher, a year gone by. */
function madeConcepts(read: ReadText, mention: Mention, soFar: Readonly<Tags>): Set<string> {
  const made = new Set<string>()
  if (PHONE.test(mention.text.slice(0, 5_000))) made.add('phone')
  if (districtsTold(soFar).length > 0) made.add('district')
  if (read.asks.includes(true)) made.add('asks')
  if (looksLikeHeadline(mention.text)) made.add('ctx_headline')
  return made
}

const LATIN_WORD = /[A-Za-z]+/g
const CAPITAL = /^[A-Z]/

/** A headline in Latin letters Begins Nearly Every Word Like This; people in need do not. */
function looksLikeHeadline(text: string): boolean {
  const words = text.slice(0, 600).match(LATIN_WORD) ?? []
  const small = words.filter((word) => !CAPITAL.test(word)).length
  const shouted = words.filter((word) => word.length > 1 && word === word.toUpperCase()).length
  return words.length >= 4 && small * 6 <= words.length && shouted * 2 < words.length
}

/** A year before the one it was written in is as good as "years ago". */
function pastYears(read: ReadText, mention: Mention): Match[] {
  const thisYear = Number(mention.writtenAt.slice(0, 4))
  return read.words.flatMap((word, at) => {
    if (!/^(?:19|20)\d\d$/.test(word.text) || Number(word.text) >= thisYear) return []
    return [{ concept: 'ctx_past', from: at, to: at + 1, start: word.start, end: word.end, sentence: word.sentence }]
  })
}

const MONTHS: ReadonlySet<string> = new Set(
  'january february march april may june july august september october november december jan feb mar apr jun jul aug sep sept oct nov dec جنوری فروری مارچ اپریل مئی مئ جون جولائی اگست ستمبر اکتوبر نومبر دسمبر جنوري فبروري اپرېل جولای سپتمبر يناير فبراير مارس أبريل مايو يونيو يوليو أغسطس أكتوبر نوفمبر ديسمبر जनवरी फरवरी मार्च अप्रैल मई जून जुलाई अगस्त सितंबर अक्टूबर नवंबर दिसंबर'
    .split(' ')
    .map(fold),
)
const OF_TODAY = ['ctx_now', 'ctx_now_light', 'ctx_help', 'ctx_recent'] as const

/** A month with a year gone by, and nothing of today: "16 December 2014". A year alone may be that of a car. */
const isDated = ({ words }: ReadText, past: readonly Match[], everywhere: ReadonlySet<string>): boolean =>
  !OF_TODAY.some((cue) => everywhere.has(cue)) &&
  past.some(({ from, to }) => MONTHS.has(words[from - 1]?.text ?? '') || MONTHS.has(words[to]?.text ?? ''))

/** "500 le kar", "10k": a sum in figures, as bribes are told. */
function sums(read: ReadText): Match[] {
  return read.words.flatMap((word, at) => {
    if (!/^(?:[1-9]\d{0,3}k|[1-9]\d?00|[1-9]\d{0,2}000)$/.test(word.text) || /^(?:19|20)00$/.test(word.text)) return []
    return [{ concept: 'sum', from: at, to: at + 1, start: word.start, end: word.end, sentence: word.sentence }]
  })
}

function confidenceOf(chosen: Finding, all: readonly Finding[]): number {
  const others = all.filter((each) => each.category !== chosen.category)
  const sum = others.reduce((total, each) => total + Math.exp(each.strength), Math.exp(0.8))
  return Math.exp(chosen.strength) / (Math.exp(chosen.strength) + sum)
}

/** What the rules make of a message: their tag, and what it rests on. */
export interface RuleJudgement {
  readonly tag: CategoryTag
  readonly found: readonly Finding[]
  /** The concepts of the whole message. */
  readonly everywhere: ReadonlySet<string>
  readonly matches: readonly Match[]
  /** The highest log-odds of an alert; -6 where nothing speaks for one. */
  readonly loudest: number
  readonly threatening: number
  /** Undefined where a district is told, or no place outside the province. */
  readonly elsewhere: Elsewhere | undefined
  /** Whether it tells of a month of a year gone by, and nothing of today. */
  readonly dated: boolean
}

export interface RuleJudge {
  /** Every concept a word can stand for, and those that belong to no word. */
  readonly concepts: readonly string[]
  /** Whether a folded word is one of the lexicons, or a form of one. */
  knows(word: string): boolean
  /** Whether a folded word belongs to what is told of dangers. */
  readonly tellsOfDanger: WordTest
  judge(mention: Mention, read: ReadText, soFar: Readonly<Tags>): RuleJudgement
}

/** Reads the rules and lexicons; a mistake in them throws here. */
export function createRuleJudge(): RuleJudge {
  const lexicon = loadLexicon(['enrich/enrichers/threat/lexicon', 'enrich/enrichers/category/lexicon'], {
    ctx_elsewhere: outsideNames(),
  })
  const concepts = [...new Set([...lexicon.concepts, ...MADE_CONCEPTS])].sort()
  const book = ruleBook(loadRules('enrich/enrichers/category/rules.tsv', new Set(concepts)))
  return {
    concepts,
    knows: (word) => lexicon.has(word),
    tellsOfDanger: lexicon.wordsOf(STRONG),
    judge(mention, read, soFar) {
      const told = lexicon
        .match(read)
        .filter((match) => match.concept !== 'ctx_elsewhere' || !isNamedAfter(read, match))
      const past = pastYears(read, mention)
      const matches = [...told, ...past, ...sums(read)]
      const everywhere = madeConcepts(read, mention, soFar)
      for (const match of matches) everywhere.add(match.concept)
      if (matches.length === 0 && !read.asks.includes(true))
        return {
          tag: NOTHING,
          found: [],
          everywhere,
          matches,
          loudest: SILENT,
          threatening: 0,
          elsewhere: undefined,
          dated: false,
        }
      const found = findings(book, scenesOf(read, matches, everywhere))
      const threatening = threateningFrom(matches)
      const threat = threatFinding({ threatening, everywhere, matches, mention })
      if (threat !== undefined) found.set('direct_threat', threat)
      const all = [...found.values()]
      const loudest = all.reduce((top, each) => Math.max(top, each.alert), SILENT)
      const elsewhere = districtsTold(soFar).length > 0 ? undefined : elsewhereOf(read, matches, everywhere)
      return {
        tag: tagOf(all, everywhere, read),
        found: all,
        everywhere,
        matches,
        loudest,
        threatening,
        elsewhere,
        dated: isDated(read, past, everywhere),
      }
    },
  }
}

function tagOf(found: readonly Finding[], everywhere: ReadonlySet<string>, read: ReadText): CategoryTag {
  const loudest = found.reduce((top, each) => Math.max(top, each.alert), SILENT)
  const ringing = found.filter((each) => each.alert > 0)
  const chosen = ringing.length > 0 ? firstThatFits(ringing) : refile(found, everywhere)
  if (chosen === undefined) return NOTHING
  const alert = ringing.length > 0
  const strongest =
    chosen.severity === 'low'
      ? 'low'
      : chosen.category === 'complaint'
        ? chosen.severity
        : QUIET_SEVERITY[chosen.category]
  const evidence = chosen.evidence
    .filter((match, at, all) => !all.slice(0, at).some((other) => match.start < other.end && other.start < match.end))
    .map((match) => spanOf(read, match.start, match.end))
  return {
    category: chosen.category,
    categoryConfidence: rounded(confidenceOf(chosen, found)),
    alert,
    alertConfidence: rounded(sigmoid(alert ? loudest : Math.min(loudest, -0.05))),
    severity: alert ? chosen.severity : strongest,
    evidence,
  }
}
