import { Type } from '@sinclair/typebox'
import type { TypeBoxTypeProvider } from '@fastify/type-provider-typebox'
import type { FastifyInstance } from 'fastify'
import { setMaxListeners } from 'node:events'
import type { OutgoingHttpHeaders } from 'node:http'
import type { Bus } from '../../runtime/bus.js'
import type { Clock } from '../../runtime/clock.js'
import { Failure } from '../../runtime/failure.js'
import type { Log } from '../../runtime/log.js'
import type { MentionSearch } from '../../index/mention-search.js'
import type { Alert } from '../../schemas/alert.js'
import type { OutboundUpdate } from '../../schemas/outbound.js'
import type { IndexedNotice } from '../../schemas/topics.js'
import type { Scope } from '../../schemas/user.js'
import type { OutboundStates } from '../../send/outbound-states.js'
import { caller, sessionCookie } from '../access.js'
import { EventStream } from '../event-stream.js'
import { LiveReader, SharedReads, type LiveEvent } from '../live-feed.js'
import { maySeeOutbound } from '../outbound-scope.js'
import type { Sessions } from '../sessions.js'

export interface EventsParts {
  readonly bus: Bus
  readonly clock: Clock
  readonly log: Log
  readonly sessions: Sessions
  readonly search: MentionSearch
  readonly outbound: OutboundStates
  readonly secureCookie: boolean
  /** The outbound id of a platform's own id, for statuses that know nothing else. */
  readonly outboundOf: (platformId: string) => Promise<string | undefined>
  /** Aborts when the desk stops: streams must not hold up a clean stop. */
  readonly stopping: AbortSignal
}

function inScope(districts: readonly string[], scope: Scope): boolean {
  return scope.districts === 'all' || districts.some((district) => scope.districts.includes(district))
}

/** What of an event the reader may see, or undefined. */
async function visible({ event, value }: LiveEvent, scope: Scope, parts: EventsParts): Promise<unknown> {
  switch (event) {
    case 'alert':
      return inScope((value as Alert).districts, scope) ? value : undefined
    case 'mention':
      return inScope((value as IndexedNotice).districts, scope) ? value : undefined
    case 'outbound': {
      const update = value as OutboundUpdate
      const id = update.id ?? (update.platformId === null ? undefined : await parts.outboundOf(update.platformId))
      if (id === undefined) return undefined
      if (scope.districts === 'all') return { ...update, id }
      const state = await parts.outbound.getOutbound(id)
      return state !== undefined && (await maySeeOutbound(state, parts.search, scope)) ? { ...update, id } : undefined
    }
    case 'source':
      return value
  }
}

/** Many listeners hear the same objects: each is written as JSON once. */
function sharedJson(): (value: unknown) => string {
  const written = new WeakMap<object, string>()
  return (value) => {
    if (typeof value !== 'object' || value === null) return JSON.stringify(value)
    const json = written.get(value) ?? JSON.stringify(value)
    written.set(value, json)
    return json
  }
}

export function eventsRoute(fastify: FastifyInstance, parts: EventsParts): void {
  const cookie = sessionCookie(parts.secureCookie)
  const { bus, clock, log, sessions, stopping } = parts
  const reads = new SharedReads(bus)
  const jsonOf = sharedJson()
  // Every open stream listens for the stop.
  setMaxListeners(0, stopping)
  fastify.withTypeProvider<TypeBoxTypeProvider>().get(
    '/api/events',
    {
      exposeHeadRoute: false,
      config: { access: 'alerts:read', rateLimit: false },
      schema: {
        tags: ['live'],
        summary: 'Server-sent events alert, mention, outbound and source; Last-Event-ID resumes with nothing missed',
        headers: Type.Object({ 'last-event-id': Type.Optional(Type.String({ maxLength: 2000 })) }),
        querystring: Type.Object(
          { lastEventId: Type.Optional(Type.String({ maxLength: 2000 })) },
          { additionalProperties: false },
        ),
        produces: ['text/event-stream'],
        response: { 200: Type.String() },
      },
    },
    async (request, reply) => {
      const { scope } = caller(request)
      const token = request.cookies[cookie] ?? ''
      const stream = new EventStream({
        response: reply.raw,
        clock,
        stopping,
        isAllowed: async () => (await sessions.find(token)) !== undefined,
      })
      const asked = request.headers['last-event-id'] ?? request.query.lastEventId
      const reader = await LiveReader.open(bus, reads, asked === '' ? undefined : asked, stream.signal).catch(
        (error: unknown) => {
          stream.letGo()
          throw error
        },
      )
      reply.hijack()
      stream.start(reply.getHeaders() as OutgoingHttpHeaders)
      try {
        await stream.send(`retry: 2000\nid: ${reader.id}\nevent: hello\ndata: {}\n\n`)
        await stream.run(async () => {
          for (const event of await reader.next()) {
            const data = await visible(event, scope, parts)
            if (data !== undefined)
              await stream.send(`id: ${event.id}\nevent: ${event.event}\ndata: ${jsonOf(data)}\n\n`)
          }
        })
      } catch (error) {
        if (!stream.signal.aborted)
          log.warn('live feed broken off, the page connects again', {
            reason: error instanceof Failure ? error.reason : 'unexpected',
          })
      } finally {
        stream.end()
      }
    },
  )
}
