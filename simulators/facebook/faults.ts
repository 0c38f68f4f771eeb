/** What can be made to go wrong with the next requests to the simulated Graph API. */
export type FacebookFaultKind =
  'code' | '429' | '503' | 'html' | 'html-503' | 'slow' | 'cut' | 'empty' | 'duplicate' | 'renamed' | 'no-data'

/**
 * `code` answers the error of that code; `429`, `503`, `html` (a 200 with a page in place of JSON) and `html-503` answer without doing what was asked;
 * `slow` waits first; `cut` does what was asked and then breaks the connection in the middle of the answer. The rest bend the answer of a list:
 * `empty`, `duplicate` (each item twice), `renamed` (other names for words and author), `no-data` (an object without a list).
 */
export interface FacebookFault {
  readonly kind: FacebookFaultKind
  /** For `code`. */
  readonly code?: number
  readonly subcode?: number
  /** How many requests it hits. Default 1. */
  readonly times?: number
  readonly method?: 'GET' | 'POST'
  /** Only requests whose path contains this. */
  readonly path?: string
  /** For `slow`. Default 60,000. */
  readonly waitMs?: number
}
