import { useQuery } from '@tanstack/react-query'
import { request } from './http.js'
import type { DailyReport, SourceOnBoard } from './types.js'

export const SOURCES_KEY = ['sources'] as const

export function useSources(enabled: boolean) {
  return useQuery({
    queryKey: SOURCES_KEY,
    queryFn: ({ signal }) => request<{ items: SourceOnBoard[] }>('/api/sources', { signal }).then(({ items }) => items),
    enabled,
    refetchInterval: 60_000,
  })
}

export interface DeadLetterRow {
  id: string
  origin: string
  reason: string
  detail: string
  attempts: number
  at: string
}

export function useDeadLetters(enabled: boolean) {
  return useQuery({
    queryKey: ['dead'],
    queryFn: ({ signal }) => request<{ items: DeadLetterRow[]; total: number }>('/api/dead', { signal }),
    enabled,
    refetchInterval: 60_000,
  })
}

export function useDailyReport(day: string) {
  return useQuery({
    queryKey: ['report', day],
    queryFn: ({ signal }) => request<DailyReport>(`/api/reports/daily/${day}`, { signal }),
    staleTime: 30_000,
  })
}
