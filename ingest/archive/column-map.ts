import { parse } from 'yaml'
import { fields } from '../../channels/fields.js'
import { Failure } from '../../runtime/failure.js'
import { CHANNELS, type Channel } from '../../schemas/mention.js'

/** What a column or a path of an archive may be. */
export const MAPPED = [
  'text',
  'id',
  'channel',
  'author',
  'authorId',
  'handle',
  'address',
  'place',
  'at',
  'url',
  'account',
  'conversation',
  'inReplyTo',
] as const
export type Mapped = (typeof MAPPED)[number]

export type ColumnMap = Readonly<Partial<Record<Mapped, string>>>

const refuse = (message: string, cause?: unknown): Failure =>
  new Failure('invalid-payload', message, { retryable: false, ...(cause === undefined ? {} : { cause }) })

const isMapped = (name: string): name is Mapped => MAPPED.some((known) => known === name)

/** `text=Message,author=User`; a column whose name holds a comma goes into a map file. Throws a Failure `invalid-payload` that says what is wrong. */
export function parseMap(text: string): ColumnMap {
  const pairs = text.split(',').map((part) => {
    const at = part.indexOf('=')
    if (at <= 0) throw refuse(`"${part.trim()}" is no part of a map: write field=Column, such as text=Message,at=Date`)
    return [part.slice(0, at).trim(), part.slice(at + 1).trim()] as const
  })
  return checkMap(pairs)
}

/** A saved map: YAML or JSON, one field a line. Throws as `parseMap`. */
export function parseMapFile(text: string): ColumnMap {
  let value: unknown
  try {
    value = parse(text)
  } catch (cause) {
    throw refuse('the map file is neither YAML nor JSON', cause)
  }
  const object = fields(value)
  if (object === undefined) throw refuse('the map file holds no fields: write one a line, such as text: Message')
  return checkMap(
    Object.entries(object).map(([name, column]) => [name, typeof column === 'string' ? column.trim() : '']),
  )
}

function checkMap(pairs: readonly (readonly [string, string])[]): ColumnMap {
  const map: Partial<Record<Mapped, string>> = {}
  for (const [name, column] of pairs) {
    if (!isMapped(name)) throw refuse(`a map has no field ${name}: write some of ${MAPPED.join(', ')}`)
    if (column === '') throw refuse(`the map names no column for ${name}`)
    if (map[name] !== undefined) throw refuse(`the map names two columns for ${name}`)
    map[name] = column
  }
  if (map.text === undefined) throw refuse('the map names no column for text')
  return map
}

const PLATFORMS: readonly (readonly [Channel, RegExp])[] = [
  ['x', /^(?:x|twitter|x ?\(.*twitter.*\)|tweet)$/],
  ['facebook', /^(?:facebook|fb|messenger|meta)$/],
  ['whatsapp', /^(?:whats ?app|wa)$/],
  ['sms', /^(?:sms|text|text message|mobile)$/],
  ['news', /^(?:news|rss|press|web|website|newspaper)$/],
]

/** The channel that a platform's name means; undefined where none of ours. */
export function channelNamed(name: string): Channel | undefined {
  const plain = name.trim().toLowerCase()
  return CHANNELS.find((channel) => channel === plain) ?? PLATFORMS.find(([, test]) => test.test(plain))?.[0]
}
