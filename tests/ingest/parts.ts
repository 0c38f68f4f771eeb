import type { HookRequest } from '../../channels/hook.js'
import type { Metrics } from '../../runtime/metrics.js'
import type { Log, LogFields } from '../../runtime/log.js'
import type { OwnAccounts } from '../../ingest/reopen.js'
import type { CursorStore } from '../../ingest/cursor-store.js'

export interface LoggedEvent {
  readonly level: 'info' | 'warn' | 'error'
  readonly event: string
  readonly fields: LogFields
}

/** A log that keeps what was said. */
export function keptLog(): Log & { readonly events: LoggedEvent[] } {
  const events: LoggedEvent[] = []
  const at =
    (level: LoggedEvent['level']) =>
    (event: string, fields: LogFields = {}) =>
      void events.push({ level, event, fields })
  return { events, info: at('info'), warn: at('warn'), error: at('error') }
}

/** A cursor store in memory. `beforeSave` may throw, as records that are away would. */
export function memoryCursors(): CursorStore & {
  readonly saved: Map<string, string>
  beforeSave: (value: string) => void
} {
  const saved = new Map<string, string>()
  const store = {
    saved,
    beforeSave: (_value: string): void => undefined,
    load: async (source: string) => saved.get(source),
    save: async (source: string, value: string) => {
      store.beforeSave(value)
      saved.set(source, value)
    },
  }
  return store
}

/** The value of a counter of the metrics, by its labels. */
export async function counted(metrics: Metrics, name: string, labels: Record<string, string>): Promise<number> {
  const metric = await metrics.registry.getSingleMetric(name)?.get()
  const found = metric?.values.find((value) =>
    Object.entries(labels).every(([label, wanted]) => (value.labels as Record<string, unknown>)[label] === wanted),
  )
  return found?.value ?? 0
}

/** Numbers from 0 to 1 that are the same in every run (mulberry32). */
export function seeded(seed: number): () => number {
  let state = seed
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296
  }
}

/** A request to a webhook, as the desk passes it on. */
export function hookRequest(parts: Partial<HookRequest>): HookRequest {
  return {
    method: 'POST',
    url: 'https://desk.example/hooks',
    query: {},
    headers: {},
    rawBody: Buffer.alloc(0),
    ...parts,
  }
}

/** A desk without accounts of its own. */
export const NOBODY: OwnAccounts = { x: [], facebookPages: [], android: { bySim: new Map() } }
