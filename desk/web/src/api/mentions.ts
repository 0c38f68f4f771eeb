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
import { now } from '../time/clock.js'
import { request } from './http.js'
import type {
  CorrectionEntry,
  IndexedMention,
  MentionDetail,
  MentionPage,
  OutboundUpdate,
  ThreadEntry,
} from './types.js'

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

/** The parts of a thread before those that came with its mention, as the reader asks for them. */
export function useEarlier(id: string, first: string | null) {
  return useInfiniteQuery({
    queryKey: ['earlier', id] as const,
    queryFn: ({ signal, pageParam }) =>
      request<{ items: ThreadEntry[]; earlier: string | null }>(
        `/api/mentions/${encodeURIComponent(id)}/conversation?${new URLSearchParams({ before: pageParam ?? '' }).toString()}`,
        { signal },
      ),
    initialPageParam: first,
    getNextPageParam: (page) => page.earlier,
    enabled: false,
    staleTime: Infinity,
    gcTime: 0,
  })
}

type EarlierPages = InfiniteData<{ items: ThreadEntry[]; earlier: string | null }, string | null>

/** Changes the entries of every thread that is shown. */
function mapEntries(client: QueryClient, change: (entry: ThreadEntry) => ThreadEntry): void {
  client.setQueriesData<MentionDetail>({ queryKey: ['mention'] }, (detail) =>
    detail === undefined ? undefined : { ...detail, conversation: detail.conversation.map(change) },
  )
  client.setQueriesData<EarlierPages>({ queryKey: ['earlier'] }, (data) =>
    data === undefined
      ? undefined
      : { ...data, pages: data.pages.map((page) => ({ ...page, items: page.items.map(change) })) },
  )
}

/** A step in an outbound message's life, wherever it is shown. */
export function putOutbound(client: QueryClient, update: OutboundUpdate): void {
  const { status, reason, at } = update
  mapEntries(client, (entry) =>
    (entry.entry === 'reply' || entry.entry === 'forward') && entry.id === update.id && entry.updatedAt <= at
      ? { ...entry, status, reason, updatedAt: at }
      : entry,
  )
}

type Pages = InfiniteData<MentionPage, string | null>

function mapItems(client: QueryClient, change: (mention: IndexedMention) => IndexedMention): void {
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
  const deletedAt = new Date(now()).toISOString()
  mapEntries(client, (entry) => {
    if (entry.id === id && entry.entry === 'mention')
      return { entry: 'deleted', id, at: entry.at, text: '', inReplyTo: null, deletedAt }
    // What was forwarded repeats the words.
    return entry.entry === 'forward' && entry.inReplyTo === id ? { ...entry, text: '' } : entry
  })
  void client.resetQueries({ queryKey: detailKey(id) })
}

/** An edited text is shown in place where it is shown at all. */
export async function refreshMention(client: QueryClient, id: string): Promise<void> {
  const shown = client
    .getQueriesData<Pages>({ queryKey: ['mentions'] })
    .some(([, data]) => data?.pages.some((page) => page.items.some((item) => item.mention.id === id)))
  const open = client.getQueryData(detailKey(id)) !== undefined
  for (const [key, detail] of client.getQueriesData<MentionDetail>({ queryKey: ['mention'] })) {
    if (detail?.mention.id !== id && detail?.conversation.some((entry) => entry.id === id) === true)
      void client.invalidateQueries({ queryKey: key })
  }
  if (!shown && !open) return
  const detail = await request<MentionDetail>(`/api/mentions/${encodeURIComponent(id)}`)
  client.setQueryData(detailKey(id), detail)
  mapItems(client, (mention) => (mention.id === id && isOlder(mention, detail.mention) ? detail.mention : mention))
}

const isOlder = (shown: IndexedMention, now: IndexedMention): boolean =>
  shown.version < now.version || (shown.version === now.version && (shown.revision ?? 0) < (now.revision ?? 0))

/** What a correction made of a mention, wherever it is shown. */
export function putCorrected(client: QueryClient, mention: IndexedMention, correctionHistory: CorrectionEntry[]): void {
  client.setQueryData<MentionDetail>(detailKey(mention.id), (detail) =>
    detail === undefined ? undefined : { ...detail, mention, correctionHistory },
  )
  mapItems(client, (shown) => (shown.id === mention.id && isOlder(shown, mention) ? mention : shown))
}
