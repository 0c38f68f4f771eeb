import { areJourney, contextOf, hasNear, isOfNumber, qualifies } from './context.js'
import type { Named } from './gazetteer.js'
import type { Match } from './matches.js'
import type { Exactness } from './readings.js'
import { nameTokens } from './spelling.js'
import type { Token } from './tokens.js'

/** A district the text speaks of, before it is made a tag. */
export interface Weighed {
  readonly confidence: number
  readonly matches: readonly Match[]
}

/** A match that may be meant as a place of the province. */
interface Candidate {
  readonly match: Match
  readonly named: readonly Named[]
  /** Every district that one of `named` is in, once. */
  readonly ids: readonly string[]
  /** False where the name is also an ordinary word and nothing beside it says it is a place. */
  readonly meant: boolean
  /** Gives way to a plain place: a road named after a place, a name known in many towns, a handle. */
  readonly weak: boolean
  readonly namedAfter: boolean
  readonly comesFrom: boolean
  readonly minor: boolean
  readonly confidence: number
}

const MAJOR = new Set(['district', 'tehsil', 'town'])
const EXACTNESS: Readonly<Record<Exactness, number>> = { exact: 0.97, sound: 0.88, misspelt: 0.76 }
const POLICE_HANDLE = new Set(nameTokens('police dpo ccpo traffic dig rpo dc sp rescue 1122 پولیس'))
const SURE_AT_MOST = 0.99
const LISTED_FROM = 0.5

const isOutside = (match: Match): boolean => match.names.every((named) => named.place.kind === 'outside')

function handleOfPolice(tokens: readonly Token[], at: number): boolean {
  for (let near = Math.max(0, at - 3); near <= at + 3; near++) {
    const token = tokens[near]
    if (token?.inHandle === true && POLICE_HANDLE.has(token.text)) return true
  }
  return false
}

function candidateOf(tokens: readonly Token[], match: Match, shouts: boolean): Candidate | undefined {
  const inHandle = tokens[match.first]?.inHandle === true
  if (inHandle && !handleOfPolice(tokens, match.first)) return undefined
  const named = match.names.filter(({ place }) => place.districts.length > 0 && !hasNear(tokens, match, place.not))
  if (named.length === 0) return undefined
  const context = contextOf(tokens, match, shouts)
  if (context.compared || (context.afterName && named.every(({ place }) => place.surname))) return undefined
  const next = tokens[match.last + 1]?.text ?? ''
  const meets = (each: Named): boolean =>
    (each.need === 'nothing' && (match.exactness !== 'misspelt' || context.sign)) ||
    each.place.after.has(next) ||
    (each.need === 'plain-sign' ? context.plainSign : context.sign)
  const met = named.filter(meets)
  const kept = met.length > 0 ? met : named
  const road = kept.every(({ place }) => place.kind === 'road')
  const namedAfter = context.namedAfter && kept.some(({ place }) => MAJOR.has(place.kind))
  const weak = inHandle || road || namedAfter || kept.every((each) => each.weak)
  let confidence = EXACTNESS[match.exactness]
  if (kept.every((each) => each.need !== 'nothing')) confidence *= 0.9
  if (weak) confidence *= 0.72
  const minor = kept.every(({ place }) => !MAJOR.has(place.kind))
  return {
    match,
    named: kept,
    ids: idsOf(kept),
    meant: met.length > 0,
    weak,
    namedAfter,
    comesFrom: context.comesFrom,
    minor,
    confidence,
  }
}

const idsOf = (named: readonly Named[]): readonly string[] =>
  named.length === 1 ? (named[0]?.place.districts ?? []) : [...new Set(named.flatMap(({ place }) => place.districts))]

/** "Swat Town, Karachi": a name that is part of a place outside the province. */
function liesOutside(tokens: readonly Token[], candidate: Candidate, outside: readonly Match[]): boolean {
  if (!candidate.namedAfter && !candidate.minor && !candidate.weak) return false
  return outside.some(
    (far) =>
      qualifies(tokens, candidate.match, far) ||
      ((candidate.namedAfter || candidate.weak) && qualifies(tokens, far, candidate.match)),
  )
}

/** "Charsadda Road, Peshawar": a lesser place followed by the district it is in, which is not the one the name suggests. */
function liesElsewhere(tokens: readonly Token[], candidate: Candidate, next: Candidate | undefined): boolean {
  if (
    next === undefined ||
    next.weak ||
    next.comesFrom ||
    !next.meant ||
    next.named.every(({ place }) => place.kind !== 'district')
  )
    return false
  if (!candidate.minor && !candidate.weak) return false
  return next.ids.every((id) => !candidate.ids.includes(id)) && qualifies(tokens, candidate.match, next.match)
}

function giveWay(candidates: readonly Candidate[], does: (candidate: Candidate) => boolean): Candidate[] {
  const firm = candidates.filter((candidate) => candidate.meant && !does(candidate))
  if (firm.length === 0) return [...candidates]
  const firmDistricts = new Set(firm.flatMap((candidate) => candidate.ids))
  return candidates.filter((candidate) => !does(candidate) || candidate.ids.some((id) => firmDistricts.has(id)))
}

function candidatesOf(tokens: readonly Token[], matches: readonly Match[], shouts: boolean): Candidate[] {
  const outside = matches.filter((match) => isOutside(match) && !isOfNumber(tokens, match))
  const read = matches.map((match) => candidateOf(tokens, match, shouts)).filter((candidate) => candidate !== undefined)
  const all = read.map((candidate, at) => {
    const onTheWay = [read[at - 1], read[at + 1]].some(
      (other, side) =>
        other !== undefined &&
        (side === 0
          ? areJourney(tokens, other.match, candidate.match)
          : areJourney(tokens, candidate.match, other.match)),
    )
    return onTheWay ? { ...candidate, comesFrom: true } : candidate
  })
  const inside = all.filter(
    (candidate, at) =>
      !liesOutside(tokens, candidate, nearest(outside, candidate.match)) &&
      !liesElsewhere(tokens, candidate, all[at + 1]),
  )
  const hasMajor = inside.some(
    (candidate) => candidate.meant && !candidate.minor && !candidate.weak && !candidate.comesFrom,
  )
  const mayLieOutside = (candidate: Candidate): boolean =>
    candidate.comesFrom || (candidate.weak && candidate.match.names.some(({ weak }) => weak))
  const kept = outside.length > 0 && !hasMajor ? inside.filter((candidate) => !mayLieOutside(candidate)) : inside
  return giveWay(
    giveWay(kept, (candidate) => candidate.comesFrom),
    (candidate) => candidate.weak,
  )
}

/** The places outside just before and just after the match: only these can be what it lies in. */
function nearest(outside: readonly Match[], match: Match): Match[] {
  if (outside.length === 0) return []
  let low = 0
  let high = outside.length
  while (low < high) {
    const middle = (low + high) >> 1
    if ((outside[middle]?.first ?? 0) < match.first) low = middle + 1
    else high = middle
  }
  return [outside[low - 1], outside[low]].filter((far) => far !== undefined)
}

/** What the candidates say together: `sure` some of them name without a choice, `spoken` is of a name that stands for several districts. */
interface Known {
  readonly sure: ReadonlySet<string>
  readonly spoken: ReadonlySet<string>
}

function knownFrom(candidates: readonly Candidate[]): Known {
  const sure = new Set<string>()
  const spoken = new Set<string>()
  for (const candidate of candidates) {
    const districts = candidate.ids
    if (!candidate.meant) continue
    if (districts.length === 1) for (const id of districts) sure.add(id)
    else if (candidate.named.some(({ place }) => place.together)) for (const id of districts) spoken.add(id)
  }
  return { sure, spoken }
}

/** Which districts of a candidate count, and how much: one it shares with a sure one; else all it stands for; else each a little. */
function countedOf(candidate: Candidate, { sure, spoken }: Known): { ids: readonly string[]; share: number } {
  const districts = candidate.ids
  const supported = districts.filter((id) => sure.has(id))
  if (supported.length > 0) return { ids: supported, share: 1 }
  if (!candidate.meant) return { ids: [], share: 0 }
  const together = candidate.named.filter(({ place }) => place.together)
  if (together.length > 0) return { ids: idsOf(together), share: 1 }
  const likelier = districts.filter((id) => spoken.has(id))
  if (likelier.length > 0) return { ids: likelier, share: 1 }
  const firm = candidate.named.filter(({ weak }) => !weak)
  const ids = idsOf(firm.length > 0 ? firm : candidate.named)
  return { ids, share: ids.length === 1 ? 1 : ids.length === 2 ? 0.62 : 0.52 }
}

/** The districts a text speaks of with the matches that say so; only what is likelier than not. */
export function weigh(tokens: readonly Token[], matches: readonly Match[], shouts: boolean): Map<string, Weighed> {
  const candidates = candidatesOf(tokens, matches, shouts)
  const known = knownFrom(candidates)
  const doubt = new Map<string, { doubt: number; matches: Match[] }>()
  for (const candidate of candidates) {
    const { ids, share } = countedOf(candidate, known)
    for (const id of ids) {
      const sofar = doubt.get(id) ?? { doubt: 1, matches: [] }
      sofar.doubt *= 1 - candidate.confidence * share
      sofar.matches.push(candidate.match)
      doubt.set(id, sofar)
    }
  }
  const weighed = new Map<string, Weighed>()
  for (const [id, { doubt: left, matches: found }] of doubt) {
    const confidence = Math.min(SURE_AT_MOST, 1 - left)
    if (confidence >= LISTED_FROM) weighed.set(id, { confidence: Math.round(confidence * 1000) / 1000, matches: found })
  }
  return weighed
}
