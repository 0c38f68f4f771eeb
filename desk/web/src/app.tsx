import { MutationCache, QueryCache, QueryClient, QueryClientProvider, useQueryClient } from '@tanstack/react-query'
import { useEffect, useState } from 'react'
import { Problem } from './api/http.js'
import { DRAFT_KEY, SESSION_KEY, SessionContext, useSessionQuery } from './api/session.js'
import { LiveProvider } from './live/live.js'
import { Failed, Loading } from './parts/notice.js'
import { SignIn } from './pages/sign-in/sign-in.js'
import { SettingsProvider } from './settings/settings.js'
import { Shell } from './shell/shell.js'
import { SoundProvider } from './sound/sound.js'

function createClient(): QueryClient {
  const onError = (error: unknown): void => {
    if (error instanceof Problem && error.status === 401) client.setQueryData(SESSION_KEY, null)
  }
  const client = new QueryClient({
    queryCache: new QueryCache({ onError }),
    mutationCache: new MutationCache({ onError }),
    defaultOptions: {
      queries: {
        // What the desk refused it refuses again; only a missing answer or a failing server is worth another try.
        retry: (failures, error) =>
          failures < 2 && error instanceof Problem && (error.status === 0 || error.status >= 500),
        // The live line knows better than the browser's guess whether the desk can be reached.
        networkMode: 'always',
      },
      mutations: { networkMode: 'always', retry: false },
    },
  })
  client.setQueryDefaults(DRAFT_KEY, { gcTime: Infinity })
  return client
}

/** Signed out, the page forgets what it read; drafts stay for the same person, whose session may only have run out. */
function useForgetting(signedOut: boolean): void {
  const client = useQueryClient()
  useEffect(() => {
    if (!signedOut) return
    const kept: unknown[] = [SESSION_KEY[0], DRAFT_KEY[0]]
    client.removeQueries({ predicate: (query) => !kept.includes(query.queryKey[0]) })
  }, [client, signedOut])
}

function Gate() {
  const session = useSessionQuery()
  const client = useQueryClient()
  useForgetting(session.data === null)
  if (session.isPending) return <Loading />
  if (session.isError) return <Failed error={session.error} onRetry={() => void session.refetch()} />
  if (session.data === null) return <SignIn onDone={() => client.resetQueries({ queryKey: SESSION_KEY })} />
  return (
    <SessionContext value={session.data}>
      <LiveProvider>
        <SoundProvider>
          <Shell />
        </SoundProvider>
      </LiveProvider>
    </SessionContext>
  )
}

export function App() {
  const [client] = useState(createClient)
  return (
    <QueryClientProvider client={client}>
      <SettingsProvider>
        <Gate />
      </SettingsProvider>
    </QueryClientProvider>
  )
}
