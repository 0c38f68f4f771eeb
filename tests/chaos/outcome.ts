import type { Alert } from '../../schemas/alert.js'
import type { MentionPage } from '../../schemas/search.js'
import type { RabtaProcess, SignedInClient } from '../support/rabta-process.js'

/** Every id the index holds, by paging through all of it. */
export async function indexedIds(client: SignedInClient): Promise<string[]> {
  const ids: string[] = []
  let cursor: string | null = null
  do {
    const page: MentionPage = await client.get<MentionPage>(
      `/api/mentions?limit=200${cursor === null ? '' : `&cursor=${encodeURIComponent(cursor)}`}`,
    )
    ids.push(...page.items.map((item) => item.mention.id))
    cursor = page.next
  } while (cursor !== null)
  return ids
}

export const alertsOf = async (client: SignedInClient) =>
  (await client.get<{ items: Alert[] }>('/api/alerts?limit=500')).items

/** Resolves when `holds` does; rejects after `limitMs` with what was seen last and the process's log. */
export async function until(
  what: string,
  rabta: () => RabtaProcess,
  limitMs: number,
  holds: () => Promise<boolean | string>,
): Promise<void> {
  const deadline = Date.now() + limitMs
  let seen: boolean | string = false
  while (Date.now() < deadline) {
    seen = await holds().catch((error: unknown) => String(error))
    if (seen === true) return
    await new Promise((resolve) => setTimeout(resolve, 250))
  }
  throw new Error(
    `${what}: not within ${limitMs} ms; last seen: ${String(seen)}\n${rabta().logged.slice(-20).join('\n')}`,
  )
}
