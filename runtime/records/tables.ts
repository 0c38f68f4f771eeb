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
    /** The mention whose words it shows. */
    lead_mention_id: string
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
  /** What is known of a source beyond what it last said: how it stood, and the silence that rang. */
  source_states: {
    source: string
    channel: string
    /** `live`, `failing` or `starting`, as it last said. */
    status: string
    /** When it last said anything. */
    heard_at: string
    /** Since when it speaks without a longer break. */
    alive_since: string
    first_heard_at: string
    last_item_at: string | null
    /** Items since its process began, as it last said. */
    items: number
    failing_since: string | null
    /** Why it fails: one of the failure reasons, where it said one. */
    reason: string | null
    problem: string | null
    silent_since: string | null
    /** `gap`, `failing` or `unheard`. */
    silent_kind: string | null
    alert_id: string | null
  }
  /** The longest that a source went without an item in one hour (hours since the epoch): what its usual gap is learned from. */
  source_hours: { source: string; hour: number; longest_gap_ms: number; items: number }
  reports: { day: string; made_at: string; body: string }
  /** An SMS of one or several parts on its way in. Times are epoch milliseconds, so that they count as versions. */
  sms_messages: {
    id: string
    /** Digest of sender, our number, reference, total and coding; of a single SMS, of its words. */
    slot: string
    total: number
    first_at: number
    last_at: number
    /** The version that the bus has; 0 while it has none. */
    given: number
    /** 1 once the SMSC certainly knows that we have it. */
    settled: number
    /** When something is to be done though nothing comes; null when all is done. */
    due_at: number | null
    /** Who wrote to which number, as JSON. */
    envelope: string
  }
  sms_parts: { message_id: string; sequence: number; body: string; received_at: number; mended: string }
  /** A part that an SMSC accepted from us, under its id for it; or a receipt that came before we knew (`platform_id` null). */
  sms_submits: {
    message_id: string
    recipient: string
    platform_id: string | null
    total: number
    status: string | null
    reason: string | null
    at: number
    /** 1 while the message's status is not on the bus. */
    due: number
  }
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
  /** A file that came with a mention: wanted, stored, or why not. `id` is its mention and what it is, so that an edit that keeps it keeps its row. */
  media: {
    id: string
    mention_id: string
    position: number
    channel: string
    kind: string
    platform_id: string | null
    url: string | null
    declared_type: string | null
    declared_sha256: string | null
    declared_bytes: number | null
    file_name: string | null
    status: string
    reason: string | null
    /** Of the content, in hex: also the name of its file. Null unless stored. */
    sha256: string | null
    bytes: number | null
    mime: string | null
    type_differs: number
    attempts: number
    wanted_at: string
    next_at: string
    stored_at: string | null
  }
  /** The newest version of a mention that `media` knows, so that an older one, come late, brings back nothing. */
  media_mentions: { mention_id: string; version: number; withdrawn: number; received_at: string }
  /** Files that may lie there without a row: written before each change, so that a kill leaves no erased picture behind. */
  media_leftovers: { sha256: string }
  /**
   * Mentions whose tags a person set right. `revision` is the last; `due` is 1 while the bus may not have heard of it.
   * `received_at` is the mention's: all of it goes when the mention goes.
   */
  corrected_mentions: { mention_id: string; revision: number; due: number; received_at: string; corrected_at: string }
  /** One tag set right, a row; `was` and `value` are JSON, `value` null where it was taken back. */
  corrections: {
    mention_id: string
    revision: number
    tag: string
    was: string | null
    value: string | null
    by: string
    at: string
    text_hash: string
    note: string
  }
  /** What was read and charged for on a UTC day: a repeat on the same day is free. Days before yesterday are dropped. */
  spend_items: { platform: string; day: string; kind: string; id: string }
  /** What reading cost in a UTC month, in millionths of a dollar. */
  spend_months: { platform: string; month: string; micro_dollars: number }
  /** A file that was imported: on what basis, by whom, and how far. `position` counts entries of the file; `skipped` is JSON, a count a reason. */
  imports: {
    id: string
    file_name: string
    file_hash: string
    bytes: number
    kind: string
    group_name: string
    basis: string
    requested_by: string
    options: string
    position: number
    taken: number
    set_aside: number
    skipped: string
    started_at: string
    updated_at: string
    finished_at: string | null
  }
  /** What administrators added to districts, places and words. `body` is the entry as JSON; an entry that was retired stays. */
  vocabulary: {
    id: string
    kind: string
    body: string
    added_by: string
    added_at: string
    retired_at: string | null
    retired_by: string | null
  }
  /** One row, `all`: grows with each change of `vocabulary`. */
  vocabulary_revision: { id: string; revision: number }
}

export type Records = Kysely<Tables>
