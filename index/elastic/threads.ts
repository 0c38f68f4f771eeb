import type { IndexedMention } from '../../schemas/search.js'
import type { Scope } from '../../schemas/user.js'
import type { ThreadMark, ThreadQuery } from '../mention-search.js'
import { epochMs } from '../query-parts.js'
import { ask, type Asking, type Hit, type Request } from './ask.js'
import { mentionOf } from './pages.js'
import { allOf, frameClauses, oneOf, scopeClauses, type Clause } from './query.js'

/** So many at once, however many are wanted: Elasticsearch gives 10,000 at most, and bodies are long. */
const AT_ONCE = 1000

/** The first `limit` in this order, asked for in parts. */
async function firstOf(asking: Asking, request: Omit<Request, 'size'>, limit: number): Promise<readonly Hit[]> {
  const found: Hit[] = []
  while (found.length < limit) {
    const size = Math.min(AT_ONCE, limit - found.length)
    const after = found.at(-1)?.sort
    const { hits } = await ask(asking, {
      ...request,
      size,
      track_total_hits: false,
      ...(after === undefined ? {} : { search_after: [...after] }),
    })
    found.push(...hits)
    if (hits.length < size) break
  }
  return found
}

/** As `MentionSearch.conversation`. */
export async function conversationOf(
  asking: Asking,
  conversation: string,
  scope: Scope,
  limit: number,
): Promise<readonly IndexedMention[]> {
  const latest = await firstOf(
    asking,
    {
      query: allOf([oneOf('conversation', [conversation]), ...frameClauses({}, scope)]),
      sort: [{ writtenAt: 'desc' }, { seq: 'desc' }, { id: 'desc' }],
      _source: ['body'],
    },
    Math.trunc(limit),
  )
  return latest.map(mentionOf).reverse()
}

/** As `MentionSearch.thread`. What is withdrawn kept its last districts, so that it is hinted at only to those who saw it. */
export async function threadOf(asking: Asking, query: ThreadQuery, scope: Scope): Promise<readonly ThreadMark[]> {
  const { conversation, persons, before, limit } = query
  const clauses: Clause[] = [oneOf('conversation', [conversation]), ...scopeClauses(scope)]
  if (persons !== undefined)
    clauses.push(
      oneOf(
        'person',
        persons.filter((person) => person !== ''),
      ),
    )
  if (before !== undefined) clauses.push({ range: { writtenAt: { lt: epochMs(before) } } })
  // An empty conversation is that of withdrawals whose place was let go.
  if (conversation === '') clauses.push({ term: { deleted: false } })
  const latest = await firstOf(
    asking,
    {
      query: allOf(clauses),
      sort: [{ writtenAt: 'desc' }, { id: 'desc' }],
      _source: ['id', 'writtenAt', 'deletedAt'],
    },
    Math.trunc(limit),
  )
  return latest.map(markOf).reverse()
}

function markOf({ _source: source = {} }: Hit): ThreadMark {
  const deletedAt = source['deletedAt']
  return {
    id: source['id'] as string,
    writtenAt: new Date(source['writtenAt'] as number).toISOString(),
    deletedAt: typeof deletedAt === 'number' ? new Date(deletedAt).toISOString() : null,
  }
}

/** As `MentionSearch.getMany`. */
export async function manyOf(asking: Asking, ids: readonly string[], scope: Scope): Promise<readonly IndexedMention[]> {
  const wanted = [...new Set(ids)]
  const found: IndexedMention[] = []
  for (let from = 0; from < wanted.length; from += AT_ONCE) {
    const some = wanted.slice(from, from + AT_ONCE)
    const { hits } = await ask(asking, {
      query: allOf([oneOf('id', some), ...frameClauses({}, scope)]),
      size: some.length,
      track_total_hits: false,
      _source: ['body'],
    })
    found.push(...hits.map(mentionOf))
  }
  return found
}
