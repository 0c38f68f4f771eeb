import { invalidRequest, notFound } from './problems.js'
import type { Answer } from '../loopback.js'
import type { FaultKind } from '../faults.js'
import { compareIds, snowflakeTimeMs, type XPost, type XTimeline } from './timeline.js'
import { askedFor, expand, renderPost, type Json, type XNaming } from './wire.js'

/** What differs between the timelines that are read in pages. */
export interface PageRules {
  minResults: number
  tokenParameters: readonly string[]
  /** Older than this is refused by name; undefined where X keeps silent about it. */
  windowMs?: number
}

const COMMON = [
  'max_results',
  'since_id',
  'until_id',
  'start_time',
  'end_time',
  'tweet.fields',
  'post.fields',
  'user.fields',
  'expansions',
  'media.fields',
  'place.fields',
  'poll.fields',
] as const

const INSTANT = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)$/
const TOKEN_PREFIX = 'b26v89c19zqg8o3f'

function encodeToken(untilId: string): string {
  return TOKEN_PREFIX + Buffer.from(untilId).toString('base64url')
}

function decodeToken(token: string): string | undefined {
  if (!token.startsWith(TOKEN_PREFIX)) return undefined
  const id = Buffer.from(token.slice(TOKEN_PREFIX.length), 'base64url').toString()
  return /^\d{1,19}$/.test(id) ? id : undefined
}

interface Wanted {
  maxResults: number
  sinceId?: string
  untilId?: string
  fromMs?: number
  toMs?: number
  pageUntilId?: string
}

function readIds(query: URLSearchParams, wanted: Wanted, rules: PageRules, nowMs: number): Answer | undefined {
  for (const name of ['since_id', 'until_id'] as const) {
    const value = query.get(name)
    if (value === null) continue
    if (!/^\d{1,19}$/.test(value)) {
      return invalidRequest(`The \`${name}\` query parameter value [${value}] is not valid`, { [name]: [value] })
    }
    if (rules.windowMs !== undefined && snowflakeTimeMs(value) < nowMs - rules.windowMs) {
      const oldest = new Date(nowMs - rules.windowMs).toISOString()
      return invalidRequest(
        `'${name}' must be a tweet id created after ${oldest}. Please use a '${name}' that is larger.`,
        { [name]: [value] },
      )
    }
    if (name === 'since_id') wanted.sinceId = value
    else wanted.untilId = value
  }
  return undefined
}

function readTimes(query: URLSearchParams, wanted: Wanted, rules: PageRules, nowMs: number): Answer | undefined {
  for (const name of ['start_time', 'end_time'] as const) {
    const value = query.get(name)
    if (value === null) continue
    const ms = Date.parse(value)
    const fault = !INSTANT.test(value) || Number.isNaN(ms) ? 'is not a valid RFC3339 date time' : undefined
    const old = rules.windowMs !== undefined && ms < nowMs - rules.windowMs
    if (fault !== undefined || old) {
      const reason = fault ?? `must be after ${new Date(nowMs - (rules.windowMs ?? 0)).toISOString()}`
      return invalidRequest(`Invalid '${name}':'${value}'. '${name}' ${reason}`, { [name]: [value] })
    }
    if (name === 'start_time') wanted.fromMs = ms
    else wanted.toMs = ms
  }
  return undefined
}

function readWanted(
  query: URLSearchParams,
  rules: PageRules,
  extra: readonly string[],
  nowMs: number,
): Wanted | Answer {
  const known = new Set<string>([...COMMON, ...rules.tokenParameters, ...extra])
  for (const name of query.keys()) {
    if (!known.has(name)) {
      return invalidRequest(`The query parameter [${name}] is not one of [${[...known].join(',')}]`, { [name]: [] })
    }
  }
  const raw = query.get('max_results')
  const maxResults = raw === null ? 10 : Number(raw)
  if (!Number.isInteger(maxResults) || maxResults < rules.minResults || maxResults > 100) {
    return invalidRequest(
      `The \`max_results\` query parameter value [${raw}] is not between ${rules.minResults} and 100`,
      { max_results: [raw ?? ''] },
    )
  }
  const wanted: Wanted = { maxResults }
  const refusal = readIds(query, wanted, rules, nowMs) ?? readTimes(query, wanted, rules, nowMs)
  if (refusal !== undefined) return refusal
  for (const name of rules.tokenParameters) {
    const token = query.get(name)
    if (token === null) continue
    const untilId = decodeToken(token)
    if (untilId === undefined) {
      return invalidRequest(`The \`${name}\` query parameter value [${token}] is not valid`, { [name]: [token] })
    }
    wanted.pageUntilId = untilId
  }
  return wanted
}

function fits(post: XPost, wanted: Wanted): boolean {
  if (wanted.sinceId !== undefined && compareIds(post.id, wanted.sinceId) <= 0) return false
  if (wanted.untilId !== undefined && compareIds(post.id, wanted.untilId) >= 0) return false
  if (wanted.pageUntilId !== undefined && compareIds(post.id, wanted.pageUntilId) >= 0) return false
  if (wanted.fromMs !== undefined && post.createdAtMs < wanted.fromMs) return false
  return wanted.toMs === undefined || post.createdAtMs < wanted.toMs
}

/** One page of `posts` (newest first) as X would answer it, bent by `fault` where one is due. */
export function answerPage(request: {
  posts: readonly XPost[]
  query: URLSearchParams
  rules: PageRules
  extraParameters: readonly string[]
  nowMs: number
  naming: XNaming
  timeline: XTimeline
  fault: FaultKind | undefined
}): Answer {
  const { naming, timeline, fault } = request
  const wanted = readWanted(request.query, request.rules, request.extraParameters, request.nowMs)
  if ('status' in wanted) return wanted
  const matching = fault === 'empty' ? [] : request.posts.filter((post) => fits(post, wanted))
  const page = matching.slice(0, wanted.maxResults)
  const first = page[0]
  const last = page.at(-1)
  if (first === undefined || last === undefined) {
    return { status: 200, body: JSON.stringify(fault === 'no-meta' ? {} : { meta: { result_count: 0 } }) }
  }
  const asked = askedFor(request.query)
  const shown = fault === 'duplicate' ? [first, ...page] : page
  const { includes, errors } = expand(page, asked, naming, timeline)
  if (fault === 'partial-error') errors.push(notFound('user', 'author_id', last.authorId))
  const body: Json = { data: shown.map((post) => renderPost(post, asked, naming, timeline)) }
  if (Object.keys(includes).length > 0) body['includes'] = includes
  if (errors.length > 0) body['errors'] = errors
  if (fault !== 'no-meta') {
    const meta: Json = { newest_id: first.id, oldest_id: last.id, result_count: shown.length }
    if (matching.length > page.length) meta['next_token'] = encodeToken(last.id)
    body['meta'] = meta
  }
  return { status: 200, body: JSON.stringify(body) }
}
