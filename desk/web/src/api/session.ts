import { useQuery, useQueryClient } from '@tanstack/react-query'
import { createContext, useContext, useEffect } from 'react'
import { Problem, request } from './http.js'
import type { Session } from './types.js'

export const SESSION_KEY = ['session'] as const
/** Replies not yet sent. */
export const DRAFT_KEY = ['draft'] as const

async function readSession(signal: AbortSignal): Promise<Session | null> {
  try {
    return await request<Session>('/api/session', { signal })
  } catch (error) {
    if (error instanceof Problem && error.status === 401) return null
    throw error
  }
}

/** Who is signed in; null for nobody. */
export function useSessionQuery() {
  return useQuery({ queryKey: SESSION_KEY, queryFn: ({ signal }) => readSession(signal), staleTime: Infinity })
}

const TABLES_EVERY_MS = 60_000

/** Districts and offices change while pages are open. Beside the session's own query, so that a desk that does not answer now closes no page. */
export function useFreshTables(): void {
  const client = useQueryClient()
  const { data } = useQuery({
    queryKey: ['tables'],
    queryFn: ({ signal }) => readSession(signal),
    refetchInterval: TABLES_EVERY_MS,
    staleTime: TABLES_EVERY_MS,
  })
  useEffect(() => {
    if (data === undefined) return
    client.setQueryData<Session | null>(SESSION_KEY, (known) =>
      JSON.stringify(known) === JSON.stringify(data) ? known : data,
    )
  }, [client, data])
}

export async function signIn(username: string, password: string): Promise<void> {
  await request('/api/session', { method: 'POST', body: { username, password } })
}

export function useSignOut(): () => Promise<void> {
  const client = useQueryClient()
  return async () => {
    await request('/api/session', { method: 'DELETE' }).catch((error: unknown) => {
      // Already signed out is what was wanted; anything else must be seen, because the session may still be open.
      if (!(error instanceof Problem && error.status === 401)) throw error
    })
    client.removeQueries({ queryKey: DRAFT_KEY })
    client.setQueryData(SESSION_KEY, null)
  }
}

export const SessionContext = createContext<Session | null>(null)

export function useSession(): Session {
  const session = useContext(SessionContext)
  if (session === null) throw new Error('useSession outside of a signed-in page')
  return session
}

export function useMay(permission: Session['permissions'][number]): boolean {
  return useSession().permissions.includes(permission)
}
