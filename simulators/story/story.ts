import { readFileSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import {
  CATEGORIES,
  LANGS,
  SENTIMENTS,
  SEVERITIES,
  type Category,
  type Lang,
  type Sentiment,
  type Severity,
} from '../../schemas/tags.js'

/** The account that the story's posts speak to. */
export const STORY_HANDLE = 'KPPoliceDemo'

/** A recent search that finds the posts of the story which do not name the account. */
export const STORY_SEARCH = '"KP Police" OR "کے پی پولیس" OR "خیبر پختونخوا پولیس" OR "پشاور پولیس"'

export interface StoryAuthor {
  /** Also the username on X. */
  key: string
  name: string
  /** The place stated in the profile; empty where none is. */
  place: string
  /** What WhatsApp shows of the author: the number, the number and the user id, or a username without number. */
  whatsapp: 'number' | 'both' | 'username'
  /** A number that belongs to nobody (0300-0000xxx), in digits. */
  waId: string
  userId: string
}

const X_KINDS = ['post', 'reply', 'quote', 'edit'] as const
const WHATSAPP_KINDS = [
  'text',
  'image',
  'video',
  'audio',
  'document',
  'sticker',
  'location',
  'reaction',
  'button',
  'unsupported',
] as const
/** A visitor's post on the page, a comment under a post of the page, a message by Messenger. */
const FACEBOOK_KINDS = ['post', 'comment', 'message'] as const
const KINDS = {
  x: X_KINDS,
  facebook: FACEBOOK_KINDS,
  whatsapp: WHATSAPP_KINDS,
  sms: ['text'],
  news: ['article'],
} as const
type StoryChannel = keyof typeof KINDS
type StoryKind = (typeof KINDS)[StoryChannel][number]
const CHANNELS = Object.keys(KINDS) as StoryChannel[]

/** One message of the story with the tags a careful person would give it; the columns of the files, in their order. */
export interface StoryMessage {
  id: string
  text: string
  lang: Lang
  districts: readonly string[]
  category: Category
  alert: boolean
  severity: Severity
  sentiment: Sentiment
  note: string
  /** Seconds into the play; null for what comes after it. */
  atSeconds: number | null
  channel: StoryChannel
  author: StoryAuthor
  kind: StoryKind
  /** The id of the story's message that it answers, quotes, edits or reacts to. */
  ref: string | null
  /** By kind: media type (and file name), `latitude,longitude,name`, emoji, button payload, `forwarded:once`, `forwarded:often`, the unit whose number an SMS is sent to, or the outlet of an article. */
  detail: string
}

export interface Story {
  /** The three minutes, in the order of play. */
  played: readonly StoryMessage[]
  /** Ordinary messages that are kept for afterwards. */
  afterwards: readonly StoryMessage[]
  authors: readonly StoryAuthor[]
}

const COLUMNS = [
  'id',
  'text',
  'lang',
  'districts',
  'category',
  'alert',
  'severity',
  'sentiment',
  'note',
  'at',
  'channel',
  'author',
  'kind',
  'ref',
  'detail',
] as const
const AUTHOR_COLUMNS = ['key', 'name', 'place', 'whatsapp'] as const
const AUTHORS_FILE = 'authors.tsv'

function readTsv<Column extends string>(path: string, columns: readonly Column[]): Record<Column, string>[] {
  const [head, ...lines] = readFileSync(path, 'utf8').split('\n')
  if (head !== columns.join('\t')) throw new Error(`${path}: the first line must name the columns ${columns.join(' ')}`)
  return lines
    .filter((line) => line !== '')
    .map((line, index) => {
      const cells = line.split('\t')
      if (cells.length !== columns.length) throw new Error(`${path}:${index + 2}: ${cells.length} columns`)
      return Object.fromEntries(columns.map((column, at) => [column, cells[at] ?? ''])) as Record<Column, string>
    })
}

function oneOf<Value extends string>(value: string, values: readonly Value[], where: string): Value {
  const found = values.find((known) => known === value)
  if (found === undefined) throw new Error(`${where}: ${JSON.stringify(value)} is none of ${values.join(', ')}`)
  return found
}

function readAuthors(folder: string): StoryAuthor[] {
  return readTsv(join(folder, AUTHORS_FILE), AUTHOR_COLUMNS).map((row, index) => {
    const number = 200 + index
    return {
      key: row.key,
      name: row.name,
      place: row.place,
      whatsapp: oneOf(row.whatsapp, ['number', 'both', 'username'] as const, `${AUTHORS_FILE}, ${row.key}`),
      waId: `923000000${number}`,
      userId: `PK.70000000000${number}`,
    }
  })
}

function readMessage(
  row: Record<(typeof COLUMNS)[number], string>,
  authors: ReadonlyMap<string, StoryAuthor>,
): StoryMessage {
  const where = `story message ${row.id}`
  const channel = oneOf(row.channel, CHANNELS, where)
  const author = authors.get(row.author)
  if (author === undefined) throw new Error(`${where}: no author ${row.author} in ${AUTHORS_FILE}`)
  const atSeconds = row.at === '' ? null : Number(row.at)
  if (Number.isNaN(atSeconds)) throw new Error(`${where}: at is no number`)
  return {
    id: row.id,
    text: row.text.replaceAll('\\n', '\n'),
    lang: oneOf(row.lang, LANGS, where),
    districts: row.districts === '' ? [] : row.districts.split(';'),
    category: oneOf(row.category, CATEGORIES, where),
    alert: oneOf(row.alert, ['yes', 'no'] as const, where) === 'yes',
    severity: oneOf(row.severity, SEVERITIES, where),
    sentiment: oneOf(row.sentiment, SENTIMENTS, where),
    note: row.note,
    atSeconds,
    channel,
    author,
    kind: oneOf<StoryKind>(row.kind, KINDS[channel], where),
    ref: row.ref === '' ? null : row.ref,
    detail: row.detail,
  }
}

/**
 * Reads the story from its folder (`simulators/story` of the package): `authors.tsv`, and every other `.tsv` as messages.
 * Throws with file and line, or the message's id, at the first mistake.
 */
export function loadStory(folder: string): Story {
  const authors = readAuthors(folder)
  const byKey = new Map(authors.map((author) => [author.key, author]))
  const messages = readdirSync(folder)
    .filter((name) => name.endsWith('.tsv') && name !== AUTHORS_FILE)
    .sort()
    .flatMap((name) => readTsv(join(folder, name), COLUMNS))
    .map((row) => readMessage(row, byKey))
  const ids = new Set(messages.map((message) => message.id))
  if (ids.size !== messages.length) throw new Error('two messages of the story share an id')
  for (const { id, ref } of messages) {
    if (ref !== null && !ids.has(ref)) throw new Error(`story message ${id}: no message ${ref}`)
  }
  return {
    played: messages
      .filter((message) => message.atSeconds !== null)
      .sort((a, b) => (a.atSeconds ?? 0) - (b.atSeconds ?? 0)),
    afterwards: messages.filter((message) => message.atSeconds === null),
    authors,
  }
}
