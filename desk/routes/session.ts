import { Type } from '@sinclair/typebox'
import type { TypeBoxTypeProvider } from '@fastify/type-provider-typebox'
import type { FastifyInstance } from 'fastify'
import type { DistrictTable } from '../../runtime/district-table.js'
import type { Unit } from '../../schemas/case.js'
import { caller, sessionCookie } from '../access.js'
import type { Audit } from '../audit.js'
import { problem } from '../problem.js'
import type { Sessions } from '../sessions.js'
import type { Users } from '../users.js'

export interface SessionParts {
  readonly users: Users
  readonly sessions: Sessions
  readonly audit: Audit
  readonly districts: DistrictTable
  readonly units: () => readonly Unit[]
  readonly demonstration: boolean
  /** The desk is reached by https: the cookie must never travel without it. */
  readonly secureCookie: boolean
}

const TRIES_A_MINUTE = 10

export function sessionRoutes(fastify: FastifyInstance, parts: SessionParts): void {
  const app = fastify.withTypeProvider<TypeBoxTypeProvider>()
  const { users, sessions, audit } = parts
  const name = sessionCookie(parts.secureCookie)
  const cookie = { path: '/', httpOnly: true, sameSite: 'strict', secure: parts.secureCookie } as const

  app.post(
    '/api/session',
    {
      config: { access: 'sign-in', rateLimit: { max: TRIES_A_MINUTE, timeWindow: 60_000 } },
      schema: {
        tags: ['session'],
        summary: 'Sign in; the answer sets the session cookie',
        body: Type.Object({
          username: Type.String({ minLength: 1, maxLength: 100 }),
          password: Type.String({ minLength: 1, maxLength: 256 }),
          code: Type.Optional(Type.String({ maxLength: 20 })),
        }),
        response: { 204: Type.Null({ description: 'signed in' }) },
      },
    },
    async (request, reply) => {
      const user = await users.verify(request.body.username, request.body.password)
      if (user === undefined) {
        // Not the name that was tried: people type their password there.
        await audit.note('nobody', 'sign-in refused', 'session', `from ${request.ip}`)
        return problem(reply, 401, 'the name or the password is wrong')
      }
      const before = request.cookies[name]
      if (before !== undefined) await sessions.close(before)
      const { token, expiresAt } = await sessions.open(user)
      await audit.note(user.username, 'signed in', 'session', `from ${request.ip}`)
      return reply
        .setCookie(name, token, { ...cookie, expires: expiresAt })
        .code(204)
        .send()
    },
  )

  app.get(
    '/api/session',
    {
      config: { access: 'signed-in' },
      schema: { tags: ['session'], summary: 'Who is signed in, and what the pages need to know' },
    },
    async (request) => {
      const { user, permissions } = caller(request)
      return {
        user: { username: user.username, role: user.role },
        permissions: [...permissions],
        demonstration: parts.demonstration,
        districts: parts.districts.districts.map(({ id, region, code, tile, names }) => ({
          id,
          region,
          code,
          tile,
          names,
        })),
        units: parts.units().map(({ id, name, kind, districts }) => ({ id, name, kind, districts })),
      }
    },
  )

  app.delete(
    '/api/session',
    {
      config: { access: 'signed-in' },
      schema: {
        tags: ['session'],
        summary: 'Sign out',
        response: { 204: Type.Null({ description: 'signed out' }) },
      },
    },
    async (request, reply) => {
      await sessions.close(request.cookies[name] ?? '')
      await audit.note(caller(request).user.username, 'signed out', 'session')
      return reply.clearCookie(name, cookie).code(204).send(null)
    },
  )
}
