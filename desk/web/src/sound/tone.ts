import type { Severity } from '../api/types.js'

/** Notes of a ring in hertz, 0.16 s each, a gap for 0; the graver, the longer and the higher. */
const PATTERNS: Record<'critical' | 'high' | 'medium', readonly number[]> = {
  critical: [880, 660, 880, 660, 0, 880, 660, 880, 660, 0, 880, 660, 880, 660],
  high: [740, 740, 0, 740, 740],
  medium: [587, 494],
}
const NOTE_S = 0.16

export interface Ringer {
  /** Whether the browser lets it sound; it wants one press on the page first. */
  ready: () => boolean
  /** To be called from a press; resolves with whether it may sound now. */
  unlock: () => Promise<boolean>
  ring: (severity: Severity) => void
}

/** A tone made by the browser, so that nothing has to be loaded when it matters. */
export function createRinger(): Ringer {
  let context: AudioContext | undefined

  const open = (): AudioContext => (context ??= new AudioContext())

  function note(audio: AudioContext, hertz: number, at: number): void {
    const oscillator = audio.createOscillator()
    const gain = audio.createGain()
    oscillator.type = 'triangle'
    oscillator.frequency.value = hertz
    gain.gain.setValueAtTime(0, at)
    gain.gain.linearRampToValueAtTime(0.5, at + 0.015)
    gain.gain.setValueAtTime(0.5, at + NOTE_S - 0.04)
    gain.gain.linearRampToValueAtTime(0, at + NOTE_S)
    oscillator.connect(gain).connect(audio.destination)
    oscillator.start(at)
    oscillator.stop(at + NOTE_S)
  }

  return {
    ready: () => context?.state === 'running',
    unlock: async () => {
      try {
        const audio = open()
        await audio.resume()
        return audio.state === 'running'
      } catch {
        return false
      }
    },
    ring: (severity) => {
      if (context?.state !== 'running') return
      const pattern = PATTERNS[severity === 'critical' || severity === 'high' ? severity : 'medium']
      const audio = context
      const start = audio.currentTime + 0.02
      pattern.forEach((hertz, index) => {
        if (hertz > 0) note(audio, hertz, start + index * NOTE_S)
      })
    },
  }
}
