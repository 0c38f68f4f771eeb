/** The months as phones write them, by number: English, Urdu, Pashto, Arabic and the neighbours of a phone that was bought abroad. */
const MONTH_NAMES: readonly (readonly string[])[] = [
  ['january', 'jan', 'جنوری', 'جنوري', 'يناير', 'ژانویه', 'januar', 'enero', 'ene', 'janvier', 'janv', 'ocak'],
  ['february', 'feb', 'فروری', 'فبروري', 'فروري', 'فبراير', 'februar', 'febrero', 'février', 'févr', 'şubat'],
  ['march', 'mar', 'مارچ', 'مارس', 'مارچ', 'märz', 'marzo', 'mars', 'mart'],
  ['april', 'apr', 'اپریل', 'اپرېل', 'اپريل', 'أبريل', 'ابريل', 'abril', 'abr', 'avril', 'avr', 'nisan'],
  ['may', 'مئی', 'مئ', 'می', 'مۍ', 'مې', 'مايو', 'mai', 'mayo', 'mayıs'],
  ['june', 'jun', 'جون', 'يونيو', 'juni', 'junio', 'juin', 'haziran'],
  ['july', 'jul', 'جولائی', 'جولائ', 'جولای', 'جولاي', 'يوليو', 'juli', 'julio', 'juillet', 'juil', 'temmuz'],
  ['august', 'aug', 'اگست', 'اګست', 'اگسټ', 'أغسطس', 'اغسطس', 'agosto', 'ago', 'août', 'ağustos'],
  ['september', 'sep', 'sept', 'ستمبر', 'سپتمبر', 'سېپتمبر', 'سپتامبر', 'سبتمبر', 'septiembre', 'septembre', 'eylül'],
  ['october', 'oct', 'اکتوبر', 'اکتبر', 'أكتوبر', 'اكتوبر', 'oktober', 'okt', 'octubre', 'octobre', 'ekim'],
  ['november', 'nov', 'نومبر', 'نوفمبر', 'نوامبر', 'noviembre', 'novembre', 'kasım'],
  ['december', 'dec', 'دسمبر', 'ديسمبر', 'دسامبر', 'dezember', 'dez', 'diciembre', 'dic', 'décembre', 'déc', 'aralık'],
]

/** Urdu, Arabic and Pashto keyboards write the same letters with other code points. */
const folded = (word: string): string =>
  word.toLowerCase().normalize('NFC').replace(/[يى]/g, 'ی').replace(/ك/g, 'ک').replace(/\.$/, '')

const MONTHS: ReadonlyMap<string, number> = new Map(
  MONTH_NAMES.flatMap((names, index) => names.map((name) => [folded(name), index + 1] as const)),
)

export const monthOf = (word: string): number | undefined => MONTHS.get(folded(word))

export type DayPart = 'am' | 'pm' | 'noon' | 'night'

/** Parts of the day, the longest first where one begins another. As regular expressions over a line whose blanks are single spaces. */
const DAY_PARTS: readonly (readonly [DayPart, string])[] = [
  [
    'am',
    'a\\. ?m\\.|am|قبل دوپہر|قبل از دوپہر|پیش از دوپہر|صبح|غ\\. ?م\\.|ق\\. ?ظ\\.|ق\\.ظ|سہار|سهار|上午|午前|오전|पूर्वाह्न',
  ],
  [
    'pm',
    'p\\. ?m\\.|pm|بعد دوپہر|بعد از دوپہر|سہ پہر|سه پہر|شام|غ\\. ?و\\.|ب\\. ?ظ\\.|ب\\.ظ|ماښام|下午|午後|오후|अपराह्न',
  ],
  ['night', 'آدھی رات|رات|شپه'],
  ['noon', 'دوپہر|غرمه'],
  ['am', 'ص'],
  ['pm', 'م'],
]

/** Matches one part of the day, in one group. */
export const DAY_PART_PATTERN = DAY_PARTS.map(([, pattern]) => pattern).join('|')

const DAY_PART_TESTS = DAY_PARTS.map(([part, pattern]) => [part, new RegExp(`^(?:${pattern})$`, 'i')] as const)

/** The hour of the day (0–23) of an hour on the dial; undefined where the dial has no such hour. */
export function hourOf(hour: number, word: string | undefined): number | undefined {
  if (word === undefined) return hour
  const part = DAY_PART_TESTS.find(([, test]) => test.test(word))?.[0]
  // A phone that was set to 24 hours and still writes the word says the hour already.
  if (hour > 12) return hour <= 23 && part !== 'am' ? hour : undefined
  if (part === 'am') return hour % 12
  if (part === 'pm') return (hour % 12) + 12
  if (part === 'noon') return hour === 11 ? 11 : (hour % 12) + 12
  return hour >= 6 && hour < 12 ? hour + 12 : hour % 12
}
