import type { Units } from '../cases/units.js'
import type { MediaWorker } from '../ingest/media-worker.js'
import type { Platforms } from './platforms.js'
import type { Config } from './config.js'
import type { Core } from './core.js'

/** What the parts that run are made from. */
export interface Context {
  readonly core: Core
  readonly config: Config
  readonly platforms: Platforms
  readonly units: Units
  /** Fetches the files that come with messages. */
  readonly mediaWorker: MediaWorker
  /** Aborts when the process stops. */
  readonly stopping: AbortSignal
  /** Remembers work that goes on until `stopping` aborts; if it ends by an error, the process ends. */
  readonly inBackground: (name: string, work: Promise<void>) => void
}
