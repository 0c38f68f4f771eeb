import { setTimeout as sleep } from 'node:timers/promises'
import type { Alert } from '../../../schemas/alert.js'
import { SseClient, type SseEvent } from '../../desk/sse-client.js'

/** A console that stays open: it connects again whenever the connection ends, and goes on where it was. */
export interface Console {
  /** By mention: the alert that rings for it, and when (epoch milliseconds) it was first heard of. */
  readonly heard: ReadonlyMap<string, { readonly alertId: string; readonly atMs: number }>
  /** Connections so far. */
  readonly connections: number
  close(): void
}

const AGAIN_AFTER_MS = 250

export function openConsole(url: string, cookie: string): Console {
  const heard = new Map<string, { alertId: string; atMs: number }>()
  let isOver = false
  let connections = 0
  let lastId = ''
  let current: SseClient | undefined

  const take = ({ id, event, data }: SseEvent) => {
    if (id !== '') lastId = id
    if (event !== 'alert') return
    const { id: alertId, mentionIds, rule } = JSON.parse(data) as Partial<Alert>
    if (rule !== 'danger' || alertId === undefined) return
    for (const mentionId of mentionIds ?? [])
      if (!heard.has(mentionId)) heard.set(mentionId, { alertId, atMs: Date.now() })
  }

  const listen = async () => {
    while (!isOver) {
      connections++
      const client = new SseClient(`${url}/api/events`, {
        cookie,
        ...(lastId === '' ? {} : { 'last-event-id': lastId }),
      })
      current = client
      let taken = 0
      await client.until(({ events, closed }) => {
        for (; taken < events.length; taken++) take(events[taken] as SseEvent)
        return closed
      })
      if (!isOver) await sleep(AGAIN_AFTER_MS)
    }
  }
  void listen()
  return {
    heard,
    get connections() {
      return connections
    },
    close: () => {
      isOver = true
      current?.close()
    },
  }
}
