import { epochOfIso, epochOfSeconds } from '../../channels/instants.js'
import { Failure } from '../../runtime/failure.js'
import { isWallTime, wallClockOf } from './local-time.js'
import { asciiDigit } from './whatsapp-chat/marks.js'
import { plainLine } from './whatsapp-chat/marks.js'
import { hourOf, monthOf } from './whatsapp-chat/words.js'

/** Reads one cell: epoch milliseconds, or undefined where it is no moment of this format. */
export type DateReader = (cell: string) => number | undefined

const TOKENS: readonly (readonly [string, string])[] = [
  ['yyyy', '(?<year>\\d{4})'],
  ['yy', '(?<shortYear>\\d\\d)'],
  ['MMMM', '(?<monthName>[\\p{L}\\p{M}]+\\.?)'],
  ['MMM', '(?<monthName>[\\p{L}\\p{M}]+\\.?)'],
  ['MM', '(?<month>\\d{1,2})'],
  ['M', '(?<month>\\d{1,2})'],
  ['dd', '(?<day>\\d{1,2})'],
  ['d', '(?<day>\\d{1,2})'],
  ['HH', '(?<hour>\\d{1,2})'],
  ['H', '(?<hour>\\d{1,2})'],
  ['hh', '(?<hour>\\d{1,2})'],
  ['h', '(?<hour>\\d{1,2})'],
  ['mm', '(?<minute>\\d{1,2})'],
  ['ss', '(?<second>\\d{1,2})'],
  ['SSS', '(?<fraction>\\d{1,3})'],
  ['a', '(?<part>[\\p{L}\\p{M}.]+(?: [\\p{L}\\p{M}.]+)?)'],
]

const LOCAL_ISO =
  /^(?<year>\d{4})-(?<month>\d\d)-(?<day>\d\d)(?:[T ](?<hour>\d\d):(?<minute>\d\d)(?::(?<second>\d\d)(?:[.,]\d+)?)?)?$/

/**
 * `iso` (a time without an offset is the zone's), `epoch` (seconds), `epoch-ms`, or a pattern such as `dd/MM/yyyy HH:mm`, `d MMM yyyy h:mm a`. Without a
 * format: ISO or epoch, whichever the cell is. Throws a Failure `invalid-payload` for a pattern or zone that is none.
 */
export function dateReader(format: string | undefined, zone: string): DateReader {
  const epochOf = wallClockOf(zone)
  const wall = (groups: Groups) => wallEpoch(groups, epochOf)
  const iso: DateReader = (cell) => {
    const local = LOCAL_ISO.exec(cell)
    return local?.groups === undefined ? epochOfIso(cell.replace(/^(\d{4}-\d\d-\d\d) /, '$1T')) : wall(local.groups)
  }
  const read: DateReader =
    format === undefined
      ? (cell) => (/^\d{9,13}(?:\.\d+)?$/.test(cell) ? epochOfSeconds(cell) : iso(cell))
      : format === 'iso'
        ? iso
        : format === 'epoch' || format === 'epoch-s'
          ? (cell) => epochOfSeconds(cell)
          : format === 'epoch-ms'
            ? (cell) => (/^\d+(?:\.\d+)?$/.test(cell) ? epochOfSeconds(Number(cell) / 1000) : undefined)
            : patternReader(format, wall)
  return (cell) => read(asciiDigits(plainLine(cell)))
}

type Groups = Readonly<Record<string, string | undefined>>

function patternReader(format: string, wall: (groups: Groups) => number | undefined): DateReader {
  let pattern = ''
  const used = new Set<string>()
  for (let at = 0; at < format.length;) {
    const token = TOKENS.find(([name]) => format.startsWith(name, at))
    const letter = format.charAt(at)
    if (token === undefined && /[a-zA-Z]/.test(letter) && letter !== 'T')
      throw badFormat(format, `"${letter}" means nothing in it`)
    const name = token === undefined ? '' : (/<(\w+)>/.exec(token[1])?.[1] ?? '')
    if (used.has(name)) throw badFormat(format, `it holds the ${name} twice`)
    if (token !== undefined) used.add(name)
    pattern += token?.[1] ?? (letter === ' ' ? ' ?' : letter.replace(/[\\^$.*+?()[\]{}|/-]/, '\\$&'))
    at += token?.[0].length ?? 1
  }
  const has = (...names: string[]) => names.some((name) => used.has(name))
  if (!has('year', 'shortYear') || !has('month', 'monthName') || !has('day'))
    throw badFormat(format, 'it needs year, month and day')
  const whole = new RegExp(`^${pattern}$`, 'iu')
  return (cell) => {
    const groups = whole.exec(cell)?.groups
    return groups === undefined ? undefined : wall(groups)
  }
}

const badFormat = (format: string, why: string): Failure =>
  new Failure(
    'invalid-payload',
    `the date format "${format}" cannot be used: ${why}; write iso, epoch, epoch-ms or a pattern such as dd/MM/yyyy HH:mm`,
    { retryable: false },
  )

function wallEpoch(groups: Groups, epochOf: ReturnType<typeof wallClockOf>): number | undefined {
  const number = (name: string) => (groups[name] === undefined ? undefined : Number(groups[name]))
  const month = groups['monthName'] === undefined ? number('month') : monthOf(groups['monthName'])
  const hour = hourOf(number('hour') ?? 0, groups['part'])
  const short = number('shortYear')
  const year = number('year') ?? (short === undefined ? undefined : 2000 + short)
  const day = number('day')
  if (month === undefined || hour === undefined || year === undefined || day === undefined || year < 2000)
    return undefined
  const time = { year, month, day, hour, minute: number('minute') ?? 0, second: number('second') ?? 0 }
  return isWallTime(time) ? epochOf(time) + (number('fraction') ?? 0) : undefined
}

const asciiDigits = (text: string): string =>
  text.replace(/[٠-٩۰-۹]/g, (digit) => String.fromCharCode(asciiDigit(digit.charCodeAt(0)) ?? 0))
