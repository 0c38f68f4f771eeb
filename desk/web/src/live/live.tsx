import { useQueryClient, type QueryClient } from '@tanstack/react-query'
import { createContext, useContext, useEffect, useMemo, useRef, useState, type ReactNode } from 'react'
import { ALERTS_KEY, putAlert } from '../api/alerts.js'
import { forgetMention, putOutbound, refreshMention } from '../api/mentions.js'
import { SOURCES_KEY } from '../api/overview.js'
import { SESSION_KEY } from '../api/session.js'
import type { Alert, MentionNotice, OutboundUpdate, SourceHealth, SourceOnBoard } from '../api/types.js'
import { now } from '../time/clock.js'
import { openEventStream } from './event-stream.js'
import type { ServerEvent } from './sse-parser.js'

export type LiveState = { status: 'connecting' } | { status: 'live' } | { status: 'offline'; sinceMs: number }

interface Live {
  state: LiveState
  /** Calls `listener` whenever the line says anything; returns what stops it. */
  onBeat: (listener: () => void) => () => void
  /** Calls `listener` for each mention that can be found now, and with null after a reconnection. */
  onMention: (listener: (notice: MentionNotice | null) => void) => () => void
}

const LiveContext = createContext<Live | null>(null)

export function useLive(): Live {
  const live = useContext(LiveContext)
  if (live === null) throw new Error('useLive outside of LiveProvider')
  return live
}

function put(client: QueryClient, event: ServerEvent, tell: (notice: MentionNotice) => void): void {
  switch (event.type) {
    case 'alert': {
      const alert = JSON.parse(event.data) as Alert
      if (alert.rule === 'silent-source') void client.invalidateQueries({ queryKey: SOURCES_KEY })
      return putAlert(client, alert)
    }
    case 'outbound':
      return putOutbound(client, JSON.parse(event.data) as OutboundUpdate)
    case 'source': {
      const health = JSON.parse(event.data) as SourceHealth
      let isNews = true
      client.setQueryData<SourceOnBoard[]>(SOURCES_KEY, (items) =>
        items?.map((item) => {
          if (item.source !== health.source) return item
          isNews = item.status !== health.status || item.problem !== health.problem || item.lastItemAt === null
          // What the desk alone knows (usual gap, silence) is not on the line.
          return { ...item, ...health, lastItemAt: health.lastItemAt ?? item.lastItemAt }
        }),
      )
      if (isNews) void client.invalidateQueries({ queryKey: SOURCES_KEY })
      return
    }
    case 'mention': {
      const notice = JSON.parse(event.data) as MentionNotice
      if (notice.type === 'deleted') forgetMention(client, notice.id)
      if (notice.type === 'edited' || notice.type === 'corrected')
        void refreshMention(client, notice.id).catch(() => undefined)
      return tell(notice)
    }
  }
}

/** The live line: keeps alerts, sources and outbound states fresh, and says how it stands. */
export function LiveProvider({ children }: { children: ReactNode }) {
  const client = useQueryClient()
  const [state, setState] = useState<LiveState>({ status: 'connecting' })
  const beats = useRef(new Set<() => void>())
  const mentions = useRef(new Set<(notice: MentionNotice | null) => void>())

  useEffect(() => {
    const toMentions = (notice: MentionNotice | null): void => mentions.current.forEach((listener) => listener(notice))
    return openEventStream('/api/events', {
      onOpen: () => {
        setState({ status: 'live' })
        void client.invalidateQueries({ queryKey: ALERTS_KEY })
        void client.invalidateQueries({ queryKey: SOURCES_KEY })
        void client.invalidateQueries({ queryKey: ['mention'] })
        toMentions(null)
      },
      onEvent: (event) => {
        try {
          put(client, event, toMentions)
        } catch {
          // An event that cannot be read may have been an alert: ask for the list itself.
          void client.invalidateQueries({ queryKey: ALERTS_KEY })
        }
      },
      onBeat: () => beats.current.forEach((listener) => listener()),
      onDown: () => setState((old) => (old.status === 'offline' ? old : { status: 'offline', sinceMs: now() })),
      onSignedOut: () => client.setQueryData(SESSION_KEY, null),
    })
  }, [client])

  const live = useMemo<Live>(() => {
    const join =
      <T,>(set: Set<T>) =>
      (listener: T) => {
        set.add(listener)
        return () => void set.delete(listener)
      }
    return { state, onBeat: join(beats.current), onMention: join(mentions.current) }
  }, [state])
  return <LiveContext value={live}>{children}</LiveContext>
}
