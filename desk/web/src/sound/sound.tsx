import { createContext, useContext, useEffect, useMemo, useRef, useState, type ReactNode } from 'react'
import { useAlerts } from '../api/alerts.js'
import { useLive } from '../live/live.js'
import { now } from '../time/clock.js'
import { readStored, writeStored } from '../settings/stored.js'
import { dueRings, loudest, type Heard } from './due-rings.js'
import { createRinger } from './tone.js'

type SoundState = 'on' | 'off' | 'locked'

interface Sound {
  state: SoundState
  turnOn: () => void
  turnOff: () => void
  test: () => void
}

const SoundContext = createContext<Sound | null>(null)

export function useSound(): Sound {
  const sound = useContext(SoundContext)
  if (sound === null) throw new Error('useSound outside of SoundProvider')
  return sound
}

/** Rings what rings. It looks every second and whenever the live line says anything: a tab in the background has slow timers. */
export function SoundProvider({ children }: { children: ReactNode }) {
  const [ringer] = useState(createRinger)
  const [wanted, setWanted] = useState(() => readStored('sound', ['on', 'off'], 'on') === 'on')
  const [ready, setReady] = useState(false)
  const heard = useRef(new Map<string, Heard>())
  const { data: alerts } = useAlerts()
  const { onBeat } = useLive()

  useEffect(() => {
    // Any press lets the browser sound; until then the page says so.
    const unlock = (): void => void ringer.unlock().then(setReady)
    if (ready || !wanted) return
    window.addEventListener('pointerup', unlock)
    window.addEventListener('keyup', unlock)
    return () => {
      window.removeEventListener('pointerup', unlock)
      window.removeEventListener('keyup', unlock)
    }
  }, [ready, ringer, wanted])

  useEffect(() => {
    const look = (): void => {
      setReady(ringer.ready())
      if (!wanted || !ringer.ready() || alerts === undefined) return
      const nowMs = now()
      const due = dueRings(alerts, heard.current, nowMs)
      if (due.length === 0) return
      ringer.ring(loudest(due))
      for (const alert of due) heard.current.set(alert.id, { rangAt: alert.rangAt, soundedAtMs: nowMs })
    }
    look()
    const timer = window.setInterval(look, 1000)
    const stop = onBeat(look)
    return () => {
      window.clearInterval(timer)
      stop()
    }
  }, [alerts, onBeat, ringer, wanted])

  const sound = useMemo<Sound>(() => {
    const want = (on: boolean): void => {
      setWanted(on)
      writeStored('sound', on ? 'on' : 'off')
    }
    return {
      state: !wanted ? 'off' : ready ? 'on' : 'locked',
      turnOn: () => {
        want(true)
        void ringer.unlock().then(setReady)
      },
      turnOff: () => want(false),
      test: () =>
        void ringer.unlock().then((open) => {
          setReady(open)
          ringer.ring('high')
        }),
    }
  }, [ready, ringer, wanted])
  return <SoundContext value={sound}>{children}</SoundContext>
}
