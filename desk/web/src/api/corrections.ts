import { useMutation, useQueryClient } from '@tanstack/react-query'
import { Problem, request } from './http.js'
import { detailKey, putCorrected } from './mentions.js'
import type { CorrectedTags, CorrectionEntry, IndexedMention } from './types.js'

interface Corrected {
  mention: IndexedMention
  correctionHistory: CorrectionEntry[]
}

/** Sets tags of a mention right; the answer is shown at once, everywhere. */
export function useCorrect(id: string) {
  const client = useQueryClient()
  return useMutation({
    mutationFn: (body: { tags: CorrectedTags; revision: number; note?: string }) =>
      request<Corrected>(`/api/mentions/${encodeURIComponent(id)}/corrections`, { method: 'POST', body }),
    onSuccess: ({ mention, correctionHistory }) => putCorrected(client, mention, correctionHistory),
    // Other offices may be responsible now; and after a conflict, this is what stands.
    onSettled: () => client.invalidateQueries({ queryKey: detailKey(id) }),
  })
}

/** What somebody else did meanwhile, where that is why it failed. */
export function conflictOf(error: unknown): { revision: number; history: CorrectionEntry[] } | undefined {
  if (!(error instanceof Problem) || error.status !== 409) return undefined
  const { revision, correctionHistory } = error.more
  if (typeof revision !== 'number' || !Array.isArray(correctionHistory)) return undefined
  return { revision, history: correctionHistory as CorrectionEntry[] }
}
