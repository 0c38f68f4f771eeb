import { useMutation, useQuery, useQueryClient, type QueryClient } from '@tanstack/react-query'
import { request } from './http.js'
import { mergeAlertLists } from './merge-alerts.js'
import type { Alert } from './types.js'

export const ALERTS_KEY = ['alerts'] as const
/** Beside the live line, so that an alert rings here even where the line breaks without anybody noticing. */
const LOOK_AGAIN_MS = 20_000

export function putAlert(client: QueryClient, alert: Alert): void {
  // Before the first list has come there is nothing to merge into; that list will hold this alert.
  client.setQueryData<Alert[]>(ALERTS_KEY, (known) =>
    known === undefined ? undefined : mergeAlertLists(known, [alert]),
  )
}

export function useAlerts() {
  const client = useQueryClient()
  return useQuery({
    queryKey: ALERTS_KEY,
    queryFn: async ({ signal }) => {
      const { items } = await request<{ items: Alert[] }>('/api/alerts', { signal })
      // An event may have overtaken this answer.
      return mergeAlertLists(client.getQueryData<Alert[]>(ALERTS_KEY) ?? [], items)
    },
    refetchInterval: LOOK_AGAIN_MS,
    refetchIntervalInBackground: true,
    staleTime: 5_000,
  })
}

export function useAcknowledge() {
  const client = useQueryClient()
  return useMutation({
    mutationFn: (id: string) =>
      request<Alert>(`/api/alerts/${encodeURIComponent(id)}/acknowledge`, { method: 'POST', body: {} }),
    onSuccess: (alert) => putAlert(client, alert),
    onError: () => client.invalidateQueries({ queryKey: ALERTS_KEY }),
  })
}
