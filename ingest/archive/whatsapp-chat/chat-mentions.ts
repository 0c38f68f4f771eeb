import { createHash } from 'node:crypto'
import { unread } from '../../../channels/unread.js'
import { instant } from '../../../channels/instants.js'
import type { Change } from '../../../schemas/mention.js'
import type { ArchiveEntry } from '../archive-entry.js'
import { readContent, type ChatContent } from './content.js'
import { plainLine } from './marks.js'
import type { ChatEntry } from './parser.js'

const MINUTE_MS = 60_000
/** Equal messages are counted within their minute, and minutes come back only within this. */
const REMEMBERED_MS = 24 * 60 * MINUTE_MS

export interface ChatMentionOptions {
  readonly group: string
  /** Called for each batch: when it arrived. */
  readonly receivedAt: () => string
}

/** The name of a group as ids hold it. */
export const groupKey = (group: string): string => plainLine(group)

/**
 * Turns entries of a chat into changes. A message's id is made of minute, author and words, and of its number among equal ones of that minute: what a
 * longer or shorter export of the same chat knows of it too.
 */
export function createChatMentions({ group, receivedAt }: ChatMentionOptions) {
  const key = groupKey(group)
  const seen = new Map<number, Map<string, number>>()

  const occurrence = (minute: number, sameness: string): number => {
    let counts = seen.get(minute)
    if (counts === undefined) {
      // Two exports in one file, one behind the other, are far apart: then counting begins again, and the same messages have the same ids.
      for (const other of seen.keys()) if (Math.abs(other - minute) * MINUTE_MS > REMEMBERED_MS) seen.delete(other)
      seen.set(minute, (counts = new Map<string, number>()))
    }
    const count = (counts.get(sameness) ?? 0) + 1
    counts.set(sameness, count)
    return count
  }
  const idOf = (message: ChatEntry & { kind: 'message' }, content: ChatContent): string => {
    const minute = Math.floor(message.atMs / MINUTE_MS)
    const words = content.sameness.split('\n').map(plainLine).join('\n').trim()
    const known = digest([minute, message.author, words])
    return `whatsapp:chat:${key}:${digest([known, occurrence(minute, known)]).slice(0, 24)}`
  }

  return (entry: ChatEntry): ArchiveEntry => {
    if (entry.kind === 'skipped') return entry
    if (entry.kind === 'unread') {
      const { text, line, detail } = entry
      return { kind: 'unread', line, unread: unread(`archive/${key}`, text, `line ${line}: ${detail}`) }
    }
    const content = readContent(entry.text)
    const change: Change = {
      type: 'written',
      mention: {
        schema: 'rabta.mention/1',
        id: idOf(entry, content),
        channel: 'whatsapp',
        source: `archive:${key}`,
        version: entry.atMs,
        kind: 'direct',
        text: content.text,
        author: { id: null, name: entry.author, handle: null, address: null, place: null },
        account: key,
        conversation: `whatsapp:chat:${key}`,
        private: true,
        inReplyTo: null,
        url: null,
        writtenAt: instant(entry.atMs),
        receivedAt: receivedAt(),
        media: [...content.media],
        location: content.location,
        mended: [...content.mended, ...(entry.isCut ? ['text-cut'] : [])],
      },
    }
    return { kind: 'change', line: entry.line, change }
  }
}

const digest = (parts: readonly (string | number)[]): string =>
  createHash('sha256').update(JSON.stringify(parts)).digest('hex')
