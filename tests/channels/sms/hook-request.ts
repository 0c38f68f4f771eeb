import type { HookRequest } from '../../../channels/hook.js'

export const RECEIVED_AT = '2026-11-22T04:00:00.000Z'

export function hookRequest(parts: {
  method?: 'GET' | 'POST'
  url: string
  headers?: Record<string, string>
  body?: string | Buffer
}): HookRequest {
  const rawBody = typeof parts.body === 'string' ? Buffer.from(parts.body) : (parts.body ?? Buffer.alloc(0))
  return {
    method: parts.method ?? (parts.body === undefined ? 'GET' : 'POST'),
    url: parts.url,
    query: Object.fromEntries(new URL(parts.url).searchParams),
    headers: parts.headers ?? {},
    rawBody,
  }
}
