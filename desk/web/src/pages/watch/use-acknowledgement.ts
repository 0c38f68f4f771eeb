import { useEffect, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useAcknowledge } from '../../api/alerts.js'
import { Problem } from '../../api/http.js'
import type { Alert } from '../../api/types.js'

/** After cards changed places, a press within this time was aimed at what stood there before. */
const SETTLE_MS = 600

/** True for a moment after the order changed. */
function useSettling(order: string): boolean {
  const [settled, setSettled] = useState(order)
  useEffect(() => {
    const timer = window.setTimeout(() => setSettled(order), SETTLE_MS)
    return () => window.clearTimeout(timer)
  }, [order])
  return settled !== order
}

/** Acknowledges alerts. While `isSettling`, cards have just moved under the hand: presses do nothing then, keys name their alert and count. */
export function useAcknowledgement(shown: readonly Alert[]) {
  const { t } = useTranslation()
  const { mutate, isPending, variables } = useAcknowledge()
  const [problems, setProblems] = useState<ReadonlyMap<string, string>>(new Map())
  const isSettling = useSettling(shown.map((alert) => alert.id).join(' '))

  const acknowledge = (id: string, by: 'press' | 'key'): void => {
    if (isPending && variables === id) return
    if (by === 'press' && isSettling) return
    const note = (words: string | null): void =>
      setProblems((old) => {
        const next = new Map(old)
        if (words === null) next.delete(id)
        else next.set(id, words)
        return next
      })
    note(null)
    mutate(id, {
      onError: (error) =>
        note(
          error instanceof Problem && error.status > 0
            ? t('watch.ackFailed', { detail: error.message })
            : t('watch.ackUnknown'),
        ),
    })
  }
  return {
    acknowledge,
    isSettling,
    pendingId: isPending ? variables : null,
    problemOf: (id: string): string | null => problems.get(id) ?? null,
  }
}
