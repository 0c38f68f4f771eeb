import { unread } from '../../../channels/unread.js'
import type { Reading } from '../../../channels/hook.js'
import { Failure } from '../../../runtime/failure.js'
import type { Change } from '../../../schemas/mention.js'
import type { ArchiveEntry } from '../archive-entry.js'
import { linesOf, type TextLine } from '../text-lines.js'
import { createChatMentions, groupKey } from './chat-mentions.js'
import { createFormFinder, type ChatForm } from './form.js'
import type { DateOrder } from './head.js'
import { createChatParser } from './parser.js'

export interface ChatOptions {
  /** The group as it is called in ids and on the desk. */
  readonly group: string
  /** The zone of the phone's clock. */
  readonly zone: string
  readonly dateOrder?: DateOrder | undefined
  /** Names that hold a colon and a blank, which no count can tell from words. */
  readonly authors?: readonly string[] | undefined
}

export const DEFAULT_ZONE = 'Asia/Karachi'

/**
 * The whole text of an exported chat as changes, what was left out with its reason, and what could not be read. Never throws on content: where the
 * order of the dates is not certain, everything is one unread part that says which option decides it.
 */
export function readWhatsAppChat(text: string, receivedAt: string, options: Partial<ChatOptions> = {}): Reading {
  const chat = { group: 'unnamed', zone: DEFAULT_ZONE, ...options }
  const lines = linesOf(text)
  const finder = createFormFinder({ ...chat, nowMs: Date.parse(receivedAt) })
  for (const line of lines) finder.line(line.text)
  const decision = finder.decide()
  if ('problem' in decision)
    return {
      changes: [],
      statuses: [],
      skipped: [],
      unread: [unread(`archive/${groupKey(chat.group)}`, text, decision.problem)],
    }
  const read = createChatReader(decision.form, { ...chat, receivedAt: () => receivedAt })
  const entries = [...read.take(lines), ...read.end()]
  const changes: Change[] = []
  for (const entry of entries) if (entry.kind === 'change') changes.push(entry.change)
  return {
    changes,
    statuses: [],
    skipped: entries.flatMap((entry) => (entry.kind === 'skipped' ? [{ reason: entry.reason }] : [])),
    unread: entries.flatMap((entry) => (entry.kind === 'unread' ? [entry.unread] : [])),
  }
}

/** The chat whose form is decided, line by line. */
export function createChatReader(form: ChatForm, options: ChatOptions & { readonly receivedAt: () => string }) {
  const parser = createChatParser({ form, zone: options.zone, group: options.group })
  const asArchive = createChatMentions(options)
  return {
    take: (lines: readonly TextLine[]): ArchiveEntry[] => parser.take(lines).map(asArchive),
    end: (): ArchiveEntry[] => parser.end().map(asArchive),
  }
}

/** Decides the form of a chat from all its lines. Throws a Failure `invalid-payload` that says what to write where it cannot be decided. */
export async function findForm(
  lines: AsyncIterable<readonly TextLine[]>,
  options: ChatOptions & { readonly nowMs: number },
): Promise<ChatForm> {
  const finder = createFormFinder(options)
  for await (const some of lines) for (const line of some) finder.line(line.text)
  const decision = finder.decide()
  if ('problem' in decision) throw new Failure('invalid-payload', decision.problem, { retryable: false })
  return decision.form
}
