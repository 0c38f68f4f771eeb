/**
 * Writes chats as phones export them, without the reader's own tables or expressions: what is right is what was meant here. All of it is invented.
 */
export interface MeantMessage {
  readonly author: string
  readonly text: string
  /** ISO 8601 in UTC, to the minute or the second. */
  readonly at: string
  readonly media: number
  readonly hasPin: boolean
}

export interface GeneratedChat {
  readonly name: string
  readonly text: string
  readonly messages: readonly MeantMessage[]
  readonly notices: number
  /** What has to be said because nothing in the file does. */
  readonly dateOrder: 'dmy' | 'mdy' | 'ymd'
}

export type Random = () => number

/** mulberry32 */
export function randomOf(seed: number): Random {
  let state = seed >>> 0
  return () => {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296
  }
}

export const pick = <T>(random: Random, from: readonly T[]): T => {
  const found = from[Math.floor(random() * from.length)]
  if (found === undefined) throw new Error('nothing to pick from')
  return found
}

interface Moment {
  readonly year: number
  readonly month: number
  readonly day: number
  readonly hour: number
  readonly minute: number
  readonly second: number
}

const two = (value: number) => String(value).padStart(2, '0')
const twelve = (hour: number) => (hour % 12 === 0 ? 12 : hour % 12)
const EN = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec']
const EN_LONG = ['January', 'February', 'March', 'April', 'May', 'June', 'July', 'August', 'September', 'October', 'November', 'December'] // prettier-ignore
const UR = ['جنوری', 'فروری', 'مارچ', 'اپریل', 'مئی', 'جون', 'جولائی', 'اگست', 'ستمبر', 'اکتوبر', 'نومبر', 'دسمبر']

type Order = GeneratedChat['dateOrder']

interface DateStyle {
  readonly name: string
  readonly order: Order
  readonly write: (moment: Moment) => string
}

const yy = (moment: Moment) => two(moment.year % 100)
const DATES: readonly DateStyle[] = [
  { name: 'd/m/yy', order: 'dmy', write: (m) => `${m.day}/${m.month}/${yy(m)}` },
  { name: 'dd/mm/yyyy', order: 'dmy', write: (m) => `${two(m.day)}/${two(m.month)}/${m.year}` },
  { name: 'm/d/yy', order: 'mdy', write: (m) => `${m.month}/${m.day}/${yy(m)}` },
  { name: 'mm/dd/yyyy', order: 'mdy', write: (m) => `${two(m.month)}/${two(m.day)}/${m.year}` },
  { name: 'dd.mm.yy', order: 'dmy', write: (m) => `${two(m.day)}.${two(m.month)}.${yy(m)}` },
  { name: 'dd-mm-yyyy', order: 'dmy', write: (m) => `${two(m.day)}-${two(m.month)}-${m.year}` },
  { name: 'yyyy-mm-dd', order: 'ymd', write: (m) => `${m.year}-${two(m.month)}-${two(m.day)}` },
  { name: 'yyyy/m/d', order: 'ymd', write: (m) => `${m.year}/${m.month}/${m.day}` },
  { name: 'd Mon yyyy', order: 'dmy', write: (m) => `${m.day} ${EN[m.month - 1] ?? ''} ${m.year}` },
  { name: 'Mon d, yyyy', order: 'mdy', write: (m) => `${EN[m.month - 1] ?? ''} ${m.day}, ${m.year}` },
  { name: 'd Month yyyy', order: 'dmy', write: (m) => `${m.day} ${EN_LONG[m.month - 1] ?? ''} ${m.year}` },
  { name: 'd Urdu yyyy', order: 'dmy', write: (m) => `${m.day} ${UR[m.month - 1] ?? ''}، ${m.year}` },
  { name: 'd Urdu yy', order: 'dmy', write: (m) => `${m.day} ${UR[m.month - 1] ?? ''} ${yy(m)}` },
]

type TimeStyle = (moment: Moment, withSeconds: boolean) => string

const clockFace = (hour: string, m: Moment, s: boolean, colon = ':') =>
  `${hour}${colon}${two(m.minute)}${s ? `${colon}${two(m.second)}` : ''}`
const dial =
  (am: string, pm: string, blank: string): TimeStyle =>
  (m, s) =>
    `${clockFace(String(twelve(m.hour)), m, s)}${blank}${m.hour < 12 ? am : pm}`
/** Urdu parts of the day, as its flexible forms name them. */
const urduPart = (hour: number) => {
  if (hour >= 4 && hour < 12) return 'صبح'
  if (hour >= 12 && hour < 16) return 'دوپہر'
  if (hour >= 16 && hour < 18) return 'سہ پہر'
  if (hour >= 18 && hour < 20) return 'شام'
  return 'رات'
}
const TIMES: readonly TimeStyle[] = [
  (m, s) => clockFace(two(m.hour), m, s),
  (m, s) => clockFace(String(m.hour), m, s),
  (m, s) => clockFace(two(m.hour), m, s, '.'),
  dial('AM', 'PM', ' '),
  dial('AM', 'PM', '\u202f'),
  dial('am', 'pm', '\u00a0'),
  dial('a.m.', 'p.m.', ' '),
  dial('a.\u00a0m.', 'p.\u00a0m.', '\u202f'),
  dial('قبل دوپہر', 'بعد دوپہر', ' '),
  dial('ص', 'م', ' '),
  (m, s) => `${clockFace(String(twelve(m.hour)), m, s)} ${urduPart(m.hour)}`,
]

const PEOPLE = ['Asad Khan', 'Dr. Gul Rukh', '+92 300 1234567', '\u202a+92 333 7654321\u202c', 'Bilal - Press Club', 'زرغونہ خان', 'ملک صاحب (ہنگو)', '~\u202fShah G', 'Dr: Imran', 'پښتون ورور', 'Waqas🌙'] // prettier-ignore
const WORDS = ['پشاور', 'میں', 'سڑک', 'بند', 'ہے', 'please', 'send', 'police', 'to', 'Charsadda', 'Road', 'خلک', 'ولاړ', 'دي', 'ٹریفک', 'urgent', '15', 'call', 'شکریہ', '😀', 'a@b.example', '"ok"', '(two)'] // prettier-ignore
const NOTICES = ['Messages and calls are end-to-end encrypted. Only people in this chat can read, listen to, or share them. Learn more.', 'Asad Khan created group "Press"', 'You added ملک صاحب', '+92 300 1234567 left', 'Asad Khan changed the subject from "Press" to "Press: Peshawar"', 'Your security code with Waqas changed. Tap to learn more.', 'ملک صاحب نے گروپ چھوڑ دیا', 'پیغامات اور کالز اینڈ ٹو اینڈ انکرپٹڈ ہیں۔'] // prettier-ignore
const DELETED = ['This message was deleted', 'You deleted this message', 'یہ پیغام حذف کر دیا گیا تھا']

/** How a name is read: without marks, its blanks plain. */
const readName = (name: string) => name.replace(/[\u202a\u202c]/g, '').replace(/\u202f/g, ' ')

function sentence(random: Random): string {
  return Array.from({ length: 1 + Math.floor(random() * 9) }, () => pick(random, WORDS)).join(' ')
}

interface Body {
  readonly written: string
  readonly text: string
  readonly media: number
  readonly hasPin: boolean
  readonly isNotice: boolean
}

/** What stands behind a name. `quote` is a line that looks like the beginning of an earlier message, of the same form or another one. */
function bodyOf(random: Random, isApple: boolean, quote: () => string): Body {
  const plain = (written: string, text = written): Body => ({ written, text, media: 0, hasPin: false, isNotice: false })
  const file = (written: string, text = ''): Body => ({ written, text, media: 1, hasPin: false, isNotice: false })
  const kind = Math.floor(random() * 20)
  const words = sentence(random)
  switch (kind) {
    case 0:
      return plain(`${words}\n${sentence(random)}`)
    case 1:
      return plain(`${words}\n\n${sentence(random)}\n• ${sentence(random)}`)
    case 2:
      return file(
        isApple
          ? `\u200e${pick(random, ['image', 'video', 'audio', 'sticker', 'GIF', 'Contact card'])} omitted`
          : '<Media omitted>',
      )
    case 3:
      return isApple
        ? file(`\u200e<attached: 000000${10 + Math.floor(random() * 80)}-PHOTO-2024-03-04-21-05-12.jpg>`)
        : file('\u200eIMG-20240304-WA0012.jpg (file attached)')
    case 4:
      return isApple
        ? file(`${words} \u200e<attached: 00000031-VIDEO-2024-03-04-21-05-12.mp4>`, words)
        : file(`VID-20240304-WA0007.mp4 (file attached)\n${words}`, words)
    case 5:
      return {
        ...plain(`${isApple ? '\u200eLocation' : 'location'}: https://maps.google.com/?q=34.0151,71.5249`, ''),
        hasPin: true,
      }
    case 6:
      return { ...plain(pick(random, DELETED)), isNotice: true }
    case 7:
      return plain(`${words} ${isApple ? '\u200e' : ''}<This message was edited>`, words)
    case 8:
      return plain(`${words}:\n${quote()}`)
    case 9:
      return plain(`${sentence(random)}: ${words}`)
    default:
      return plain(words)
  }
}

const CHAT_START = Date.UTC(2023, 9, 3)

function momentOf(localMs: number): Moment {
  const date = new Date(localMs)
  return {
    year: date.getUTCFullYear(),
    month: date.getUTCMonth() + 1,
    day: date.getUTCDate(),
    hour: date.getUTCHours(),
    minute: date.getUTCMinutes(),
    second: date.getUTCSeconds(),
  }
}

const inDigits = (text: string, zero: number) =>
  text.replace(/[0-9]/g, (digit) => String.fromCharCode(zero + Number(digit)))

/** One chat of Asia/Karachi (five hours ahead, all year round). */
export function generateChat(seed: number): GeneratedChat {
  const random = randomOf(seed)
  const isApple = random() < 0.5
  const hasSeconds = isApple
  const date = pick(random, DATES)
  const time = pick(random, TIMES)
  const digits = pick(random, [0x30, 0x30, 0x30, 0x660, 0x6f0])
  const comma = pick(random, [', ', '، ', ' '])
  const mark = pick(random, ['', '', '\u200e', '\u200f', '\u202a', '\u2068'])
  const lineEnd = pick(random, ['\n', '\n', '\r\n', '\r'])
  const stamp = (localMs: number): string => {
    const moment = momentOf(localMs)
    const text = inDigits(`${date.write(moment)}${comma}${time(moment, hasSeconds)}`, digits)
    return isApple ? `${mark}[${text}] ` : `${mark}${text} - `
  }
  const crowd = PEOPLE.filter(() => random() < 0.7)
  const people = crowd.length < 3 ? PEOPLE.slice(0, 4) : crowd
  const messages: MeantMessage[] = []
  const lines: string[] = []
  let notices = 0
  let localMs = CHAT_START + Math.floor(random() * 400) * 86_400_000

  const quote = () => {
    const then = localMs - (3 + Math.floor(random() * 200)) * 86_400_000
    return random() < 0.5
      ? `${stamp(then).replace(/^[\u200e\u200f\u202a\u2068]/, '')}Somebody Elsewhere: ${sentence(random)}`
      : `[12/3, 9:05 PM] Somebody Elsewhere: ${sentence(random)}`
  }
  const count = 12 + Math.floor(random() * 40)
  for (let index = 0; index < count; index++) {
    localMs += Math.floor(random() * random() * 3 * 86_400_000)
    const at = localMs
    if (index === 0 || random() < 0.08) {
      lines.push(
        `${stamp(at)}${isApple ? 'Press: \u200e' : ''}${index === 0 ? (NOTICES[0] ?? '') : pick(random, isApple ? NOTICES.slice(0, 3) : NOTICES)}`,
      )
      notices++
      continue
    }
    const author = pick(random, people)
    const body = bodyOf(random, isApple, quote)
    lines.push(`${stamp(at)}${author}: ${body.written}`)
    if (body.isNotice) notices++
    else {
      const exactMs = Math.floor(at / (hasSeconds ? 1000 : 60_000)) * (hasSeconds ? 1000 : 60_000)
      messages.push({
        author: readName(author),
        text: body.text,
        at: new Date(exactMs - 5 * 3_600_000).toISOString(),
        media: body.media,
        hasPin: body.hasPin,
      })
    }
  }
  const text = `${pick(random, ['', '\ufeff'])}${lines.join('\n').replace(/\n/g, lineEnd)}${lineEnd}`
  return {
    name: `${seed} ${isApple ? 'iPhone' : 'Android'} ${date.name}`,
    text,
    messages,
    notices,
    dateOrder: date.order,
  }
}
