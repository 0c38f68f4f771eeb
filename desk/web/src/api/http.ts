import { noteServerDate } from '../time/clock.js'

const TIMEOUT_MS = 20_000

/**
 * A request that did not succeed. `status` is the HTTP status, 0 where no answer came: then it is not known whether
 * the server acted on it.
 */
export class Problem extends Error {
  readonly status: number
  readonly title: string
  /** What else the problem document says. */
  readonly more: Readonly<Record<string, unknown>>

  constructor(status: number, title: string, detail: string, more: Readonly<Record<string, unknown>> = {}) {
    super(detail)
    this.name = 'Problem'
    this.status = status
    this.title = title
    this.more = more
  }
}

async function problemOf(response: Response): Promise<Problem> {
  try {
    const body = (await response.json()) as Record<string, unknown>
    const { title: named, detail } = body as { title?: unknown; detail?: unknown }
    const title = typeof named === 'string' ? named : response.statusText
    return new Problem(response.status, title, typeof detail === 'string' ? detail : title, body)
  } catch {
    return new Problem(response.status, response.statusText, `${response.status} ${response.statusText}`.trim())
  }
}

async function send(path: string, init: RequestInit, signal: AbortSignal | undefined): Promise<Response> {
  const limit = AbortSignal.timeout(TIMEOUT_MS)
  try {
    return await fetch(path, {
      credentials: 'same-origin',
      ...init,
      signal: signal ? AbortSignal.any([signal, limit]) : limit,
    })
  } catch (error) {
    if (signal?.aborted) throw error
    throw new Problem(0, 'no answer', error instanceof Error ? error.message : 'no answer')
  }
}

/** Asks the desk's API; resolves with the decoded body (undefined for 204), throws a `Problem` for everything else. */
export async function request<T>(
  path: string,
  options: { method?: 'GET' | 'POST' | 'DELETE'; body?: unknown; signal?: AbortSignal } = {},
): Promise<T> {
  const method = options.method ?? 'GET'
  const headers: Record<string, string> = { Accept: 'application/json' }
  if (method !== 'GET') headers['X-Rabta'] = '1'
  if (options.body !== undefined) headers['Content-Type'] = 'application/json'
  const body = options.body === undefined ? null : JSON.stringify(options.body)
  const response = await send(path, { method, headers, body }, options.signal)
  noteServerDate(response.headers.get('date'))
  if (!response.ok) throw await problemOf(response)
  if (response.status === 204) return undefined as T
  try {
    return (await response.json()) as T
  } catch {
    throw new Problem(response.status, 'not JSON', `the answer of ${path} could not be read`)
  }
}
