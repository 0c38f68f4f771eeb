import { TypeCompiler } from '@sinclair/typebox/compiler'
import { createHash } from 'node:crypto'
import { fields, label, type Fields } from '../channels/fields.js'
import { epochOfIso, epochOfSeconds, instant } from '../channels/instants.js'
import { Change, CHANNELS, Mention, type Channel } from '../schemas/mention.js'
import { sanitiseChange } from './sanitise.js'

const mentionSchema = TypeCompiler.Compile(Mention)
const changeSchema = TypeCompiler.Compile(Change)

export type ReplayLine = { readonly change: Change; readonly id: string } | { readonly bad: string }

const KINDS: Record<Channel, Mention['kind']> = {
  x: 'post',
  facebook: 'comment',
  whatsapp: 'direct',
  sms: 'direct',
  news: 'article',
}

/**
 * One line of a replay file: a whole Mention, a Change, or a plain `{"id", "text", channel?, author?, writtenAt?, …}`. A plain line's mention is
 * `replay:<id>`, or `replay:` and a digest of text and line number where it has none: the same file always gives the same mentions. Never throws.
 */
export function readReplayLine(text: string, lineNumber: number, receivedAt: string, source = 'replay'): ReplayLine {
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch {
    return { bad: 'not JSON' }
  }
  const object = fields(value)
  if (object === undefined) return { bad: 'not a JSON object' }
  const whole = wholeChange(object)
  if (whole === 'misfit') return { bad: 'says it is a mention or a change, and does not fit the schema' }
  if (whole !== undefined) return { change: whole, id: whole.type === 'deleted' ? whole.id : whole.mention.id }
  return readPlainFields(object, { lineNumber, receivedAt, source, prefix: 'replay' })
}

export interface PlainContext {
  readonly lineNumber: number
  readonly receivedAt: string
  /** The mention's source. */
  readonly source: string
  /** What its id begins with, before a colon. */
  readonly prefix: string
}

/** Plain fields (`id`, `text`, `channel`, `author`, `writtenAt`, …) as a mention. Never throws. */
export function readPlainFields(object: Fields, context: PlainContext): ReplayLine {
  if (typeof object['text'] !== 'string') return { bad: 'no text' }
  const channel = object['channel'] ?? 'x'
  if (!isChannel(channel)) return { bad: `channel is none of ${CHANNELS.join(', ')}` }
  return checked({ type: 'written', mention: plainMention(object, object['text'], { ...context, channel }) })
}

function wholeChange(object: Fields): Change | 'misfit' | undefined {
  if (object['schema'] === 'rabta.mention/1') return fit({ type: 'written', mention: object as unknown as Mention })
  if (object['type'] === 'deleted' || fields(object['mention']) !== undefined) return fit(object as unknown as Change)
  return undefined
}

/** Checked before it is mended too, for mending believes the types. */
function fit(change: Change): Change | 'misfit' {
  const isShaped =
    change.type === 'deleted'
      ? changeSchema.Check(change)
      : mentionSchema.Check({ ...change.mention, text: shortened(change.mention.text) })
  if (!isShaped) return 'misfit'
  const clean = sanitiseChange(change)
  return changeSchema.Check(clean) ? clean : 'misfit'
}

/** A text that is only too long is no misfit: mending cuts it. */
const shortened = (text: unknown): unknown => (typeof text === 'string' ? '' : text)

function checked(change: Extract<Change, { mention: Mention }>): ReplayLine {
  const clean = sanitiseChange(change)
  if (clean.type === 'deleted' || !changeSchema.Check(clean)) return { bad: 'does not fit the schema of a mention' }
  return { change: clean, id: clean.mention.id }
}

function plainMention(object: Fields, text: string, of: PlainContext & { readonly channel: Channel }): Mention {
  const ownId = label(object['id'])
  const id = `${of.prefix}:${ownId ?? createHash('sha256').update(`${of.lineNumber}\n${text}`).digest('hex').slice(0, 24)}`
  const writtenMs = epochOfIso(object['writtenAt']) ?? epochOfSeconds(object['writtenAt'])
  const isPrivate = of.channel === 'whatsapp' || of.channel === 'sms'
  const author = readAuthor(object['author'])
  return {
    schema: 'rabta.mention/1',
    id,
    channel: of.channel,
    source: of.source,
    version: writtenMs ?? 0,
    kind: KINDS[of.channel],
    text,
    author,
    account: label(object['account']) ?? null,
    conversation: label(object['conversation']) ?? (isPrivate && author.id !== null ? `${of.prefix}:${author.id}` : id),
    private: isPrivate,
    inReplyTo: label(object['inReplyTo']) ?? null,
    url: label(object['url']) ?? null,
    writtenAt: writtenMs === undefined ? of.receivedAt : instant(writtenMs),
    receivedAt: of.receivedAt,
    media: [],
    location: null,
    mended: [],
  }
}

function readAuthor(value: unknown): Mention['author'] {
  const author = fields(value)
  if (author === undefined) return { id: null, name: label(value) ?? null, handle: null, address: null, place: null }
  const part = (name: string) => label(author[name]) ?? null
  return { id: part('id'), name: part('name'), handle: part('handle'), address: part('address'), place: part('place') }
}

const isChannel = (value: unknown): value is Channel => CHANNELS.some((channel) => channel === value)
