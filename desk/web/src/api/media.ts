import { useQuery } from '@tanstack/react-query'
import { now } from '../time/clock.js'
import { request } from './http.js'
import type { EnrichedMention, MediaState } from './types.js'

const LOOK_AGAIN_MS = 3_000

export const mediaPath = (mentionId: string, position: number): string =>
  `/api/mentions/${encodeURIComponent(mentionId)}/media/${position}`

const isUnderWay = ({ status, nextTryAt }: MediaState): boolean =>
  status === 'fetching' || (status === 'wanted' && nextTryAt !== null && Date.parse(nextTryAt) - now() < 60_000)

/** The files of a mention; asked for again while one of them is on its way. */
export function useMedia(mention: EnrichedMention) {
  return useQuery({
    // A version of its own: an edit may have brought others.
    queryKey: ['media', mention.id, mention.version] as const,
    queryFn: async ({ signal }) =>
      (await request<{ items: MediaState[] }>(`/api/mentions/${encodeURIComponent(mention.id)}/media`, { signal }))
        .items,
    enabled: mention.media.length > 0,
    refetchInterval: ({ state }) => {
      const items = state.data
      if (items === undefined) return false
      return items.length < mention.media.length || items.some(isUnderWay) ? LOOK_AGAIN_MS : false
    },
    refetchOnWindowFocus: false,
  })
}
