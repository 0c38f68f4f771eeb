import { useSyncExternalStore } from 'react'

/**
 * The desk's clock: the computer's own, corrected by the server's `Date` header, so that "rang 01:24 ago" is right on a
 * phone whose clock is wrong. The header has whole seconds; smaller differences are left alone.
 */
let offsetMs = 0

export function noteServerDate(header: string | null): void {
  const server = header === null ? Number.NaN : Date.parse(header)
  if (Number.isNaN(server)) return
  const difference = server - Date.now()
  offsetMs = Math.abs(difference) > 3_000 ? difference : 0
}

export const now = (): number => Date.now() + offsetMs

const listeners = new Set<() => void>()
let second = Math.floor(now() / 1000)
let timer: number | undefined

function tick(): void {
  const next = Math.floor(now() / 1000)
  if (next === second) return
  second = next
  for (const listener of listeners) listener()
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener)
  timer ??= window.setInterval(tick, 250)
  return () => {
    listeners.delete(listener)
    if (listeners.size > 0) return
    window.clearInterval(timer)
    timer = undefined
  }
}

/** The time in epoch milliseconds, whole seconds, kept fresh while mounted. */
export function useNow(): number {
  return useSyncExternalStore(subscribe, () => second * 1000)
}

const subscribeToMinutes = (listener: () => void): (() => void) => {
  let minute = Math.floor(second / 60)
  return subscribe(() => {
    const next = Math.floor(second / 60)
    if (next === minute) return
    minute = next
    listener()
  })
}

/** As `useNow`, by the minute: for long lists that show ages. */
export function useMinute(): number {
  return useSyncExternalStore(subscribeToMinutes, () => Math.floor(second / 60) * 60_000)
}
