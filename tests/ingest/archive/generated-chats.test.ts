import { describe, expect, it } from 'vitest'
import { readWhatsAppChat } from '../../../ingest/archive/whatsapp-chat/read-whatsapp-chat.js'
import type { Change } from '../../../schemas/mention.js'
import { sanitiseChange } from '../../../ingest/sanitise.js'
import { generateChat } from './generate-chat.js'

const NOW = '2026-11-22T04:00:00.000Z'
const CHATS = 500

const mentionsOf = (changes: readonly Change[]) =>
  changes.flatMap((change) => {
    const clean = sanitiseChange(change)
    return clean.type === 'deleted' ? [] : [clean.mention]
  })

/** A name with a colon is known by enough messages, or must be said. */
const AUTHORS = ['Dr: Imran']

describe('500 generated exports', () => {
  it('are read with every message under its author, in its place, at its time', () => {
    let undecided = 0
    for (let seed = 1; seed <= CHATS; seed++) {
      const chat = generateChat(seed)
      let reading = readWhatsAppChat(chat.text, NOW, { group: 'Press', authors: AUTHORS })
      if (reading.changes.length === 0) {
        undecided++
        expect(reading.unread.map(({ detail }) => detail).join(), chat.name).toContain('--date-order')
        reading = readWhatsAppChat(chat.text, NOW, { group: 'Press', authors: AUTHORS, dateOrder: chat.dateOrder })
      }
      const found = mentionsOf(reading.changes).map(({ author, text, writtenAt, media, location }) => ({
        author: author.name,
        text,
        at: writtenAt,
        media: media.length,
        hasPin: location !== null,
      }))
      expect(found, chat.name).toEqual(chat.messages)
      expect(reading.skipped, chat.name).toHaveLength(chat.notices)
      expect(reading.unread, chat.name).toEqual([])
      expect(new Set(mentionsOf(reading.changes).map(({ id }) => id)).size, chat.name).toBe(found.length)
    }
    // The order of nearly all is in the file itself.
    expect(undecided).toBeLessThan(CHATS / 20)
  }, 120_000)
})
