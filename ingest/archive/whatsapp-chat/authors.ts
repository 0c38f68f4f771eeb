import { plainLine } from './marks.js'
import { noticeReason } from './notices.js'

/** What stands between a name and the text. */
const COLON = ': '
const MAX_NAME_UNITS = 100
const MAX_COLONS = 3
const MAX_NAMES = 50_000
/** So many messages, every one with the same words before a second colon, make these words part of the name. */
const ENOUGH_MESSAGES = 3

/** Words that people put before a colon in every message they write: these stay text, where they are judged and searched. */
const LABELS =
  /(?:^|\s)(?:alert|attention|breaking|blast|emergency|fire|flood|important|incident|info|information|location|message|news|note|notice|press|question|report|request|reply|re|fwd|forwarded|sos|statement|status|subject|summary|time|traffic|update|urgent|warning|weather|date|name|place|situation|help|today|tomorrow|https?|الرٹ|انتباہ|اطلاع|اطلاعات|اہم|بریکنگ|خبر|خبریں|خبردار|درخواست|دھماکہ|رپورٹ|سوال|سیلاب|فوری|گزارش|مقام|نوٹ|وقت|تاریخ|مدد|پیغام|خبرتیا|خبرونه|خبر|مهم|بېړنی)(?:\s|$)/iu

/** A notice that quotes a group's name, in which a colon may stand: what is before the colon is nobody's name. */
const NAMED_GROUP =
  /\S (?:changed (?:the|this) (?:subject|group|community)|created (?:the |this )?(?:group|community)|changed the name|نے (?:گروپ|موضوع|عنوان|اس گروپ)).*["“”«'‘]/iu

/** Cheap enough for every message. */
const LIKE_NOTICE = / (?:left|joined|added|removed|was|were|changed|created)|چھوڑ|شامل|نکال|ہٹا|گئے|گیا|گئی/

export interface AuthorSplit {
  readonly author: string | undefined
  readonly text: string
}

/** Where a name ends: positions in `rest` of the first few colons that a blank follows. */
function* colons(rest: string): Generator<number> {
  let from = 0
  for (let count = 0; count < MAX_COLONS; count++) {
    const at = rest.indexOf(COLON, from)
    if (at < 0 || at > MAX_NAME_UNITS) return
    yield at
    from = at + 1
  }
}

/** Counts who may have written the messages of a chat. */
export function createAuthorCount() {
  const counts = new Map<string, number>()
  const add = (name: string) => {
    if (name !== '' && (counts.has(name) || counts.size < MAX_NAMES)) counts.set(name, (counts.get(name) ?? 0) + 1)
  }
  /** Lines that may as well be notices about somebody with a colon in the name: `Dr: Imran left`. */
  const perhapsNotices = new Map<string, number>()
  return {
    add: (rest: string) => {
      const found = [...colons(rest)].map((at) => plainLine(rest.slice(0, at)))
      for (const name of found) add(name)
      const [only, second] = found
      if (
        only !== undefined &&
        second === undefined &&
        rest.length < MAX_NAME_UNITS &&
        LIKE_NOTICE.test(rest) &&
        noticeReason(rest) !== undefined
      )
        perhapsNotices.set(only, (perhapsNotices.get(only) ?? 0) + 1)
    },
    count: (name: string): number => counts.get(name) ?? 0,
    /** Names that hold a colon themselves: nobody wrote under their first part alone. */
    colonNames: (): string[] => {
      const found = new Map<string, string>()
      for (const [name, count] of counts) {
        const at = name.lastIndexOf(COLON)
        if (at < 0 || count < ENOUGH_MESSAGES) continue
        const shorter = name.slice(0, at)
        const own = (counts.get(shorter) ?? 0) - (perhapsNotices.get(shorter) ?? 0)
        if ((counts.get(shorter) === count || own === count) && looksLikeName(name.slice(at + COLON.length)))
          found.set(name, shorter)
      }
      // "A: B: C" needs "A: B" to be a name too.
      return [...found.keys()].filter((name) => {
        const shorter = found.get(name) ?? ''
        return !shorter.includes(COLON) || found.has(shorter)
      })
    },
  }
}

function looksLikeName(part: string): boolean {
  const words = part.split(' ')
  if (words.length > 4 || part.length > 40 || LABELS.test(part)) return false
  return words.every((word) => /^[\p{Lu}\p{Lt}\p{Lo}(+0-9]/u.test(word)) && !/[!?؟۔,،;]/.test(part)
}

/** Divides what follows a head into name and text; no author in a notice. */
export function splitAuthor(
  rest: string,
  names: { colonNames: readonly string[]; isKnown: (name: string) => boolean },
): AuthorSplit {
  const isNotice =
    names.colonNames.some((name) => plainLine(rest).startsWith(`${name} `)) && noticeReason(rest) !== undefined
  if (isNotice) return { author: undefined, text: rest }
  let best: AuthorSplit | undefined
  for (const at of colons(rest)) {
    const author = plainLine(rest.slice(0, at))
    if (best === undefined ? author !== '' : names.colonNames.includes(author))
      best = { author, text: rest.slice(at + COLON.length) }
  }
  if (best?.author !== undefined && NAMED_GROUP.test(best.author)) return { author: undefined, text: rest }
  if (best !== undefined) return best
  // Without a blank (an empty message, or a phone in Chinese) only the name of somebody who wrote elsewhere counts.
  const at = rest.indexOf(':')
  const author = at < 0 || at > MAX_NAME_UNITS ? '' : plainLine(rest.slice(0, at))
  const isMessage = author !== '' && (names.isKnown(author) || plainLine(rest.slice(at + 1)) === '')
  return isMessage ? { author, text: rest.slice(at + 1) } : { author: undefined, text: rest }
}
