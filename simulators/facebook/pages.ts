import type { Answer, ReceivedRequest } from '../loopback.js'
import { metaJson, type Json } from '../whatsapp/wire.js'
import { graphFailure } from './errors.js'
import type { FacebookFault } from './faults.js'

/** An item of a list with the moment it is ordered by. */
export interface Row {
  readonly key: string
  readonly atMs: number
  readonly order: number
  readonly json: Json
}

const KNOWN_FIELDS = new Set([
  ...['id', 'message', 'story', 'from', 'to', 'created_time', 'updated_time', 'tagged_time', 'permalink_url', 'place'],
  ...['full_picture', 'attachments', 'attachment', 'parent', 'participants', 'shares', 'sticker', 'is_hidden'],
])

/** The names asked for at the top, without what is asked for inside them. */
function namesOf(asked: string): string[] {
  let depth = 0
  let flat = ''
  for (const unit of asked) {
    if (unit === '{' || unit === '(') depth += 1
    else if (unit === '}' || unit === ')') depth -= 1
    else if (depth === 0) flat += unit
  }
  return flat.split(',').map((name) => (name.split('.')[0] ?? '').trim())
}

export interface ListOptions {
  /** `time`: the next page is named by `until` and a token, as some lists do it; else by a cursor. */
  readonly paging: 'cursor' | 'time'
  readonly base: string
  readonly isNewestFirst: boolean
}

/** One page of a list as the Graph API answers it, bent by a fault. */
export function answerList(
  rows: readonly Row[],
  request: ReceivedRequest,
  options: ListOptions,
  fault: FacebookFault | undefined,
): Answer {
  const { query } = request
  const asked = query.get('fields')
  const names = asked === null ? undefined : new Set(['id', ...namesOf(asked)])
  const strange = [...(names ?? [])].find((name) => !KNOWN_FIELDS.has(name))
  if (strange !== undefined)
    return graphFailure(100, undefined, `(#100) Tried accessing nonexisting field (${strange})`)
  const limit = Number(query.get('limit') ?? '25')
  if (!Number.isInteger(limit) || limit < 1 || limit > 100)
    return graphFailure(100, undefined, '(#100) limit must be between 1 and 100')
  const since = Number(query.get('since') ?? '0') * 1000
  const sorted = [...rows]
    .filter(({ atMs }) => Math.floor(atMs / 1000) * 1000 >= since)
    .sort((a, b) => (options.isNewestFirst ? -1 : 1) * (a.atMs - b.atMs || a.order - b.order))
  const start = placeAfter(sorted, query)
  if (start === undefined) return graphFailure(100, undefined, '(#100) The cursor is not valid any more')
  const shown = fault?.kind === 'empty' ? [] : sorted.slice(start, start + limit)
  const last = shown.at(-1)
  const hasMore = last !== undefined && start + limit < sorted.length
  const data = shown.map(({ json }) => bend(only(json, names), fault))
  if (fault?.kind === 'no-data') return ok({ summary: {} })
  const body: Json = { data: fault?.kind === 'duplicate' ? data.flatMap((item) => [item, item]) : data }
  if (last !== undefined) body['paging'] = pagingOf(last, shown[0] ?? last, hasMore, request, options)
  return ok(body)
}

const ok = (body: Json): Answer => ({ status: 200, body: metaJson(body) })

const cursorOf = (row: Row): string => Buffer.from(row.key).toString('base64url')

function placeAfter(sorted: readonly Row[], query: URLSearchParams): number | undefined {
  const token = query.get('after') ?? query.get('__paging_token')
  if (token === null) return 0
  const key = Buffer.from(token, 'base64url').toString()
  const index = sorted.findIndex((row) => row.key === key)
  return index < 0 ? undefined : index + 1
}

function pagingOf(last: Row, first: Row, hasMore: boolean, request: ReceivedRequest, options: ListOptions): Json {
  const next = new URL(request.path, options.base)
  for (const [name, value] of request.query) next.searchParams.set(name, value)
  if (options.paging === 'time') {
    next.searchParams.set('until', String(Math.floor(last.atMs / 1000)))
    next.searchParams.set('__paging_token', cursorOf(last))
    return hasMore ? { next: next.href } : {}
  }
  next.searchParams.set('after', cursorOf(last))
  return { cursors: { before: cursorOf(first), after: cursorOf(last) }, ...(hasMore ? { next: next.href } : {}) }
}

function only(json: Json, names: ReadonlySet<string> | undefined): Json {
  if (names === undefined) return json
  return Object.fromEntries(Object.entries(json).filter(([name]) => names.has(name)))
}

function bend(json: Json, fault: FacebookFault | undefined): Json {
  if (fault?.kind !== 'renamed') return json
  const { message, from, ...rest } = json
  return {
    ...rest,
    ...(message === undefined ? {} : { text: message }),
    ...(from === undefined ? {} : { author: from }),
  }
}
