import type { FastifyInstance, FastifyReply, FastifyRequest, RouteOptions } from 'fastify'
import type { Permission } from '../schemas/user.js'
import { problem } from './problem.js'
import type { Sessions, SignedIn } from './sessions.js'

/**
 * What a route asks of whoever calls it, named in its `config.access`:
 * a permission, `signed-in` (any user), `loopback` (no sign-in from this machine, otherwise a sign-in), `sign-in` (the sign-in itself: anybody,
 * but no page of another site), or `public` (a handshake, a signed hook, a page).
 */
export type Access = Permission | 'signed-in' | 'loopback' | 'sign-in' | 'public'

declare module 'fastify' {
  interface FastifyContextConfig {
    access?: Access
  }
  interface FastifyRequest {
    signedIn: SignedIn | undefined
  }
}

/** Where https is certain, the prefix makes browsers refuse a cookie that a neighbouring site put there. */
export const sessionCookie = (secure: boolean) => (secure ? '__Host-rabta_session' : 'rabta_session')

const LOOPBACK = /^(127\.|::1$|::ffff:127\.)/
const LOOPBACK_HOST = /^(localhost|127(\.\d{1,3}){3}|\[::1\])(:\d{1,5})?$/i
const HANDED_ON = ['x-forwarded-for', 'forwarded', 'x-real-ip', 'x-forwarded-host', 'x-forwarded-proto', 'via']
const CHANGES = new Set(['POST', 'PUT', 'PATCH', 'DELETE'])

/** From this machine itself, by its own name, and not handed on by a proxy that runs on it. */
function fromLoopback(request: FastifyRequest): boolean {
  return (
    LOOPBACK.test(request.socket.remoteAddress ?? '') &&
    LOOPBACK_HOST.test(request.headers.host ?? '') &&
    HANDED_ON.every((name) => request.headers[name] === undefined)
  )
}

/** A browser says where a request comes from; one of another site is refused, whatever cookie it carries. */
function fromElsewhere(request: FastifyRequest): boolean {
  const site = request.headers['sec-fetch-site']
  // No page can write this header, and a proxy may have changed Host: where it is given, it decides.
  if (site !== undefined) return site !== 'same-origin' && site !== 'none'
  const origin = request.headers.origin
  if (origin === undefined) return false
  try {
    const { host, protocol } = new URL(origin)
    // Written so, a default port of either is left out of both.
    return host !== new URL(`${protocol}//${request.host}`).host
  } catch {
    return true
  }
}

/** Whoever calls, as a signed-in user; the access check has made sure of it. */
export function caller(request: FastifyRequest): SignedIn {
  if (request.signedIn === undefined) throw new Error('a route that needs a user did not say so in its access')
  return request.signedIn
}

/** The one place where access is decided. A route that names no access does not start. */
export function guardAccess(app: FastifyInstance, sessions: Sessions, cookie: string): void {
  app.decorateRequest('signedIn', undefined)
  const routes: RouteOptions[] = []
  app.addHook('onRoute', (route) => void routes.push(route))
  app.addHook('onReady', async () => {
    const open = routes.filter((route) => route.config?.access === undefined)
    if (open.length > 0) throw new Error(`routes that name no access: ${open.map(({ url }) => url).join(', ')}`)
  })
  app.addHook('onRequest', async (request, reply): Promise<FastifyReply | undefined> => {
    if (request.is404) return undefined
    const access = request.routeOptions.config.access
    if (access === undefined) return problem(reply, 403, 'this route names no access')
    if (access === 'public') return undefined
    // What is behind the door belongs in no cache, of a browser or of a proxy.
    reply.header('cache-control', 'no-store')
    if (CHANGES.has(request.method) && fromElsewhere(request))
      return problem(reply, 403, 'the request comes from another site')
    if (access === 'sign-in') return undefined
    const token = request.cookies[cookie]
    request.signedIn = token === undefined ? undefined : await sessions.find(token)
    if (access === 'loopback' && fromLoopback(request)) return undefined
    if (request.signedIn === undefined) return problem(reply, 401, 'sign in, then try again')
    if (access === 'signed-in' || access === 'loopback') return undefined
    if (!request.signedIn.permissions.has(access))
      return problem(reply, 403, `your role lacks the permission ${access}`)
    return undefined
  })
}
