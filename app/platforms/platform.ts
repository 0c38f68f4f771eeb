import type { HookFormat } from '../../channels/hook.js'
import type { MediaFetcher } from '../../channels/media.js'
import type { PushSource, Source } from '../../ingest/source.js'
import type { Sender } from '../../send/sender.js'

/** One platform as it is set up here: what it is asked for, what it pushes, what it delivers to, and how it is answered. */
export interface Platform {
  readonly polled: readonly Source[]
  readonly pushed: readonly PushSource[]
  /** By path of the desk: `/hooks/whatsapp`. */
  readonly hooks: ReadonlyMap<string, HookFormat>
  /** Absent where it can be read and not written to. */
  readonly sender?: Sender | undefined
  readonly fetcher?: MediaFetcher | undefined
}
