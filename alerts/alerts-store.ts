import type { Alert } from '../schemas/alert.js'
import type { Scope } from '../schemas/user.js'

export interface AlertsPage {
  /** 1 to 500. */
  readonly limit: number
  readonly status?: Alert['status']
}

/**
 * The alerts that rang. Scope is not optional: an alert is seen by whoever sees one of its districts; one of unknown place by those who see all.
 * `list` answers the loudest first: ringing before acknowledged, then the gravest, then the newest.
 * `acknowledge` is recorded, written to the audit log, and then announced; the same person may say it twice. It answers `conflict` where somebody else
 * was first, `not-found` where there is no such alert in the scope, and throws a retryable Failure where it was recorded but could not be announced yet:
 * called again by the same person it announces it.
 */
export interface AlertsStore {
  list(scope: Scope, page: AlertsPage): Promise<readonly Alert[]>
  get(id: string, scope: Scope): Promise<Alert | undefined>
  /** The id of the alert that a mention belongs to. */
  ofMention(mentionId: string, scope: Scope): Promise<string | undefined>
  acknowledge(id: string, by: string, scope: Scope): Promise<Alert | 'conflict' | 'not-found'>
}
