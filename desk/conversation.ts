import type { MentionSearch, ThreadMark } from '../index/mention-search.js'
import { Failure } from '../runtime/failure.js'
import { isOurOwn, personOf } from '../runtime/person.js'
import type { IndexedMention } from '../schemas/search.js'
import type { OutboundState } from '../schemas/outbound.js'
import type { Scope } from '../schemas/user.js'
import type { OutboundStates } from '../send/outbound-states.js'

/** One part of a thread. `at` orders it; `inReplyTo` is the id of the entry, or of the mention elsewhere, that it answers. */
export type ThreadEntry =
  | (IndexedMention & { readonly entry: 'mention'; readonly at: string; readonly ours: boolean })
  | (Omit<OutboundState, 'kind'> & {
      readonly entry: 'reply' | 'forward'
      readonly at: string
      readonly inReplyTo: string | null
    })
  | {
      readonly entry: 'deleted'
      readonly id: string
      readonly at: string
      readonly text: ''
      readonly inReplyTo: null
      readonly deletedAt: string
    }

export interface Thread {
  /** In the order in which it was said. */
  readonly entries: readonly ThreadEntry[]
  /** For `before`: the part before these; null where nothing is. */
  readonly earlier: string | null
}

export const THREAD_PAGE = 50
/** How far back one look at a conversation goes, before the page is cut from it. */
const MARKS = 1000
const DAY_MS = 86_400_000
const MAX_PARENTS = 5

interface Place {
  readonly at: string
  readonly id: string
}

const isBefore = (a: Place, b: Place) => (a.at === b.at ? a.id < b.id : a.at < b.at)
const byPlace = (a: Place, b: Place) => (isBefore(a, b) ? -1 : isBefore(b, a) ? 1 : 0)

export const writeThreadCursor = ({ at, id }: Place): string =>
  Buffer.from(JSON.stringify([at, id])).toString('base64url')

export function readThreadCursor(cursor: string): Place {
  try {
    const [at, id] = JSON.parse(Buffer.from(cursor, 'base64url').toString()) as unknown[]
    if (typeof at === 'string' && typeof id === 'string') return { at: new Date(at).toISOString(), id }
  } catch {
    // Said below.
  }
  throw new Failure('invalid-payload', 'the cursor is none of this conversation: begin again without it', {
    retryable: false,
  })
}

/** Whose parts belong to the thread: everybody's in a private conversation; in a public one, under which thousands may write, this person's and ours. */
function personsOf(mention: IndexedMention): readonly string[] | undefined {
  if (mention.private) return undefined
  return [personOf(mention), mention.account].filter((person) => person !== null)
}

/** What a message answers, and what that answers: on public channels somebody else may have begun. */
async function parentsOf(mention: IndexedMention, search: MentionSearch, scope: Scope): Promise<IndexedMention[]> {
  const parents: IndexedMention[] = []
  let next = mention.inReplyTo
  while (next !== null && parents.length < MAX_PARENTS && !parents.some(({ id }) => id === next)) {
    const parent = await search.get(next, scope)
    if (parent === undefined) break
    parents.push(parent)
    next = parent.inReplyTo
  }
  return parents
}

const platformIdOf = (id: string) => id.slice(id.indexOf(':') + 1)

function outboundEntry({ kind, ...state }: OutboundState, deleted: ReadonlySet<string>): ThreadEntry {
  // What was forwarded repeats the citizen's words: they go with the message.
  const isGone = kind === 'forward' && state.mentionId !== null && deleted.has(state.mentionId)
  const text = isGone ? '' : state.text
  return {
    ...state,
    text,
    entry: kind === 'reply' ? 'reply' : 'forward',
    at: state.requestedAt,
    inReplyTo: state.mentionId,
  }
}

/**
 * The thread a mention stands in: what its writer said (edited, withdrawn), what we answered and forwarded, each answer attached to what it answers.
 * Only what the scope holds. Without `before` the last part; the mention itself, what it answers and what was answered to it are always in that.
 */
export async function threadOf(parts: {
  readonly mention: IndexedMention
  readonly scope: Scope
  readonly search: MentionSearch
  readonly outbound: OutboundStates
  readonly before?: Place
  readonly limit?: number
}): Promise<Thread> {
  const { mention, scope, search, outbound, before, limit = THREAD_PAGE } = parts
  const parents = before === undefined ? await parentsOf(mention, search, scope) : []
  const said = await search.thread(
    {
      conversation: mention.conversation,
      persons: personsOf(mention),
      // Our clock stamped the answers, the platform's the messages: they may be apart.
      ...(before === undefined ? {} : { before: new Date(Date.parse(before.at) + DAY_MS).toISOString() }),
      limit: MARKS,
    },
    scope,
  )
  const marks = new Map<string, ThreadMark>(said.map((mark) => [mark.id, mark]))
  const own = before === undefined ? [mention, ...parents] : []
  for (const { id, writtenAt } of own) if (!marks.has(id)) marks.set(id, { id, writtenAt, deletedAt: null })

  const sent = (await outbound.listForMentions([...marks.keys()])).filter(({ kind }) => kind !== 'notification')
  const byPlatformId = new Map(sent.flatMap((one) => (one.platformId === null ? [] : [[one.platformId, one.id]])))
  const deleted = new Set([...marks.values()].filter(({ deletedAt }) => deletedAt !== null).map(({ id }) => id))
  const places: Place[] = [
    // What we wrote through this desk and the platform told us of again stands there once.
    ...[...marks.values()]
      .filter(({ id }) => !byPlatformId.has(platformIdOf(id)))
      .map(({ id, writtenAt }) => ({ id, at: writtenAt })),
    ...sent.map(({ id, requestedAt }) => ({ id, at: requestedAt })),
  ].sort(byPlace)

  const reachable = before === undefined ? places : places.filter((place) => isBefore(place, before))
  const page = reachable.slice(-limit)
  const first = page[0]
  const shown = new Set(page.map(({ id }) => id))
  const ownIds = new Set(own.map(({ id }) => id))
  for (const { id } of own) shown.add(id)
  for (const { id, mentionId } of sent)
    if (before === undefined && mentionId !== null && ownIds.has(mentionId)) shown.add(id)

  const bodies = new Map(
    (
      await search.getMany(
        [...shown].filter((id) => marks.has(id) && !deleted.has(id)),
        scope,
      )
    ).map((one) => [one.id, one]),
  )
  const states = new Map(sent.map((one) => [one.id, one]))
  const entries = reachable
    .filter(({ id }) => shown.has(id))
    .flatMap(({ id, at }): ThreadEntry[] => {
      const state = states.get(id)
      if (state !== undefined) return [outboundEntry(state, deleted)]
      const deletedAt = marks.get(id)?.deletedAt ?? null
      if (deletedAt !== null) return [{ entry: 'deleted', id, at, text: '', inReplyTo: null, deletedAt }]
      const body = bodies.get(id)
      if (body === undefined) return []
      const answered = body.inReplyTo === null ? undefined : byPlatformId.get(platformIdOf(body.inReplyTo))
      return [{ ...body, entry: 'mention', at, ours: isOurOwn(body), inReplyTo: answered ?? body.inReplyTo }]
    })
  return { entries, earlier: first !== undefined && reachable.length > page.length ? writeThreadCursor(first) : null }
}
