import { Failure } from './failure.js'

/** Whether the disk took what one store last wrote to it. Each store has its own: what one took from the disk before it filled up may serve it for long. */
export class DiskRoom {
  #full = false

  /** Something was written, and is there. */
  wrote(): void {
    this.#full = false
  }

  /** Nothing was written; only a full disk counts. */
  failed(error: unknown): void {
    if (error instanceof Failure && error.reason === 'storage-full') this.#full = true
  }

  /** In words for who must mend it; undefined while there is room. */
  problem(): string | undefined {
    if (!this.#full) return undefined
    return 'the disk of the data folder is full: free some space; messages wait at the platforms, nothing acknowledged is lost'
  }
}
