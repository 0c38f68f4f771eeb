import type { SourceHealth } from '../schemas/source-health.js'

const DAY_MS = 86_400_000
/** A token that ends within this is to be renewed now: whoever can may be away for some days. */
const TOKEN_WARNING_MS = 7 * DAY_MS
const NEAR_BUDGET = 0.8

export const ADVICE_KINDS = [
  'sign-in-again',
  'token-ended',
  'token-ends',
  'over-budget',
  'near-budget',
  'silent',
] as const

/** Something to do about a source. `setting` is the one to renew, where there is one; `days` until the token ends, rounded down. */
export interface SourceAdvice {
  readonly kind: (typeof ADVICE_KINDS)[number]
  readonly setting: string | null
  readonly days: number | null
}

/** Where the sign-in of a source is kept, by the beginning of its name. */
const SETTINGS: readonly (readonly [string, string])[] = [
  ['x', 'RABTA_X_BEARER_TOKEN'],
  ['facebook', 'RABTA_FACEBOOK_PAGE_TOKEN'],
  ['whatsapp', 'RABTA_WHATSAPP_ACCESS_TOKEN'],
  ['sms-kannel', 'RABTA_SMS_KANNEL_SECRET'],
  ['sms-twilio', 'RABTA_SMS_TWILIO_AUTH_TOKEN'],
  ['sms-android', 'RABTA_SMS_ANDROID_SIGNING_KEY'],
  ['sms-smpp', 'RABTA_SMS_SMPP_PASSWORD'],
]

const settingOf = (source: string) =>
  SETTINGS.find(([name]) => source === name || source.startsWith(`${name}-`))?.[1] ?? null

/** What is to be done about a source at `nowMs`, the gravest first; nothing where it does well. */
export function adviceOn(health: SourceHealth, nowMs: number): readonly SourceAdvice[] {
  const advice: SourceAdvice[] = []
  const setting = settingOf(health.source)
  const { tokenExpiresAt = null, spend = null } = health.details ?? {}
  const leftMs = tokenExpiresAt === null ? null : Date.parse(tokenExpiresAt) - nowMs
  const isRefused = health.status === 'failing' && health.reason === 'unauthorized'
  if (isRefused) advice.push({ kind: 'sign-in-again', setting, days: null })
  if (leftMs !== null && leftMs <= 0 && !isRefused) advice.push({ kind: 'token-ended', setting, days: 0 })
  if (health.silentSince != null) advice.push({ kind: 'silent', setting: null, days: null })
  if (leftMs !== null && leftMs > 0 && leftMs <= TOKEN_WARNING_MS)
    advice.push({ kind: 'token-ends', setting, days: Math.floor(leftMs / DAY_MS) })
  const budget = spend?.budgetDollars ?? null
  if (spend !== null && budget !== null) {
    if (spend.dollars >= budget) advice.push({ kind: 'over-budget', setting: null, days: null })
    else if (spend.dollars >= budget * NEAR_BUDGET) advice.push({ kind: 'near-budget', setting: null, days: null })
  }
  return advice
}
