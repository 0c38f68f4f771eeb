import type { Silence } from './rules/silent-source.js'
import type { SourceStanding } from './sources-standing.js'

const MINUTE_MS = 60_000

const karachi = new Intl.DateTimeFormat('en-GB', {
  timeZone: 'Asia/Karachi',
  day: 'numeric',
  month: 'short',
  hour: '2-digit',
  minute: '2-digit',
})

const when = (ms: number) => karachi.format(new Date(ms))

/** `4 min`, `2 h 5 min`, `3 d 2 h`. */
export function lengthOf(ms: number): string {
  const minutes = Math.max(1, Math.round(ms / MINUTE_MS))
  if (minutes < 60) return `${minutes} min`
  const hours = Math.floor(minutes / 60)
  if (hours < 48) return minutes % 60 === 0 ? `${hours} h` : `${hours} h ${minutes % 60} min`
  return hours % 24 === 0 ? `${hours / 24} d` : `${Math.floor(hours / 24)} d ${hours % 24} h`
}

/** What a silence is, for who is woken by it: no citizen's word is in it. */
export function silenceWords(standing: SourceStanding, silence: Silence, usualGapMs: number | null): string {
  const { source, problem, lastItemAtMs, reason } = standing
  const since = when(silence.sinceMs)
  const look = 'Look at the Sources page: messages to the police may be waiting where nobody reads them.'
  switch (silence.kind) {
    case 'unheard':
      return `The process that reads ${source} has said nothing since ${since}. Look whether rabta runs there. ${look}`
    case 'failing': {
      const signIn = reason === 'unauthorized' ? 'Its sign-in has expired or was refused: sign in again. ' : ''
      return `${source} has been failing since ${since}. ${signIn}${problem ?? ''} ${look}`.replace(/ {2,}/g, ' ')
    }
    case 'gap': {
      if (lastItemAtMs === null) return `${source} has brought nothing since it was set up (${since}). ${look}`
      const usual =
        usualGapMs === null
          ? 'What is usual is not known yet: it is watched for less than three days'
          : `At this hour it usually goes ${lengthOf(usualGapMs)} at most`
      return `${source} answers, but has brought nothing since ${since}. ${usual}. ${look}`
    }
  }
}

export function resolvedWords(standing: SourceStanding, silence: Silence): string {
  const back = silence.kind === 'gap' ? 'brings messages again' : 'works again'
  return `${standing.source} ${back} since ${when(standing.heardAtMs)}; it was silent from ${when(silence.sinceMs)}, ${lengthOf(standing.heardAtMs - silence.sinceMs)}.`
}
