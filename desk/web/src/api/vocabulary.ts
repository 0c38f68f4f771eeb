import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { request } from './http.js'
import { SESSION_KEY } from './session.js'
import type { VocabularyEntry, VocabularyItem, VocabularyList, VocabularyTrial } from './types.js'

const VOCABULARY_KEY = ['vocabulary'] as const
const LOOK_AGAIN_MS = 30_000

export function useVocabulary(retired: boolean) {
  return useQuery({
    queryKey: [...VOCABULARY_KEY, retired],
    queryFn: ({ signal }) => request<VocabularyList>(`/api/vocabulary?retired=${String(retired)}`, { signal }),
    refetchInterval: LOOK_AGAIN_MS,
  })
}

/** A district that was added or retired changes the tables of every page. */
function useChanged(): () => Promise<unknown> {
  const client = useQueryClient()
  return () =>
    Promise.all([
      client.invalidateQueries({ queryKey: VOCABULARY_KEY }),
      client.invalidateQueries({ queryKey: SESSION_KEY }),
    ])
}

export function useAddEntry() {
  const changed = useChanged()
  return useMutation({
    mutationFn: (entry: VocabularyEntry) =>
      request<{ item: VocabularyItem; warnings: string[] }>('/api/vocabulary', { method: 'POST', body: entry }),
    onSettled: changed,
  })
}

export function useRetireEntry() {
  const changed = useChanged()
  return useMutation({
    mutationFn: (id: string) =>
      request<VocabularyItem>(`/api/vocabulary/${encodeURIComponent(id)}`, { method: 'DELETE' }),
    onSettled: changed,
  })
}

export function useTrial() {
  return useMutation({
    mutationFn: (trial: { entry: VocabularyEntry; text: string }) =>
      request<VocabularyTrial>('/api/vocabulary/try', { method: 'POST', body: trial }),
  })
}
