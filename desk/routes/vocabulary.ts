import { Type } from '@sinclair/typebox'
import type { TypeBoxTypeProvider } from '@fastify/type-provider-typebox'
import type { FastifyInstance } from 'fastify'
import type { Vocabulary } from '../../enrich/vocabulary/vocabulary.js'
import { VocabularyEntry, VocabularyItem, VocabularyList, VocabularyTrial } from '../../schemas/vocabulary.js'
import { caller } from '../access.js'
import { vocabularyDetail, type Audit } from '../audit.js'

export interface VocabularyParts {
  readonly vocabulary: Vocabulary
  readonly audit: Audit
}

/** A trial tags a text twice, and may make enrichers: two in a second are enough for a person. */
const TRIALS_A_MINUTE = 120
const MOST_TEXT = 10_000

const Added = Type.Object({ item: VocabularyItem, warnings: Type.Array(Type.String()) })

/** Districts, places and words that administrators keep. */
export function vocabularyRoutes(fastify: FastifyInstance, { vocabulary, audit }: VocabularyParts): void {
  const app = fastify.withTypeProvider<TypeBoxTypeProvider>()

  app.get(
    '/api/vocabulary',
    {
      config: { access: 'vocabulary:manage' },
      schema: {
        tags: ['vocabulary'],
        summary:
          'Districts, places and words that were added, the newest first; with retired=true those that were retired too',
        querystring: Type.Object({ retired: Type.Optional(Type.Boolean()) }, { additionalProperties: false }),
        response: { 200: VocabularyList },
      },
    },
    async (request) => vocabulary.list({ retired: request.query.retired ?? false }),
  )

  app.post(
    '/api/vocabulary',
    {
      config: { access: 'vocabulary:manage' },
      schema: {
        tags: ['vocabulary'],
        summary:
          'Add a district, a place, a name that is no place, or a word; it takes effect within seconds, on messages to come',
        body: VocabularyEntry,
        response: { 201: Added },
      },
    },
    async (request, reply) => {
      const { username } = caller(request).user
      const { item, warnings } = await vocabulary.add(request.body, username)
      await audit.note(username, 'added to the vocabulary', item.id, vocabularyDetail(item))
      return reply.code(201).send({ item, warnings: [...warnings] })
    },
  )

  app.delete(
    '/api/vocabulary/:id',
    {
      config: { access: 'vocabulary:manage' },
      schema: {
        tags: ['vocabulary'],
        summary: 'Retire an entry: it is out of use within seconds, and stays in the list of what was retired',
        params: Type.Object({ id: Type.String({ minLength: 1, maxLength: 100 }) }),
        response: { 200: VocabularyItem },
      },
    },
    async (request) => {
      const { username } = caller(request).user
      const item = await vocabulary.retire(request.params.id, username)
      await audit.note(username, 'retired from the vocabulary', item.id, vocabularyDetail(item))
      return item
    },
  )

  app.post(
    '/api/vocabulary/try',
    {
      config: { access: 'vocabulary:manage', rateLimit: { max: TRIALS_A_MINUTE, timeWindow: 60_000 } },
      schema: {
        tags: ['vocabulary'],
        summary: 'How a text is tagged now, and how it would be with an entry more; keeps nothing',
        body: Type.Object(
          { entry: Type.Optional(VocabularyEntry), text: Type.String({ minLength: 1, maxLength: MOST_TEXT }) },
          { additionalProperties: false },
        ),
        response: { 200: VocabularyTrial },
      },
    },
    async (request) => {
      const { entry, text } = request.body
      // Not the text: it may be a citizen's.
      await audit.note(caller(request).user.username, 'tried the vocabulary', entry?.kind ?? 'a text')
      return vocabulary.try({ entry, text })
    },
  )
}
