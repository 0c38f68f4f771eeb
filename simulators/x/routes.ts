import type { ReceivedRequest } from '../loopback.js'
import type { XEndpoint } from './limits.js'

export function routeOf({ method, path }: ReceivedRequest): XEndpoint | undefined {
  const isRules = /^\/2\/(tweets|posts)\/search\/stream\/rules$/.test(path)
  if (method === 'POST') {
    if (isRules) return 'rules-change'
    if (/^\/2\/dm_conversations\/with\/[^/]+\/messages$/.test(path)) return 'direct'
    return path === '/2/tweets' || path === '/2/posts' ? 'create' : undefined
  }
  if (method !== 'GET') return undefined
  if (isRules) return 'rules'
  if (/^\/2\/(tweets|posts)\/search\/stream$/.test(path)) return 'stream'
  if (/^\/2\/users\/[^/]+\/mentions$/.test(path)) return 'mentions'
  if (/^\/2\/(tweets|posts)\/search\/recent$/.test(path)) return 'search'
  if (path === '/2/users/me') return 'me'
  if (/^\/2\/users\/by\/username\/[^/]+$/.test(path)) return 'user-by-name'
  return path === '/2/tweets' || path === '/2/posts' ? 'lookup' : undefined
}
