import { isWallTime, type WallTime } from '../local-time.js'
import { createAuthorCount } from './authors.js'
import { isEncryptionNotice } from './notices.js'
import { readHead, type DateOrder, type Head } from './head.js'
import { plainLine } from './marks.js'
import { createOrderEvidence, type OrderEvidence, type Weight } from './order-evidence.js'

/** How one exported chat is written, decided from the whole of it. */
export interface ChatForm {
  readonly signature: string
  readonly order: DateOrder
  /** Names that hold a colon and a blank themselves. */
  readonly colonNames: readonly string[]
  /** Messages under this name in the whole file, but for those that go back in time by a day or more: these may be quoted. */
  readonly messagesOf: (name: string) => number
  /** Under these names the phone wrote its notices: the chat's own. */
  readonly subjects: ReadonlySet<string>
  readonly heads: number
  /** Lines that begin like a message of another form: they are read as part of the message before. */
  readonly otherHeads: number
  /** The latest moment a message may bear. */
  readonly latestMs: number
}

export interface FormHints {
  readonly dateOrder?: DateOrder | undefined
  /** Names that hold a colon and a blank. */
  readonly authors?: readonly string[] | undefined
  readonly nowMs: number
}

export type FormDecision = { readonly form: ChatForm } | { readonly problem: string }

const FIRST_YEAR = 2009
const AHEAD_MS = 2 * 86_400_000
const MAX_SIGNATURES = 16
/** So many quotations that all speak for the same order are none. */
const ENOUGH_DOUBT = 3

interface Candidate {
  readonly orders: ReadonlyMap<DateOrder, OrderEvidence>
  readonly changes: [number, number, number]
  last: Head['numbers']
  heads: number
  /** Every date so far is the same read day first and month first. */
  isSymmetric: boolean
}

/** Looks at every line of a chat once, then decides its form. */
export function createFormFinder(hints: FormHints) {
  const latestMs = hints.nowMs + AHEAD_MS
  const candidates = new Map<string, Candidate>()
  const authors = createAuthorCount()
  const subjects = new Set<string>()
  let first: string | undefined
  let allHeads = 0

  const line = (text: string) => {
    const head = readHead(text)
    if (head === undefined) return
    allHeads++
    first ??= head.signature
    let candidate = candidates.get(head.signature)
    if (candidate === undefined) {
      if (candidates.size >= MAX_SIGNATURES) return
      candidate = newCandidate(head, latestMs)
      candidates.set(head.signature, candidate)
    }
    candidate.heads++
    for (const index of [0, 1, 2] as const)
      if (candidate.last[index] !== head.numbers[index]) candidate.changes[index]++
    candidate.last = head.numbers
    candidate.isSymmetric &&= head.numbers[0] === head.numbers[1]
    const at = head.rest.indexOf(': ')
    const author = at < 0 ? undefined : plainLine(head.rest.slice(0, at))
    for (const [order, evidence] of candidate.orders) {
      const isPossible = head.order === undefined || head.order === order
      evidence.add(isPossible ? wallTimeOf(head, order) : undefined, author)
    }
    authors.add(head.rest)
    if (author !== undefined && subjects.size < 100 && isEncryptionNotice(head.rest.slice(at + 2))) subjects.add(author)
  }

  const decide = (): FormDecision => {
    const chosen = chooseSignature(candidates, first)
    if (chosen === undefined)
      return { problem: 'no line begins like a message of an exported chat, such as "31/12/24, 9:05 PM - Name: text"' }
    const [signature, candidate] = chosen
    const order = chooseOrder(candidate, { hints, isKnown: (name, besides) => authors.count(name) > besides })
    if (typeof order === 'object') return order
    return {
      form: {
        signature,
        order,
        colonNames: [...(hints.authors ?? []).map(plainLine), ...authors.colonNames()],
        messagesOf: (name) => authors.count(name) - (candidate.orders.get(order)?.doubtfulOf(name) ?? 0),
        subjects,
        heads: candidate.heads,
        otherHeads: allHeads - candidate.heads,
        latestMs,
      },
    }
  }
  return { line, decide }
}

function newCandidate(head: Head, latestMs: number): Candidate {
  const orders: readonly DateOrder[] = /^\S+ n\S*4 /.test(head.signature)
    ? ['dmy', 'mdy']
    : head.signature.includes(' n')
      ? ['dmy', 'mdy', 'ymd']
      : [head.order ?? 'dmy']
  return {
    orders: new Map(orders.map((order) => [order, createOrderEvidence(latestMs)])),
    changes: [0, 0, 0],
    last: head.numbers,
    heads: 0,
    isSymmetric: true,
  }
}

/** The form of the first message, for that is where an export begins; unless it is rare, because the file begins in the middle of a quotation. */
function chooseSignature(
  candidates: ReadonlyMap<string, Candidate>,
  first: string | undefined,
): readonly [string, Candidate] | undefined {
  const most = [...candidates].sort((one, other) => other[1].heads - one[1].heads)[0]
  const leading = first === undefined ? undefined : candidates.get(first)
  if (most === undefined || first === undefined || leading === undefined) return most
  return leading.heads * 4 >= most[1].heads ? [first, leading] : most
}

interface OrderHelp {
  readonly hints: FormHints
  readonly isKnown: (name: string, besides: number) => boolean
}

const WRITTEN: Readonly<Record<DateOrder, string>> = {
  dmy: 'day/month/year',
  mdy: 'month/day/year',
  ymd: 'year/month/day',
}

function chooseOrder(
  { orders, changes, heads, isSymmetric }: Candidate,
  help: OrderHelp,
): DateOrder | { problem: string } {
  const weighed = [...orders].map(([order, evidence]) => ({ order, ...evidence.weigh(help.isKnown) }))
  const possible = leastOf(weighed, ({ impossible }) => impossible, heads)
  const { dateOrder } = help.hints
  if (weighed.length === 1) {
    const [only] = weighed
    if (only === undefined || only.allImpossible >= heads)
      return { problem: `no date lies between ${FIRST_YEAR} and today: export the chat with the Gregorian calendar` }
    return only.order
  }
  if (dateOrder !== undefined) {
    if (
      !weighed.some(({ order, allImpossible }) => order === dateOrder && allImpossible < heads) ||
      isOut(possible, dateOrder)
    )
      return { problem: `the dates cannot be ${WRITTEN[dateOrder]}: leave the option out, or write ${names(possible)}` }
    return dateOrder
  }
  if (possible.every(({ allImpossible }) => allImpossible >= heads))
    return {
      problem: `no date lies between ${FIRST_YEAR} and today in any order: export the chat with the Gregorian calendar`,
    }
  // Nobody writes the year first in two digits unless the other readings fail, or the last number moves on while the first stands still.
  const isYearFirst = changes[2] > changes[0]
  const believable = possible.length === 1 ? possible : possible.filter(({ order }) => order !== 'ymd' || isYearFirst)
  const [one] = believable
  if (one !== undefined && believable.length === 1 && onlyByDoubt(weighed, one.order) === undefined) return one.order
  if (isSymmetric && believable.every(({ order }) => order !== 'ymd')) return 'dmy'
  const steady = leastOf(believable, ({ backward }) => backward, heads)
  const [best] = steady
  const rival = best === undefined ? undefined : onlyByDoubt(weighed, best.order)
  if (best !== undefined && steady.length === 1 && rival === undefined) return best.order
  return {
    problem: `the dates may be ${names(rival === undefined || best === undefined ? believable : [best, rival])}, and nothing in the file decides it: say it with --date-order`,
  }
}

type Weighed = Weight & { readonly order: DateOrder }

/** Those against which nothing speaks; where something speaks against all, the one against which far less does, or all. */
function leastOf(choices: readonly Weighed[], weight: (choice: Weighed) => number, heads: number): readonly Weighed[] {
  const clean = choices.filter((choice) => weight(choice) === 0)
  if (clean.length > 0) return clean
  const [least, next] = [...choices].sort((one, other) => weight(one) - weight(other))
  const isFar =
    least !== undefined && next !== undefined && weight(least) * 5 <= weight(next) && weight(least) * 20 <= heads
  return isFar ? [least] : choices
}

const isOut = (possible: readonly Weighed[], order: DateOrder): boolean =>
  !possible.some((choice) => choice.order === order)

/** Another order against which nothing certain speaks, only what a quotation explains too: then a quotation would decide. */
function onlyByDoubt(weighed: readonly Weighed[], chosen: DateOrder): Weighed | undefined {
  return weighed.find(
    ({ order, impossible, backward, doubtful }) =>
      order !== chosen &&
      order !== 'ymd' &&
      impossible === 0 &&
      backward === 0 &&
      doubtful > 0 &&
      doubtful < ENOUGH_DOUBT,
  )
}

const names = (choices: readonly { order: DateOrder }[]): string =>
  choices.map(({ order }) => `${order} (${WRITTEN[order]})`).join(' or ')

/** The wall time of a head read in this order; undefined where the calendar, or WhatsApp's age, does not have it. */
export function wallTimeOf(head: Head, order: DateOrder): WallTime | undefined {
  const [n1, n2, n3] = head.numbers
  const [day, month, year] = order === 'dmy' ? [n1, n2, n3] : order === 'mdy' ? [n2, n1, n3] : [n3, n2, n1]
  const { hour, minute, second } = head
  const time = { year: year < 100 ? 2000 + year : year, month, day, hour, minute, second }
  return time.year >= FIRST_YEAR && isWallTime(time) ? time : undefined
}
