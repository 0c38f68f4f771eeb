import { useEffect, useState } from 'react'
import { countMentions } from '../../api/mentions.js'
import type { MentionPage } from '../../api/types.js'
import { useLive } from '../../live/live.js'
import type { Filters } from '../../routing/filters.js'

/** The desk is asked at most once in this time, however much comes in. */
const ASK_EVERY_MS = 3_000

/** The instant after the newest mention on the page; null on an empty page. */
function afterNewest(page: MentionPage): string | null {
  const newest = page.items.reduce(
    (latest, item) => (item.mention.receivedAt > latest ? item.mention.receivedAt : latest),
    '',
  )
  return newest === '' ? null : new Date(Date.parse(newest) + 1).toISOString()
}

/** How many mentions that fit the filters came in since the page was made: asked from the desk, because only it can judge words. */
export function useFresh(filters: Filters, atMs: number, page: MentionPage | undefined): number {
  const { onMention } = useLive()
  const [fresh, setFresh] = useState({ page, count: 0 })

  useEffect(() => {
    if (page === undefined) return
    let stopped = false
    let timer: number | undefined
    let askAgain = false

    const ask = async (): Promise<void> => {
      askAgain = false
      try {
        const count = await countMentions(filters, atMs, afterNewest(page))
        if (!stopped) setFresh({ page, count })
      } catch {
        // The live state says that the desk does not answer; the next notice asks again.
      }
    }
    const schedule = (): void => {
      if (timer !== undefined) {
        askAgain = true
        return
      }
      const waitMs = ASK_EVERY_MS / 3
      timer = window.setTimeout(() => {
        void ask().finally(() => {
          timer = stopped
            ? undefined
            : window.setTimeout(() => {
                timer = undefined
                if (askAgain) schedule()
              }, ASK_EVERY_MS - waitMs)
        })
      }, waitMs)
    }
    const stop = onMention((notice) => {
      if (notice === null || notice.type === 'written') schedule()
    })
    return () => {
      stopped = true
      stop()
      window.clearTimeout(timer)
    }
  }, [atMs, filters, onMention, page])

  return fresh.page === page ? fresh.count : 0
}
