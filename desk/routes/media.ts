import type { TypeBoxTypeProvider } from '@fastify/type-provider-typebox'
import { Type } from '@sinclair/typebox'
import type { FastifyInstance } from 'fastify'
import type { MentionSearch } from '../../index/mention-search.js'
import type { Clock } from '../../runtime/clock.js'
import { Failure } from '../../runtime/failure.js'
import type { MediaShelf } from '../../runtime/media-store.js'
import { MediaState } from '../../schemas/media-state.js'
import type { Scope } from '../../schemas/user.js'
import { caller } from '../access.js'
import type { Audit } from '../audit.js'
import { byteRange, disposition } from '../media-range.js'
import { problem } from '../problem.js'

export interface MediaParts {
  readonly search: MentionSearch
  readonly media: MediaShelf
  readonly audit: Audit
  readonly clock: Clock
}

const Id = Type.String({ minLength: 1, maxLength: 1024 })
const MAX_POSITION = 10_000
/** A player asks for one file in many pieces: that is one reading. */
const ONE_READING_MS = 10 * 60_000
const REMEMBERED = 2_000

const noMention = () =>
  new Failure('not-found', 'there is no such mention, or it is not yours to see', { retryable: false })

/** Notes who opened which file, once in ten minutes, whatever piece of it was asked for. */
function openings({ audit, clock }: Pick<MediaParts, 'audit' | 'clock'>) {
  const noted = new Map<string, number>()
  return async (username: string, mentionId: string, state: MediaState): Promise<void> => {
    const key = JSON.stringify([username, mentionId, state.sha256])
    const atMs = noted.get(key)
    if (atMs !== undefined && clock.now() - atMs < ONE_READING_MS) return
    noted.delete(key)
    noted.set(key, clock.now())
    const [oldest] = noted.keys()
    if (noted.size > REMEMBERED && oldest !== undefined) noted.delete(oldest)
    await audit.note(username, 'opened media', mentionId, `${state.position} ${state.mimeType ?? ''}`)
  }
}

/** Pictures, voice notes, films and documents of a mention, for whoever may see the mention. */
export function mediaRoutes(fastify: FastifyInstance, parts: MediaParts): void {
  const app = fastify.withTypeProvider<TypeBoxTypeProvider>()
  const { search, media } = parts
  const noteOpening = openings(parts)

  async function requireMention(id: string, scope: Scope): Promise<string> {
    const mention = await search.get(id, scope)
    if (mention === undefined) throw noMention()
    return mention.id
  }

  app.get(
    '/api/mentions/:id/media',
    {
      config: { access: 'mentions:read' },
      schema: {
        tags: ['mentions'],
        summary: 'The files that came with a mention: which are there, and why others are not',
        params: Type.Object({ id: Id }),
        response: { 200: Type.Object({ items: Type.Array(MediaState) }) },
      },
    },
    async (request) => {
      const id = await requireMention(request.params.id, caller(request).scope)
      return { items: [...(await media.states(id))] }
    },
  )

  app.get(
    '/api/mentions/:id/media/:position',
    {
      config: { access: 'mentions:read' },
      schema: {
        tags: ['mentions'],
        summary:
          'One file of a mention; parts of it by Range. What is not known to be harmless comes for download alone',
        params: Type.Object({ id: Id, position: Type.Integer({ minimum: 0, maximum: MAX_POSITION }) }),
        querystring: Type.Object({ download: Type.Optional(Type.Boolean()) }, { additionalProperties: false }),
      },
    },
    async (request, reply) => {
      const { user, scope } = caller(request)
      const id = await requireMention(request.params.id, scope)
      const opened = await media.open(id, request.params.position)
      if (opened === undefined) throw new Failure('not-found', 'this mention has no such file', { retryable: false })
      const { state, read } = opened
      if (read === undefined) throw new Failure('not-found', `the file is not here: ${state.reason ?? state.status}`, { retryable: false }) // prettier-ignore
      await noteOpening(user.username, id, state)

      const size = state.bytes ?? 0
      const isShown = state.shownAs === 'picture' || state.shownAs === 'sound' || state.shownAs === 'film'
      const kind = isShown && request.query.download !== true ? 'inline' : 'attachment'
      const etag = `"${state.sha256 ?? ''}"`
      reply.headers({
        'content-type': state.mimeType ?? 'application/octet-stream',
        'content-disposition': disposition(kind, state.fileName ?? 'file.bin'),
        'x-content-type-options': 'nosniff',
        // Even opened by itself it is nobody's page: no script, no frame, no origin.
        'content-security-policy': "sandbox; default-src 'none'; frame-ancestors 'none'",
        'cross-origin-resource-policy': 'same-origin',
        // A citizen's picture stays on no disk of a shared computer.
        'cache-control': 'private, no-store',
        'accept-ranges': 'bytes',
        etag,
      })
      const ifRange = request.headers['if-range']
      const asked = ifRange === undefined || ifRange === etag ? byteRange(request.headers.range, size) : undefined
      if (asked === 'unsatisfiable') {
        reply.header('content-range', `bytes */${size}`)
        return problem(reply, 416, 'the file has no such part')
      }
      const range = asked ?? { start: 0, end: size - 1 }
      if (asked !== undefined) reply.code(206).header('content-range', `bytes ${range.start}-${range.end}/${size}`)
      reply.header('content-length', range.end - range.start + 1)
      return reply.send(read(range))
    },
  )
}
