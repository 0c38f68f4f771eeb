import { describe, expect, it } from 'vitest'
import { readThreadCursor, threadOf } from '../../desk/conversation.js'
import type { OutboundState } from '../../schemas/outbound.js'
import { makeEnriched } from '../support/mentions.js'
import { MemorySearch } from './memory-search.js'

const at = (minute: number) => new Date(Date.UTC(2026, 10, 22, 4, minute)).toISOString()
const state = (id: string, mentionId: string, minute: number, more: Partial<OutboundState> = {}): OutboundState => ({
  id, kind: 'reply', channel: 'whatsapp', mentionId, unit: null, text: `text of ${id}`, status: 'sent', reason: null,
  platformId: null, requestedBy: 'officer', requestedAt: at(minute), updatedAt: at(minute), ...more,
}) // prettier-ignore

function talk(sent: readonly OutboundState[] = []) {
  const search = new MemorySearch()
  const outbound = {
    getOutbound: async () => undefined,
    listForMention: async () => [],
    listForMentions: async (ids: readonly string[]) => sent.filter(({ mentionId }) => ids.includes(mentionId ?? '')),
  }
  const say = (id: string, minute: number, more = {}) => {
    const mention = makeEnriched({ id, conversation: 'whatsapp:one', writtenAt: at(minute), inReplyTo: null, ...more })
    search.mentions.push(mention)
    return mention
  }
  return { search, say, parts: { search, outbound, scope: { districts: 'all' } as const } }
}

describe('a conversation', () => {
  it('holds both sides in order, each answer with what it answers, and no words of what was withdrawn', async () => {
    const { search, say, parts } = talk([
      state('out:1', 'whatsapp:a', 5, { platformId: 'ours' }),
      state('out:2', 'whatsapp:gone', 6, { kind: 'forward', text: '> the words' }),
    ])
    say('whatsapp:a', 1)
    search.withdrawn.push({ id: 'whatsapp:gone', writtenAt: at(3), deletedAt: at(4), conversation: 'whatsapp:one' })
    const last = say('whatsapp:b', 9, { inReplyTo: 'whatsapp:ours' })
    const { entries, earlier } = await threadOf({ mention: last, ...parts })
    expect(entries).toMatchObject([
      { entry: 'mention', id: 'whatsapp:a' },
      { entry: 'deleted', id: 'whatsapp:gone', text: '', deletedAt: at(4) },
      { entry: 'reply', id: 'out:1', inReplyTo: 'whatsapp:a' },
      { entry: 'forward', id: 'out:2', text: '' },
      { entry: 'mention', id: 'whatsapp:b', inReplyTo: 'out:1' },
    ])
    expect(earlier).toBeNull()
  })

  it('comes in parts that miss nothing and repeat nothing, the message itself always in the first', async () => {
    const sent = Array.from({ length: 40 }, (_, n) => state(`out:${n}`, `whatsapp:${n}`, n * 2 + 1))
    const { say, parts } = talk(sent)
    for (let n = 0; n < 40; n++) say(`whatsapp:${n}`, n * 2)
    const mention = parts.search.mentions[0] as never
    let part = await threadOf({ mention, ...parts, limit: 7 })
    expect(part.entries[0]?.id).toBe('whatsapp:0')
    const seen = part.entries.slice(-7).map(({ id }) => id)
    while (part.earlier !== null) {
      part = await threadOf({ mention, ...parts, limit: 7, before: readThreadCursor(part.earlier) })
      seen.unshift(...part.entries.map(({ id }) => id))
    }
    expect(seen).toEqual(sent.flatMap(({ id, mentionId }) => [mentionId, id]))
  })

  it('on a public channel is this person’s, ours, and what it answers', async () => {
    const { say, parts } = talk()
    const by = (id: string) => ({
      private: false,
      account: 'us',
      author: { id, name: null, handle: null, address: null, place: null },
    })
    say('x:root', 0, by('journalist'))
    say('x:crowd', 1, by('somebody'))
    say('x:us', 2, by('us'))
    const mention = say('x:me', 3, { ...by('me'), inReplyTo: 'x:root' })
    const { entries } = await threadOf({ mention, ...parts })
    expect(entries.map(({ id }) => id)).toEqual(['x:root', 'x:us', 'x:me'])
    expect(entries[1]).toMatchObject({ ours: true })
  })

  it('knows its own cursors', () => {
    for (const bad of [
      '',
      'x',
      Buffer.from('[1,2]').toString('base64url'),
      Buffer.from('["no","a"]').toString('base64url'),
    ])
      expect(() => readThreadCursor(bad)).toThrow(/cursor/)
  })
})
