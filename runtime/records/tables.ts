import type { Generated, Kysely } from 'kysely'

/** The relational tables. Instants are ISO 8601 UTC text; JSON is text; booleans are 0 or 1. Everything that must be true at once lives here. */
export interface Tables {
  /** A source's cursor: saved only after the bus acknowledged what it covers. */
  cursors: { source: string; value: string; saved_at: string }
  /** An alert group. `body` is the whole Alert as JSON; the other columns are for finding it. */
  alerts: {
    id: string
    version: number
    rule: string
    status: string
    severity: string
    /** 0 critical … 4 none, for ordering. */
    severity_rank: number
    category: string
    opened_at: string
    last_at: string
    body: string
  }
  /** Which group a mention belongs to; one row a mention, written in the transaction that changed the group. */
  alert_mentions: {
    mention_id: string
    alert_id: string
    version: number
    simhash: string
    tokens: number
    author: string
    at: string
  }
  alert_districts: { alert_id: string; district: string }
  cases: {
    id: string
    reference: string
    mention_id: string
    status: string
    unit: string | null
    opened_at: string
    due_at: string
    contacted_at: string | null
  }
  /** Running numbers of case references, by district code and month. */
  case_numbers: { series: string; last: number }
  outbound: {
    id: string
    kind: string
    channel: string
    mention_id: string | null
    unit: string | null
    status: string
    reason: string | null
    platform_id: string | null
    requested_by: string
    requested_at: string
    updated_at: string
    /** 1 once the bus has it; what is 0 at a start is published again. */
    published: number
    body: string
  }
  users: { id: string; username: string; role: string; password_hash: string; disabled: number; created_at: string }
  /** `id` is the SHA-256 of the cookie's token: the token itself is nowhere stored. */
  sessions: { id: string; user_id: string; created_at: string; seen_at: string; expires_at: string }
  audit: { seq: Generated<number>; at: string; actor: string; action: string; subject: string; detail: string }
  reports: { day: string; made_at: string; body: string }
  dead_letters: {
    id: string
    origin: string
    reason: string
    detail: string
    attempts: number
    at: string
    /** When it was put back where it came from; null while it waits. */
    replayed_at: string | null
    body: string
  }
}

export type Records = Kysely<Tables>
