import type { Units } from '../cases/units.js'
import type { Channels } from './channels.js'
import type { Config } from './config.js'
import type { Core } from './core.js'

/** What the parts that run are made from. */
export interface Context {
  readonly core: Core
  readonly config: Config
  readonly channels: Channels
  readonly units: Units
  /** Aborts when the process stops. */
  readonly stopping: AbortSignal
  /** Remembers work that goes on until `stopping` aborts; if it ends by an error, the process ends. */
  readonly inBackground: (name: string, work: Promise<void>) => void
}
