import type { MediaStore } from '../runtime/media-store.js'
import type { StageHandler } from '../runtime/stage.js'
import type { Channel } from '../schemas/mention.js'

export interface MediaStageParts {
  readonly store: MediaStore
  /** The channels somebody fetches for. */
  readonly fetched: ReadonlySet<Channel>
}

/**
 * The media stage, beside enrich and with a group of its own: writes down which files are wanted, lets go of those an edit or a withdrawal took
 * back. It fetches nothing, so a platform that is slow holds up nothing.
 */
export function createMediaHandler({ store, fetched }: MediaStageParts): StageHandler<'mentions.collected'> {
  return async (batch) => {
    await store.take(
      batch.map(({ value }) => value),
      fetched,
    )
  }
}
