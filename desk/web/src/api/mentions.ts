import {
  keepPreviousData,
  useInfiniteQuery,
  useMutation,
  useQuery,
  useQueryClient,
  type InfiniteData,
  type QueryClient,
} from '@tanstack/react-query'
import { apiParams, type Filters } from '../routing/filters.js'
import { request } from './http.js'
import type { EnrichedMention, MentionDetail, MentionPage, OutboundUpdate } from './types.js'

const PAGE_SIZE = 50

/** Pages of a search, newest first; `atMs` fixes what "the last 24 h" means until the reader asks for new ones. */
export function useMentionSearch(filters: Filters, atMs: number) {
  return useInfiniteQuery({
    queryKey: ['mentions', filters, atMs] as const,
    queryFn: ({ signal, pageParam }) => {
      const params = apiParams(filters, atMs)
      params.set('limit', String(PAGE_SIZE))
      if (pageParam !== null) params.set('cursor', pageParam)
      return request<MentionPage>(`/api/mentions?${params.toString()}`, { signal })
    },
    initialPageParam: null as string | null,
    getNextPageParam: (page) => page.next,
    staleTime: Infinity,
    gcTime: 60_000,
    refetchOnWindowFocus: false,
    refetchOnReconnect: false,
    // Facets and histogram of the answer before stay until the next is there; its rows are not shown.
    placeholderData: keepPreviousData,
  })
}

/** How many mentions fit the filters; with `from`, only those received from then on. */
export async function countMentions(filters: Filters, atMs: number, from: string | null): Promise<number> {
  const params = apiParams(filters, atMs)
  if (from !== null) params.set('from', from)
  params.set('limit', '1')
  return (await request<MentionPage>(`/api/mentions?${params.toString()}`)).total
}

export const detailKey = (id: string) => ['mention', id] as const

export function useMentionDetail(id: string | null) {
  return useQuery({
    queryKey: detailKey(id ?? ''),
    queryFn: ({ signal }) => request<MentionDetail>(`/api/mentions/${encodeURIComponent(id ?? '')}`, { signal }),
    enabled: id !== null,
    staleTime: 10_000,
    refetchOnWindowFocus: false,
  })
}

export function useReply(id: string) {
  const client = useQueryClient()
  return useMutation({
    mutationFn: (reply: { text: string; key: string }) =>
      request<{ id: string }>(`/api/mentions/${encodeURIComponent(id)}/replies`, { method: 'POST', body: reply }),
    onSettled: () => client.invalidateQueries({ queryKey: detailKey(id) }),
  })
}

export function useForward(id: string) {
  const client = useQueryClient()
  return useMutation({
    mutationFn: (forward: { unit: string; note: string; key: string }) =>
      request<{ id: string }>(`/api/mentions/${encodeURIComponent(id)}/forwards`, { method: 'POST', body: forward }),
    onSettled: () => client.invalidateQueries({ queryKey: detailKey(id) }),
  })
}

/** A step in an outbound message's life, wherever it is shown. */
export function putOutbound(client: QueryClient, update: OutboundUpdate): void {
  client.setQueriesData<MentionDetail>({ queryKey: ['mention'] }, (detail) => {
    if (detail === undefined || !detail.outbound.some((one) => one.id === update.id)) return detail
    const outbound = detail.outbound.map((one) =>
      one.id === update.id && one.updatedAt <= update.at
        ? { ...one, status: update.status, reason: update.reason, updatedAt: update.at }
        : one,
    )
    return { ...detail, outbound }
  })
}

type Pages = InfiniteData<MentionPage, string | null>

function mapItems(client: QueryClient, change: (mention: EnrichedMention) => EnrichedMention): void {
  client.setQueriesData<Pages>({ queryKey: ['mentions'] }, (data) =>
    data === undefined
      ? undefined
      : {
          ...data,
          pages: data.pages.map((page) => ({
            ...page,
            items: page.items.map((item) => {
              const mention = change(item.mention)
              return mention === item.mention ? item : { mention, highlights: [] }
            }),
          })),
        },
  )
}

export const WITHDRAWN = 'withdrawn'

/** A withdrawn text leaves every list at once; its row stays, so that nothing shifts under the hand. */
export function forgetMention(client: QueryClient, id: string): void {
  mapItems(client, (mention) =>
    mention.id === id ? { ...mention, text: '', media: [], mended: [WITHDRAWN] } : mention,
  )
  client.setQueriesData<MentionDetail>({ queryKey: ['mention'] }, (detail) =>
    detail === undefined
      ? undefined
      : { ...detail, conversation: detail.conversation.filter((mention) => mention.id !== id) },
  )
  void client.resetQueries({ queryKey: detailKey(id) })
}

/** An edited text is shown in place where it is shown at all. */
export async function refreshMention(client: QueryClient, id: string): Promise<void> {
  const shown = client
    .getQueriesData<Pages>({ queryKey: ['mentions'] })
    .some(([, data]) => data?.pages.some((page) => page.items.some((item) => item.mention.id === id)))
  const open = client.getQueryData(detailKey(id)) !== undefined
  if (!shown && !open) return
  const detail = await request<MentionDetail>(`/api/mentions/${encodeURIComponent(id)}`)
  client.setQueryData(detailKey(id), detail)
  mapItems(client, (mention) =>
    mention.id === id && mention.version < detail.mention.version ? detail.mention : mention,
  )
}
