import type { Answer } from '../loopback.js'
import { invalidRequest } from './problems.js'
import { parseQuery, QueryError } from './query.js'
import type { XPost, XTimeline } from './timeline.js'
import type { Json } from './wire.js'

interface Rule {
  id: string
  value: string
  tag: string | undefined
  test: (post: XPost) => boolean
}

const PROBLEMS = 'https://api.twitter.com/2/problems'
const MAX_RULES = 1000

/** The rules of the filtered stream, which all users of the app share. */
export class XRules {
  #rules: Rule[] = []
  #count = 0
  readonly #timeline: XTimeline

  constructor(timeline: XTimeline) {
    this.#timeline = timeline
  }

  get all(): readonly { id: string; value: string; tag: string | undefined }[] {
    return this.#rules.map(({ id, value, tag }) => ({ id, value, tag }))
  }

  matching(post: XPost): Json[] {
    return this.#rules
      .filter(({ test }) => test(post))
      .map(({ id, tag }) => ({ id, ...(tag === undefined ? {} : { tag }) }))
  }

  list(nowMs: number): Answer {
    const data = this.#rules.map(({ id, value, tag }) => ({ id, value, ...(tag === undefined ? {} : { tag }) }))
    const meta = { sent: new Date(nowMs).toISOString(), result_count: data.length }
    return { status: 200, body: JSON.stringify({ ...(data.length > 0 ? { data } : {}), meta }) }
  }

  change(raw: string, nowMs: number): Answer {
    let body: { add?: { value?: unknown; tag?: unknown }[]; delete?: { ids?: unknown[] } }
    try {
      body = JSON.parse(raw) as typeof body
    } catch {
      return invalidRequest('The body is not valid JSON.')
    }
    if (Array.isArray(body.add)) return this.#add(body.add, nowMs)
    if (Array.isArray(body.delete?.ids)) return this.#delete(body.delete.ids, nowMs)
    return invalidRequest('One of `add` or `delete` must be given')
  }

  #add(wanted: readonly { value?: unknown; tag?: unknown }[], nowMs: number): Answer {
    const added: Json[] = []
    const errors: Json[] = []
    for (const { value, tag } of wanted) {
      const known = this.#rules.find((rule) => rule.value === value)
      if (known !== undefined) {
        errors.push({ value, id: known.id, title: 'DuplicateRule', type: `${PROBLEMS}/duplicate-rules` })
        continue
      }
      try {
        if (typeof value !== 'string') throw new QueryError('the value of a rule must be a text')
        if (this.#rules.length >= MAX_RULES) throw new QueryError('the number of rules is reached')
        const test = parseQuery(value, this.#timeline)
        const rule: Rule = {
          id: String(1_700_000_000_000_000_000n + BigInt(++this.#count)),
          value,
          tag: undefined,
          test,
        }
        if (typeof tag === 'string') rule.tag = tag
        this.#rules.push(rule)
        added.push({ id: rule.id, value, ...(rule.tag === undefined ? {} : { tag: rule.tag }) })
      } catch (error) {
        if (!(error instanceof QueryError)) throw error
        const details = [error.message]
        errors.push({ value, details, title: 'UnprocessableEntity', type: `${PROBLEMS}/invalid-rules` })
      }
    }
    const summary = { created: added.length, not_created: errors.length, valid: added.length, invalid: errors.length }
    const meta = { sent: new Date(nowMs).toISOString(), summary }
    const answer = { ...(added.length > 0 ? { data: added } : {}), meta, ...(errors.length > 0 ? { errors } : {}) }
    return { status: added.length > 0 ? 201 : 200, body: JSON.stringify(answer) }
  }

  #delete(ids: readonly unknown[], nowMs: number): Answer {
    const before = this.#rules.length
    this.#rules = this.#rules.filter(({ id }) => !ids.includes(id))
    const deleted = before - this.#rules.length
    const summary = { deleted, not_deleted: ids.length - deleted }
    return { status: 200, body: JSON.stringify({ meta: { sent: new Date(nowMs).toISOString(), summary } }) }
  }
}
