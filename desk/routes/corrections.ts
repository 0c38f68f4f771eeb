import { Type } from '@sinclair/typebox'
import type { TypeBoxTypeProvider } from '@fastify/type-provider-typebox'
import type { FastifyInstance } from 'fastify'
import type { MentionSearch } from '../../index/mention-search.js'
import { CorrectionRequest } from '../../schemas/correction.js'
import { IndexedMention } from '../../schemas/search.js'
import { caller } from '../access.js'
import type { Audit } from '../audit.js'
import { CorrectionEntry, createCorrectionDesk, type CorrectionDeskParts } from '../correction-desk.js'
import { mentionOf } from '../mention-of.js'
import { problem } from '../problem.js'
import { uncoerced } from '../uncoerced.js'

export interface CorrectionsParts extends CorrectionDeskParts {
  readonly search: MentionSearch
  readonly audit: Audit
}

/** `category=crime districts=swat,buner alert taken back`: labels alone, nothing of the message. */
const inWords = (tags: CorrectionRequest['tags']): string =>
  Object.entries(tags)
    .map(([tag, value]) => (value === null ? `${tag} taken back` : `${tag}=${String(value)}`))
    .join(' ')

/** Sets tags right. */
export function correctionsRoutes(fastify: FastifyInstance, parts: CorrectionsParts): void {
  const desk = createCorrectionDesk(parts)
  fastify.withTypeProvider<TypeBoxTypeProvider>().post(
    '/api/mentions/:id/corrections',
    {
      config: { access: 'mentions:correct' },
      validatorCompiler: uncoerced,
      schema: {
        tags: ['mentions'],
        summary: 'Set tags right, or take a correction back (null); revision is the one that was seen, 0 for none',
        params: Type.Object({ id: Type.String({ minLength: 1, maxLength: 1024 }) }),
        body: CorrectionRequest,
        response: { 200: Type.Object({ mention: IndexedMention, correctionHistory: Type.Array(CorrectionEntry) }) },
      },
    },
    async (request, reply) => {
      const { user, scope } = caller(request)
      const found = await mentionOf(parts.search, request.params.id, scope)
      const { mention, history, outcome } = await desk.correct(found, request.body, user.username)
      if (outcome === 'conflict') {
        const last = history[0]
        const by = last === undefined ? 'somebody else' : last.by
        return problem(reply, 409, `${by} corrected this mention meanwhile: look at what stands now, then correct it`, {
          revision: mention.revision ?? 0,
          correctionHistory: history,
        })
      }
      if (outcome === 'kept')
        await parts.audit.note(
          user.username,
          'corrected',
          mention.id,
          `revision ${mention.revision ?? 0}: ${inWords(request.body.tags)}`,
        )
      return { mention, correctionHistory: history }
    },
  )
}
