import { setTimeout as sleep } from 'node:timers/promises'
import type { Alert } from '../../../schemas/alert.js'
import type { DeadLetter } from '../../../schemas/dead-letter.js'
import type { EnrichedMention } from '../../../schemas/enriched-mention.js'
import type { MentionPage } from '../../../schemas/search.js'

/** An officer at the desk, who keeps trying while the desk or what it stands on is away. */
export interface DeskClient {
  readonly cookie: string
  /** One try; rejects with what was answered. */
  get<T>(path: string): Promise<T>
  /** Tries again until the desk answers 2xx, at most so long. */
  getWithin<T>(path: string, withinMs?: number): Promise<T>
  /** One try. */
  post(path: string, body: unknown): Promise<number>
  alerts(): Promise<Alert[]>
  deadLetters(): Promise<DeadLetter[]>
  /** Every mention that search finds, by paging through all of it: as often as search shows it. */
  found(): Promise<Pick<EnrichedMention, 'id' | 'text'>[]>
}

const PATIENCE_MS = 60_000
const AGAIN_MS = 250
const ONE_TRY_MS = 30_000

export async function signInWithin(url: string, password: string, withinMs = PATIENCE_MS): Promise<DeskClient> {
  const cookie = await patiently(withinMs, async () => {
    const answer = await fetch(`${url}/api/session`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ username: 'admin', password }),
      signal: AbortSignal.timeout(ONE_TRY_MS),
    })
    if (answer.status !== 204) throw new Error(`sign-in answered ${answer.status}: ${await answer.text()}`)
    return (answer.headers.get('set-cookie') ?? '').split(';')[0] ?? ''
  })

  async function get<T>(path: string): Promise<T> {
    const answer = await fetch(`${url}${path}`, { headers: { cookie }, signal: AbortSignal.timeout(ONE_TRY_MS) })
    if (!answer.ok) throw new Error(`${path} answered ${answer.status}: ${await answer.text()}`)
    return (await answer.json()) as T
  }
  const getWithin = <T>(path: string, withinMs = PATIENCE_MS) => patiently(withinMs, () => get<T>(path))

  return {
    cookie,
    get,
    getWithin,
    post: async (path, body) => {
      const answer = await fetch(`${url}${path}`, {
        method: 'POST',
        headers: { cookie, 'content-type': 'application/json' },
        body: JSON.stringify(body),
        signal: AbortSignal.timeout(ONE_TRY_MS),
      })
      await answer.arrayBuffer()
      return answer.status
    },
    alerts: async () => (await getWithin<{ items: Alert[] }>('/api/alerts?limit=500')).items,
    deadLetters: async () => (await getWithin<{ items: DeadLetter[] }>('/api/dead?limit=200')).items,
    found: async () => {
      const found: Pick<EnrichedMention, 'id' | 'text'>[] = []
      let cursor: string | null = null
      do {
        const after: string = cursor === null ? '' : `&cursor=${encodeURIComponent(cursor)}`
        const page: MentionPage = await getWithin<MentionPage>(`/api/mentions?limit=200${after}`)
        found.push(...page.items.map(({ mention: { id, text } }) => ({ id, text })))
        cursor = page.next
      } while (cursor !== null)
      return found
    },
  }
}

async function patiently<T>(withinMs: number, work: () => Promise<T>): Promise<T> {
  const deadline = Date.now() + withinMs
  for (;;) {
    try {
      return await work()
    } catch (error) {
      if (Date.now() >= deadline) throw error
      await sleep(AGAIN_MS)
    }
  }
}

/** Resolves when `holds` does; rejects after `limitMs` with what was seen last, and with the log. A rejection counts as not yet. */
export async function until(
  what: string,
  { limitMs, log }: { limitMs: number; log: () => string },
  holds: () => boolean | string | Promise<boolean | string>,
): Promise<void> {
  const deadline = Date.now() + limitMs
  let seen: boolean | string = false
  while (Date.now() < deadline) {
    try {
      seen = await holds()
    } catch (error) {
      seen = String(error)
    }
    if (seen === true) return
    await sleep(AGAIN_MS)
  }
  throw new Error(`${what}: not within ${limitMs} ms; last seen: ${String(seen)}\n${log()}`)
}
