import type { Unread } from '../../channels/unread.js'
import type { Change } from '../../schemas/mention.js'

/** What one message, row or line of an archive became. */
export type ArchiveEntry =
  | { readonly kind: 'change'; readonly line: number; readonly change: Change }
  | { readonly kind: 'skipped'; readonly line: number; readonly reason: string }
  | { readonly kind: 'unread'; readonly line: number; readonly unread: Unread }

/** A file that is read from its beginning to its end, always to the same entries: the number of entries taken says where to go on. */
export interface Archive {
  /** How the file is written, in words for whoever imports it. */
  readonly form: string
  /** What a person should know of the reading. */
  readonly remarks: readonly string[]
  /** Reads the file; the progress is in bytes of it. */
  entries(): AsyncIterable<readonly ArchiveEntry[]>
  bytesRead(): number
}
