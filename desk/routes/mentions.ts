import { Type } from '@sinclair/typebox'
import type { TypeBoxTypeProvider } from '@fastify/type-provider-typebox'
import type { FastifyInstance } from 'fastify'
import type { AlertsStore } from '../../alerts/alerts-store.js'
import type { Cases, ReplyOptions } from '../../cases/cases.js'
import type { MentionSearch } from '../../index/mention-search.js'
import type { OutboundStates } from '../../send/outbound-states.js'
import { Failure } from '../../runtime/failure.js'
import type { MediaShelf } from '../../runtime/media-store.js'
import type { Unit } from '../../schemas/case.js'
import type { EnrichedMention } from '../../schemas/enriched-mention.js'
import { OutboundState } from '../../schemas/outbound.js'
import { MentionPage, MentionQuery } from '../../schemas/search.js'
import { caller } from '../access.js'
import type { Audit } from '../audit.js'
import { readThreadCursor, THREAD_PAGE, threadOf } from '../conversation.js'
import { createCorrectionDesk, type CorrectionDeskParts } from '../correction-desk.js'
import { mentionOf } from '../mention-of.js'
import { maySeeOutbound } from '../outbound-scope.js'
import { normaliseQuery } from '../search-query.js'

export interface MentionsParts extends CorrectionDeskParts {
  readonly search: MentionSearch
  readonly media: MediaShelf
  readonly cases: Cases
  readonly outbound: OutboundStates
  readonly alerts: AlertsStore
  readonly replyOptions: (mention: EnrichedMention, conversation: readonly EnrichedMention[]) => ReplyOptions
  /** The fitting units, the first first. */
  readonly suggestUnits: (mention: EnrichedMention) => readonly Unit[]
  readonly audit: Audit
}

const Id = Type.Object({ id: Type.String({ minLength: 1, maxLength: 1024 }) })
const noOutbound = () =>
  new Failure('not-found', 'there is no such outbound message, or it is not yours to see', { retryable: false })
const Accepted = Type.Object({ id: Type.String() })

/** What was searched for, for the audit: who looked for whom is what it is kept for. The words come last, so that a long list cuts them and not the filters. */
function auditOf({ q, ...filters }: MentionQuery): string {
  return JSON.stringify({ ...filters, ...(q === undefined ? {} : { q }) }).slice(0, 1000)
}

export function mentionsRoutes(fastify: FastifyInstance, parts: MentionsParts): void {
  const app = fastify.withTypeProvider<TypeBoxTypeProvider>()
  const { search, cases, outbound, alerts, audit } = parts
  const corrected = createCorrectionDesk(parts)

  app.get(
    '/api/mentions',
    {
      config: { access: 'mentions:read' },
      preValidation: async (request) => {
        request.query = normaliseQuery(request.query)
      },
      schema: {
        tags: ['mentions'],
        summary: 'Search mentions; lists are repeated keys or commas',
        querystring: Type.Composite([MentionQuery], { additionalProperties: false }),
        response: { 200: MentionPage },
      },
    },
    async (request) => {
      const { user, scope } = caller(request)
      const page = await search.search(request.query, scope)
      if (request.query.cursor === undefined)
        await audit.note(user.username, 'searched', 'mentions', auditOf(request.query))
      return page
    },
  )

  app.get(
    '/api/mentions/:id',
    {
      config: { access: 'mentions:read' },
      schema: {
        tags: ['mentions'],
        summary: 'A mention with its tags, their evidence and its conversation',
        params: Id,
      },
    },
    async (request) => {
      const { user, scope } = caller(request)
      const { mention, history } = await corrected.of(await mentionOf(search, request.params.id, scope))
      await audit.note(user.username, 'read', mention.id)
      const { entries, earlier } = await threadOf({ mention, scope, search, outbound })
      const said = entries.filter((entry) => entry.entry === 'mention')
      return {
        mention,
        conversation: entries,
        conversationEarlier: earlier,
        media: await parts.media.states(mention.id),
        outbound: await outbound.listForMention(mention.id),
        case: (await cases.forMention(mention.id)) ?? null,
        alertId: (await alerts.ofMention(mention.id, scope)) ?? null,
        reply: parts.replyOptions(mention, said),
        suggestedUnits: parts.suggestUnits(mention).map(({ id }) => id),
        correctionHistory: history,
      }
    },
  )

  app.get(
    '/api/mentions/:id/conversation',
    {
      config: { access: 'mentions:read' },
      schema: {
        tags: ['mentions'],
        summary: 'The thread a mention stands in, a part at a time: `before` is the `earlier` of the part after it',
        params: Id,
        querystring: Type.Object(
          {
            before: Type.Optional(Type.String({ minLength: 1, maxLength: 2000 })),
            limit: Type.Optional(Type.Integer({ minimum: 1, maximum: 200 })),
          },
          { additionalProperties: false },
        ),
      },
    },
    async (request) => {
      const { user, scope } = caller(request)
      const { before, limit } = request.query
      const place = before === undefined ? {} : { before: readThreadCursor(before) }
      const mention = await mentionOf(search, request.params.id, scope)
      const { entries, earlier } = await threadOf({
        mention,
        scope,
        search,
        outbound,
        limit: limit ?? THREAD_PAGE,
        ...place,
      })
      await audit.note(user.username, 'read the conversation of', mention.id)
      return { items: entries, earlier }
    },
  )

  app.post(
    '/api/mentions/:id/replies',
    {
      config: { access: 'mentions:reply' },
      schema: {
        tags: ['mentions'],
        summary: 'Answer on the channel it came by',
        params: Id,
        body: Type.Object({
          text: Type.String({ minLength: 1, maxLength: 10_000 }),
          key: Type.Optional(Type.String({ maxLength: 100 })),
        }),
        response: { 202: Accepted },
      },
    },
    async (request, reply) => {
      const { user, scope } = caller(request)
      const mention = await mentionOf(search, request.params.id, scope)
      const { text, key } = request.body
      const { id } = await cases.reply({ mention, text, by: user.username, ...(key === undefined ? {} : { key }) })
      await audit.note(user.username, 'replied', mention.id, id)
      return reply.code(202).send({ id })
    },
  )

  app.post(
    '/api/mentions/:id/forwards',
    {
      config: { access: 'mentions:forward' },
      schema: {
        tags: ['mentions'],
        summary: 'Forward to the officer responsible',
        params: Id,
        body: Type.Object({
          unit: Type.String({ minLength: 1, maxLength: 100 }),
          note: Type.Optional(Type.String({ maxLength: 2000 })),
          key: Type.Optional(Type.String({ maxLength: 100 })),
        }),
        response: { 202: Accepted },
      },
    },
    async (request, reply) => {
      const { user, scope } = caller(request)
      // What the officer is told is as it was corrected a moment ago, though the index may not have heard of it.
      const { mention } = await corrected.of(await mentionOf(search, request.params.id, scope))
      const { unit, note, key } = request.body
      const { id } = await cases.forward({
        mention,
        unit,
        note: note ?? '',
        by: user.username,
        ...(key === undefined ? {} : { key }),
      })
      await audit.note(user.username, 'forwarded', mention.id, `${unit} ${id}`)
      return reply.code(202).send({ id })
    },
  )

  app.get(
    '/api/outbound/:id',
    {
      config: { access: 'mentions:read' },
      schema: {
        tags: ['mentions'],
        summary: 'Where a reply or forward stands, and why',
        params: Id,
        response: { 200: OutboundState },
      },
    },
    async (request) => {
      const state = await outbound.getOutbound(request.params.id)
      if (state === undefined) throw noOutbound()
      if (!(await maySeeOutbound(state, search, caller(request).scope))) throw noOutbound()
      return state
    },
  )
}
