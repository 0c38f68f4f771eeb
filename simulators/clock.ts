/** Time as a simulator needs it; the runtime's clock fits. `sleep` rejects when its signal is aborted. */
export interface SimulatorClock {
  /** Epoch milliseconds. */
  now(): number
  sleep(waitMs: number, signal?: AbortSignal): Promise<void>
}
