import type { IndexedNotice } from '../schemas/topics.js'
import type { IndexedChange } from './mention-index.js'

/** The districts of those who see, or saw, a mention. */
export type Districts = Map<string, readonly string[]>

export const idOf = (change: IndexedChange): string => (change.type === 'deleted' ? change.id : change.mention.id)

/** What is told of a change. Who saw the item before is told too, or a withdrawn text would stay in sight of those of its district; `known` goes on with it. */
export function noticeOf(change: IndexedChange, known: Districts): IndexedNotice {
  const id = idOf(change)
  const before = known.get(id) ?? []
  const base = { schema: 'rabta.indexed/1', id, type: change.type } as const
  if (change.type === 'deleted') return { ...base, channel: change.channel, alert: false, districts: [...before] }
  const { channel, tags } = change.mention
  const districts = tags.districts?.map((district) => district.id) ?? []
  const told = [...new Set([...districts, ...before])]
  // An old version changes nothing of what stands: who saw that must still hear of what comes after.
  known.set(id, told)
  return { ...base, channel, alert: tags.category?.alert ?? false, districts: told }
}
