import { asciiDigit, isBlank, isMark } from './marks.js'
import { DAY_PART_PATTERN, hourOf, monthOf } from './words.js'

/** The beginning of a message, before anybody decided which number is the day. */
export interface Head {
  /** How it is written: two heads of one export have the same. */
  readonly signature: string
  /** The three numbers of the date, in the order in which they are written; a month by name is its number. */
  readonly numbers: readonly [number, number, number]
  /** Known where the month is a name, or the year has four digits and stands first. */
  readonly order: DateOrder | undefined
  readonly hour: number
  readonly minute: number
  readonly second: number
  /** What follows: `Name: text`, or a notice. */
  readonly rest: string
}

export type DateOrder = 'dmy' | 'mdy' | 'ymd'

/** A head is never longer than this. */
const MAX_HEAD_UNITS = 120

const TIME = `(?:(?<before>${DAY_PART_PATTERN}) ?)?(?<hour>\\d{1,2})(?<colon>[:.٫h])(?<minute>\\d\\d)(?:[:.٫](?<second>\\d\\d))?(?: ?(?<after>${DAY_PART_PATTERN})(?![\\p{L}\\p{M}]))?`
const NUMERIC =
  '(?<n1>\\d{1,4})(?<sep> ?[./\\-⁄年] ?|년 ?)(?<n2>\\d{1,2})(?: ?[./\\-⁄月] ?|월 ?)(?<n3>\\d{1,4})(?:日|일|\\.(?= ))?'
const WORD = '[\\p{L}\\p{M}]{2,12}\\.?'
const DAY_FIRST = `(?<d1>\\d{1,2})\\.?[ \\-/]?(?:de )?(?<m1>${WORD})(?: de)?[,،]?[ \\-/]?(?<y1>\\d{4}|\\d\\d)`
const MONTH_FIRST = `(?<m2>${WORD})[ \\-/]?(?<d2>\\d{1,2})[,،]?[ \\-/](?<y2>\\d{4}|\\d\\d)`
const YEAR_FIRST = `(?<y3>\\d{4})[ \\-/](?<m3>${WORD})[ \\-/](?<d3>\\d{1,2})`
const DATE = `(?:(?<weekday>${WORD}[,،] ?))?(?:${NUMERIC}|${YEAR_FIRST}|${DAY_FIRST}|${MONTH_FIRST})`
const JOIN = '(?:[,،]? ?(?:at|à|um|klo|kl\\.?|alle|ore|las|بوقت|کو) |[,،] ?| )'
const flags = 'iu'

const DATE_FIRST = `${DATE}${JOIN}${TIME}`
const TIME_FIRST = `${TIME}[,،] ?${DATE}`
const FORMS: readonly (readonly [string, RegExp])[] = [
  ['[', new RegExp(`^\\[${DATE_FIRST}\\] ?`, flags)],
  ['[t', new RegExp(`^\\[${TIME_FIRST}\\] ?`, flags)],
  ['-', new RegExp(`^${DATE_FIRST} [-–—](?: |$)`, flags)],
  ['-t', new RegExp(`^${TIME_FIRST} [-–—](?: |$)`, flags)],
  [':', new RegExp(`^${DATE_FIRST}: `, flags)],
]

interface Clean {
  readonly text: string
  /** Where each unit of `text` stands in the line. */
  readonly at: readonly number[]
}

/** The line's beginning without direction marks, with ASCII digits and single spaces. */
function cleanBeginning(line: string): Clean {
  let text = ''
  const at: number[] = []
  for (let index = 0; index < line.length && text.length < MAX_HEAD_UNITS; index++) {
    const unit = line.charCodeAt(index)
    if (isMark(unit)) continue
    const blank = isBlank(unit)
    if (blank && (text === '' || text.endsWith(' '))) continue
    const digit = unit < 0x660 ? undefined : asciiDigit(unit)
    text += blank ? ' ' : digit === undefined ? line.charAt(index) : String.fromCharCode(digit)
    at.push(index)
  }
  return { text, at }
}

const DIGIT = '[0-9٠-٩۰-۹०-९]'
const MARKS = '[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]*'
/** Cheap enough for every line of a large file. */
const MAY_BE = new RegExp(`${DIGIT}${MARKS}[:.٫hH]${MARKS}${DIGIT}${MARKS}${DIGIT}`)

/** The head a line begins with, or nothing. */
export function readHead(line: string): Head | undefined {
  if (!MAY_BE.test(line.length > 2 * MAX_HEAD_UNITS ? line.slice(0, 2 * MAX_HEAD_UNITS) : line)) return undefined
  const clean = cleanBeginning(line)
  const isBracketed = clean.text.startsWith('[')
  for (const [style, form] of FORMS) {
    if (style.startsWith('[') !== isBracketed) continue
    const match = form.exec(clean.text)
    if (match?.groups === undefined) continue
    const head = asHead(match.groups, style)
    if (head === undefined) continue
    const end = match[0].length
    return { ...head, rest: line.slice(clean.at[end] ?? line.length) }
  }
  return undefined
}

type Groups = Readonly<Record<string, string | undefined>>

function asHead(groups: Groups, style: string): Omit<Head, 'rest'> | undefined {
  const date = dateOf(groups)
  if (date === undefined) return undefined
  const word = groups['before'] ?? groups['after']
  const hour = hourOf(Number(groups['hour']), word)
  if (hour === undefined) return undefined
  if (style === ':' && groups['second'] === undefined) return undefined
  const signature = [
    style,
    date.written,
    groups['colon'],
    groups['second'] === undefined ? '' : 's',
    word === undefined ? '24' : '12',
  ].join(' ')
  return {
    signature,
    numbers: date.numbers,
    order: date.order,
    hour,
    minute: Number(groups['minute']),
    second: Number(groups['second'] ?? 0),
  }
}

interface WrittenDate {
  readonly numbers: Head['numbers']
  readonly order: DateOrder | undefined
  readonly written: string
}

function dateOf(groups: Groups): WrittenDate | undefined {
  const { n1, n2, n3 } = groups
  if (n1 !== undefined && n2 !== undefined && n3 !== undefined) return numericDate(n1, n2, n3, groups['sep'] ?? '')
  const month = monthOf(groups['m1'] ?? groups['m2'] ?? groups['m3'] ?? '')
  const year = groups['y1'] ?? groups['y2'] ?? groups['y3']
  const day = groups['d1'] ?? groups['d2'] ?? groups['d3']
  if (month === undefined || year === undefined || day === undefined) return undefined
  const numbers = [Number(day), month, Number(year)] as const
  const place = groups['m1'] !== undefined ? 'dMy' : groups['m2'] !== undefined ? 'Mdy' : 'yMd'
  return { numbers, order: 'dmy', written: `${place}${year.length}` }
}

function numericDate(n1: string, n2: string, n3: string, separator: string): WrittenDate | undefined {
  const numbers = [Number(n1), Number(n2), Number(n3)] as const
  const sep = separator.trim()
  if (n1.length === 4) return n3.length > 2 ? undefined : { numbers, order: 'ymd', written: `Y${sep}m` }
  if (n1.length > 2 || n3.length === 3) return undefined
  // A last number of one digit is no year: then the first must be.
  if (n3.length === 1) return n1.length === 2 ? { numbers, order: 'ymd', written: `n${sep}2` } : undefined
  return { numbers, order: undefined, written: `n${sep}${n3.length}` }
}
