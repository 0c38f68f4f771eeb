import { hasAnyItem, type SourceStanding } from '../sources-standing.js'
import type { Severity } from '../../schemas/tags.js'
import type { Firing } from '../rule.js'

export const SILENT_SOURCE = 'silent-source'

const MINUTE_MS = 60_000
const HOUR_MS = 60 * MINUTE_MS

export const SILENCE_KINDS = ['gap', 'failing', 'unheard'] as const
export type SilenceKind = (typeof SILENCE_KINDS)[number]

/** A source from which nothing is heard that should be. `since` is when it last gave a sign: the last item, the first failure, the last word. */
export interface Silence {
  readonly kind: SilenceKind
  readonly sinceMs: number
}

export interface SilenceLimits {
  /** No shorter silence rings, however busy the source is. */
  readonly floorMs: number
  /** So many times the usual gap are a silence. */
  readonly times: number
  /** While nothing is known of what is usual. */
  readonly withoutHistoryMs: number
  /** For a source that never brought anything. */
  readonly neverMs: number
  /** Failing for so long. */
  readonly failingMs: number
  /** Failing in a way that a person must mend (a token that ended). */
  readonly refusedMs: number
  /** Without a word of its process, which speaks about each minute. */
  readonly unheardMs: number
  /** Whether a source that works, but brings nothing, rings at all; false in the demonstration, whose story comes to its end. */
  readonly gaps: boolean
}

export const SILENCE_LIMITS: SilenceLimits = {
  floorMs: 15 * MINUTE_MS,
  times: 3,
  withoutHistoryMs: 12 * HOUR_MS,
  neverMs: 24 * HOUR_MS,
  failingMs: 10 * MINUTE_MS,
  refusedMs: 2 * MINUTE_MS,
  unheardMs: 5 * MINUTE_MS,
  gaps: true,
}

const REFUSED = new Set(['unauthorized', 'forbidden'])

/** How long a source may bring nothing before that is a silence; null where it never is. */
export function silentAfterMs(
  standing: SourceStanding,
  usualGapMs: number | null,
  limits: SilenceLimits,
): number | null {
  if (!limits.gaps) return null
  if (!hasAnyItem(standing)) return limits.neverMs
  return usualGapMs === null ? limits.withoutHistoryMs : Math.max(limits.floorMs, limits.times * usualGapMs)
}

/**
 * Whether a source is silent at `nowMs`. `watchedSinceMs` is when whoever judges began to listen: what was not heard before that is nobody's silence.
 * Pure: the same standing at the same time gives the same answer.
 */
export function silenceOf(parts: {
  readonly standing: SourceStanding
  readonly usualGapMs: number | null
  readonly nowMs: number
  readonly watchedSinceMs: number
  /** It is set up here, so it should have spoken since. */
  readonly isExpected: boolean
  readonly limits: SilenceLimits
}): Silence | undefined {
  const { standing, usualGapMs, nowMs, watchedSinceMs, isExpected, limits } = parts
  const { heardAtMs, failingSinceMs, lastItemAtMs, aliveSinceMs, reason } = standing
  if (heardAtMs <= watchedSinceMs && !isExpected) return undefined
  if (nowMs - Math.max(heardAtMs, watchedSinceMs) >= limits.unheardMs) return { kind: 'unheard', sinceMs: heardAtMs }
  if (heardAtMs <= watchedSinceMs) return undefined
  if (failingSinceMs !== null) {
    const patienceMs = reason !== null && REFUSED.has(reason) ? limits.refusedMs : limits.failingMs
    return nowMs - failingSinceMs >= patienceMs ? { kind: 'failing', sinceMs: failingSinceMs } : undefined
  }
  const afterMs = silentAfterMs(standing, usualGapMs, limits)
  // Of the time in which nobody listened nothing is known.
  const sinceMs = Math.max(lastItemAtMs ?? aliveSinceMs, aliveSinceMs)
  return afterMs !== null && nowMs - sinceMs >= afterMs ? { kind: 'gap', sinceMs: lastItemAtMs ?? sinceMs } : undefined
}

const at = (ms: number) => new Date(ms).toISOString()

/** News tells of dangers that others have reported already; the rest is where people report them. */
const severityOf = ({ channel }: SourceStanding): Severity => (channel === 'news' ? 'medium' : 'high')

/** One silence is one group, whose name is the source and the moment it began. */
export function silentFiring(standing: SourceStanding, silence: Silence): Firing & { readonly group: string } {
  return {
    rule: SILENT_SOURCE,
    category: 'other',
    severity: severityOf(standing),
    confidence: 0,
    districts: [],
    places: [],
    evidence: [],
    group: `${SILENT_SOURCE}:${standing.source}:${at(silence.sinceMs)}`,
    waits: false,
  }
}
