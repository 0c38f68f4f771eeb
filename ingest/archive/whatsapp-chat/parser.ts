import { wallClockOf } from '../local-time.js'
import type { TextLine } from '../text-lines.js'
import { splitAuthor } from './authors.js'
import { wallTimeOf, type ChatForm } from './form.js'
import { readHead, type Head } from './head.js'
import { plainLine } from './marks.js'
import { emptyMessageReason, isEncryptionNotice, noticeReason } from './notices.js'

/** One message of an exported chat, or one line that is none. */
export type ChatEntry =
  | {
      readonly kind: 'message'
      readonly line: number
      readonly atMs: number
      readonly author: string
      readonly text: string
      readonly isCut: boolean
    }
  | { readonly kind: 'skipped'; readonly line: number; readonly reason: string }
  | { readonly kind: 'unread'; readonly line: number; readonly text: string; readonly detail: string }

export interface ChatParserOptions {
  readonly form: ChatForm
  readonly zone: string
  /** The chat's own name: an iPhone writes notices under it. */
  readonly group: string
}

/** A message is cut behind this by what takes it in; no more is held. */
const MAX_TEXT_UNITS = 110_000
const HOUR_MS = 3_600_000
const SLIGHTLY_LATE_MS = HOUR_MS
const LATE_MS = 12 * HOUR_MS
const DAY_MS = 24 * HOUR_MS
/** More messages than this are not quoted in one message. */
const MAX_QUOTED = 30

interface Open {
  readonly line: number
  readonly atMs: number
  readonly author: string | undefined
  text: string
  isCut: boolean
  /** Its words hold a line that looks like the beginning of a message. */
  quotes: boolean
}

interface Held {
  readonly open: Open
  /** The lines as they stand in the file, should they be a quotation. */
  raw: string
}

/**
 * Reads a chat line by line and gives its entries in order. A line that begins like a message begins one, unless it goes back in time as only a
 * quotation does: within a message that quotes already, or by more than an hour to somebody who never writes here, or by more than twelve hours and
 * forward again soon after. Such lines stay words of the message they stand in. Never throws on content; holds one message and a quotation.
 */
export function createChatParser({ form, zone, group }: ChatParserOptions) {
  const epochOf = wallClockOf(zone)
  const plainGroup = plainLine(group)
  const names = { colonNames: form.colonNames, isKnown: (name: string) => form.messagesOf(name) > 0 }
  let entries: ChatEntry[] = []
  let number = 0
  let open: Open | undefined
  let held: Held[] = []
  const foundAuthors = new Map<string, number>()

  const headAt = (text: string): { head: Head; atMs: number } | undefined => {
    const head = readHead(text)
    if (head?.signature !== form.signature) return undefined
    if (head.order !== undefined && head.order !== form.order && !/^\S+ [dMy]/.test(head.signature)) return undefined
    const time = wallTimeOf(head, form.order)
    const atMs = time === undefined ? undefined : epochOf(time)
    return atMs === undefined || atMs > form.latestMs ? undefined : { head, atMs }
  }

  const emit = (message: Open) => {
    entries.push(asEntry(message))
    if (message.author !== undefined) foundAuthors.set(message.author, (foundAuthors.get(message.author) ?? 0) + 1)
  }
  const asEntry = ({ line, atMs, author, text, isCut }: Open): ChatEntry => {
    if (author === undefined)
      return { kind: 'skipped', line, reason: noticeReason(text) ?? 'a line without an author: a notice of WhatsApp' }
    const reason = emptyMessageReason(text) ?? attributedNotice(author, text)
    return reason === undefined
      ? { kind: 'message', line, atMs, author, text, isCut }
      : { kind: 'skipped', line, reason }
  }
  /** An iPhone writes notices as if the chat, or whoever did it, had sent them. */
  const attributedNotice = (author: string, text: string): string | undefined => {
    if (text.length > 600 || text.includes('\n')) return undefined
    if (isEncryptionNotice(text)) return 'the notice of encryption'
    const plain = plainLine(text)
    const isChat = form.subjects.has(author) || author === plainGroup
    const isMarked = text.startsWith('\u200e')
    const saysWho = plain.startsWith(`${author} `) || /^(?:you|your|this|messages|آپ|یہ|اس) /i.test(plain)
    return (isChat && (isMarked || saysWho)) || (isMarked && saysWho) ? noticeReason(text) : undefined
  }

  const extend = (message: Open, line: string, isCut: boolean) => {
    if (message.text.length + line.length + 1 > MAX_TEXT_UNITS) message.isCut = true
    message.text = `${message.text}\n${line}`.slice(0, MAX_TEXT_UNITS)
    message.isCut ||= isCut
    message.quotes ||= readHead(line) !== undefined
  }
  const begin = (head: Head, atMs: number, isCut: boolean): Open => {
    const { author, text } = splitAuthor(head.rest, names)
    return {
      line: number,
      atMs,
      author,
      text: text.slice(0, MAX_TEXT_UNITS),
      isCut,
      quotes: readHead(text) !== undefined,
    }
  }
  /** Somebody who wrote at least once besides what may be quoted: of that, only what is of the same day is counted with the messages. */
  const isKnown = (author: string, backMs: number) =>
    (foundAuthors.get(author) ?? 0) > 0 || form.messagesOf(author) > (backMs < DAY_MS ? 1 : 0)

  const acceptHeld = () => {
    for (const { open: one } of held) {
      if (open !== undefined) emit(open)
      open = one
    }
    held = []
  }
  const quoteHeld = () => {
    if (open !== undefined) for (const { raw } of held) for (const line of raw.split('\n')) extend(open, line, false)
    held = []
  }

  /** What a line that begins like a message is, where one is open already. */
  const judge = (current: Open, next: Open): 'message' | 'quoted' | 'perhaps' => {
    const backMs = current.atMs - next.atMs
    if (backMs <= 0 || current.author === undefined || next.author === undefined) return 'message'
    if (current.quotes) return 'quoted'
    if (backMs <= SLIGHTLY_LATE_MS) return 'message'
    return backMs > LATE_MS || !isKnown(next.author, backMs) ? 'perhaps' : 'message'
  }

  const takeHead = (text: string, next: Open) => {
    if (held.length > 0 && open !== undefined) {
      if (next.atMs < open.atMs && held.length < MAX_QUOTED) {
        held.push({ open: next, raw: text })
        return
      }
      if (next.atMs >= open.atMs) quoteHeld()
      else acceptHeld()
    }
    const judgement = open === undefined ? 'message' : judge(open, next)
    if (open !== undefined && judgement === 'quoted') extend(open, text, false)
    else if (judgement === 'perhaps') held = [{ open: next, raw: text }]
    else {
      if (open !== undefined) emit(open)
      open = next
    }
  }
  const continueLine = ({ text, isCut }: TextLine) => {
    const last = held.at(-1)
    if (last !== undefined) {
      extend(last.open, text, isCut)
      if (last.raw.length < MAX_TEXT_UNITS) last.raw += `\n${text}`
    } else if (open !== undefined) extend(open, text, isCut)
    else if (plainLine(text) !== '')
      entries.push({
        kind: 'unread',
        line: number,
        text: text.slice(0, MAX_TEXT_UNITS),
        detail: 'a line before the first message',
      })
  }

  const drain = (): ChatEntry[] => {
    const taken = entries
    entries = []
    return taken
  }
  return {
    take: (lines: readonly TextLine[]): ChatEntry[] => {
      for (const line of lines) {
        number++
        const found = headAt(line.text)
        if (found === undefined) continueLine(line)
        else takeHead(line.text, begin(found.head, found.atMs, line.isCut))
      }
      return drain()
    },
    end: (): ChatEntry[] => {
      // The file ends within what went back: a quotation only where nobody of them ever writes otherwise.
      if (held.some(({ open: one }) => one.author !== undefined && isKnown(one.author, DAY_MS))) acceptHeld()
      else quoteHeld()
      if (open !== undefined) emit(open)
      open = undefined
      return drain()
    },
  }
}
