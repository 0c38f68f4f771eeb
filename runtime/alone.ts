/**
 * Work that one process alone may do, among all that stand on the same records: ring what waits, send, poll, make the day's report.
 * `hold` waits until it is this process's turn, runs `work`, and resolves when `signal` aborts and the work has ended. The `term` that `work` gets
 * aborts with the signal, or when the turn is lost (the records went away, so another process may have it); `work` must then end, and is begun
 * again at the next turn. What `work` throws ends `hold`, unless its term was over. Two processes can hold the same name for moments while a
 * connection breaks: what the work writes must bear that (optimistic versions, one row claimed once).
 */
export interface Alone {
  hold(name: string, work: (term: AbortSignal) => Promise<void>, signal: AbortSignal): Promise<void>
}

/** Where one process owns the records: it is always its turn. */
export const ownedAlone: Alone = { hold: (_name, work, signal) => work(signal) }
