import type { Change } from '../../schemas/mention.js'
import { fields, label, list } from '../fields.js'
import { unread, type Unread } from '../unread.js'
import { wordsOf } from './failures.js'
import { parseJson } from './library.js'
import { readPosts } from './read.js'

export interface XLineReading {
  readonly changes: readonly Change[]
  readonly unread: readonly Unread[]
  /** X's words, where the line announces that it ends the stream; those of a partial error are not. */
  readonly disconnect: string | undefined
}

export interface XLineContext {
  readonly source: string
  readonly receivedAt: string
  /** Our account by the id of the rule that brought the post. */
  readonly accounts: ReadonlyMap<string, string>
}

/** Reads one line of the stream, `{data, includes, matching_rules}` in either naming or `{errors}`; takes any text and never throws. */
export function readStreamLine(text: string, context: XLineContext): XLineReading {
  return readStreamPayload(parseJson(text) ?? text, context)
}

/** The same for a line that is a value already, as dead letters keep it; one that was no JSON is kept as its text. */
export function readStreamPayload(payload: unknown, context: XLineContext): XLineReading {
  const origin = `sources/${context.source}`
  const body = fields(payload)
  if (body === undefined) {
    return {
      changes: [],
      unread: [unread(origin, payload, 'a line that is no JSON object')],
      disconnect: undefined,
    }
  }
  const data = body['data']
  if (data === undefined || data === null) {
    if (list(body['errors']).length > 0 || fields(body['error']) !== undefined)
      return { changes: [], unread: [], disconnect: wordsOfAll(body) }
    return {
      changes: [],
      unread: [unread(origin, payload, 'a line without data and without errors')],
      disconnect: undefined,
    }
  }
  const { changes, unread: failed } = readPosts(body, {
    source: context.source,
    account: accountOf(body['matching_rules'], context.accounts),
    receivedAt: context.receivedAt,
  })
  const isNothing = changes.length === 0 && failed.length === 0
  return {
    changes,
    unread: isNothing ? [unread(origin, payload, 'a line whose data holds no post')] : failed,
    disconnect: undefined,
  }
}

function accountOf(matching: unknown, accounts: ReadonlyMap<string, string>): string | null {
  for (const entry of list(matching)) {
    const account = accounts.get(label(fields(entry)?.['id']) ?? '')
    if (account !== undefined) return account
  }
  return null
}

function wordsOfAll(body: Readonly<Record<string, unknown>>): string {
  const words = [...list(body['errors']), body['error']].flatMap((entry) => wordsOf(entry) ?? [])
  return words.length === 0 ? 'no reason given' : [...new Set(words)].join('; ').slice(0, 400)
}
