import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { readWhatsAppChat } from '../../../ingest/archive/whatsapp-chat/read-whatsapp-chat.js'
import { prepareIntake } from '../../../ingest/publish.js'
import type { Change, Mention } from '../../../schemas/mention.js'
import { HAND_MADE } from './chats/hand-made.js'
import { generateChat } from './generate-chat.js'

const NOW = '2026-11-22T04:00:00.000Z'

const mentionsOf = (changes: readonly Change[]): Mention[] =>
  changes.flatMap((change) => (change.type === 'deleted' ? [] : [change.mention]))
const idsOf = (text: string, options = {}) =>
  mentionsOf(readWhatsAppChat(text, NOW, { group: 'Press', ...options }).changes).map(({ id }) => id)

function withIt({ media, location }: Mention): string | undefined {
  if (location !== null) return `pin ${location.latitude},${location.longitude}`
  const [file] = media
  return file === undefined ? undefined : [file.kind, file.fileName].filter((part) => part !== null).join(' ')
}

describe('a chat made by hand', () => {
  it('is one of twenty', () => expect(HAND_MADE).toHaveLength(20))

  it.each(HAND_MADE)('$name', ({ text, messages, skipped, name: _name, ...options }) => {
    const reading = readWhatsAppChat(text, NOW, { group: 'Press', ...options })
    const found = mentionsOf(reading.changes).map((mention) => {
      const { writtenAt, author, text: words } = mention
      const file = withIt(mention)
      return file === undefined ? [writtenAt, author.name, words] : [writtenAt, author.name, words, file]
    })
    expect(found).toEqual(messages)
    expect(reading.skipped).toHaveLength(skipped)
    expect(reading.unread).toEqual([])
  })
})

describe('a message of a group', () => {
  it('belongs to the group, names its source, and bears no address', () => {
    const [mention] = mentionsOf(
      readWhatsAppChat('31/12/24, 20:00 - +92 300 1: سلام', NOW, { group: ' Press  KP ' }).changes,
    )
    expect(mention).toMatchObject({
      id: expect.stringMatching(/^whatsapp:chat:Press KP:[0-9a-f]{24}$/) as string,
      channel: 'whatsapp',
      source: 'archive:Press KP',
      account: 'Press KP',
      conversation: 'whatsapp:chat:Press KP',
      private: true,
      author: { id: null, name: '+92 300 1', handle: null, address: null },
      version: Date.parse('2024-12-31T15:00:00.000Z'),
      receivedAt: NOW,
    })
  })
})

describe('the order of the dates', () => {
  const refused = (text: string, options = {}) => {
    const reading = readWhatsAppChat(text, NOW, options)
    expect(reading.changes).toEqual([])
    return reading.unread.map(({ detail }) => detail).join()
  }
  it('is refused where nothing decides it, with what to write', () => {
    expect(refused('01/02/24, 10:00 - A: a\n01/03/24, 10:00 - B: b\n01/04/24, 10:00 - A: c')).toMatch(
      /dmy.* or mdy.*--date-order/,
    )
  })
  it('is refused where a quotation by somebody unknown is all there is to decide it', () => {
    // Day first with a quotation, or month first without one.
    expect(refused('03/04/25, 10:00 - A: he wrote\n04/03/25, 10:00 - Z: old\n05/04/25, 10:00 - A: see')).toContain(
      '--date-order',
    )
  })
  it('is decided by a day over twelve, by the future, and by both numbers being the same', () => {
    const first = (text: string) => mentionsOf(readWhatsAppChat(text, NOW).changes)[0]?.writtenAt
    expect(first('1/2/24, 10:00 - A: a\n1/13/24, 10:00 - A: b')).toBe('2024-01-02T05:00:00.000Z')
    expect(first('1/2/24, 10:00 - A: a\n13/2/24, 10:00 - A: b')).toBe('2024-02-01T05:00:00.000Z')
    expect(first('11/12/26, 10:00 - A: a')).toBe('2026-11-12T05:00:00.000Z')
    expect(first('5/5/25, 10:00 - A: a')).toBe('2025-05-05T05:00:00.000Z')
  })
  it('is not taken from an option that cannot be', () => {
    expect(refused('31/12/24, 10:00 - A: a\n30/12/24, 10:00 - A: b', { dateOrder: 'mdy' })).toContain(
      'cannot be month/day/year',
    )
  })
  it('may be year first in two digits only where the last number moves on', () => {
    expect(refused('24/12/20, 10:00 - A: a\n24/12/21, 10:00 - A: b')).toContain('ymd')
    expect(idsOf('24/12/20, 10:00 - A: a\n24/12/21, 10:00 - A: b', { dateOrder: 'ymd' })).toHaveLength(2)
  })
})

describe('exports that overlap', () => {
  it('give the same ids to the same messages, whichever lines they begin and end with', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 100_000 }), fc.nat(), fc.nat(), (seed, from, to) => {
        const chat = generateChat(seed)
        const order = { dateOrder: chat.dateOrder, authors: ['Dr: Imran'] }
        const whole = idsOf(chat.text, order)
        const reading = mentionsOf(readWhatsAppChat(chat.text, NOW, { group: 'Press', ...order }).changes)
        // The last so many: written again as a phone would, from a message on.
        const cut = from % Math.max(1, reading.length)
        const kept = 1 + (to % Math.max(1, reading.length - cut))
        const part = idsOf(plainChat(reading.slice(cut, cut + kept)))
        const all = idsOf(plainChat(reading))
        expect(new Set(all).size).toBe(reading.length)
        expect(all.filter((id) => part.includes(id)).length).toBe(part.length)
        expect(whole).toHaveLength(reading.length)
      }),
      { seed: 11, numRuns: 100 },
    )
  })

  it('count equal messages of one minute, and lose none', () => {
    const line = (minute: string, text: string) => `31/12/24, 21:${minute} - A: ${text}`
    const long = [line('05', 'ok'), line('05', 'ok'), line('05', 'no'), line('05', 'ok'), line('06', 'ok')]
    const ids = idsOf(long.join('\n'))
    expect(new Set(ids).size).toBe(5)
    const short = idsOf(long.slice(1).join('\n'))
    expect(new Set(short).size).toBe(4)
    for (const id of short) expect(ids).toContain(id)
  })

  it('of two phones are the same where the names are', () => {
    const android = '31/12/24, 9:05 PM - Gul: سلام\n31/12/24, 9:06 PM - Gul: <Media omitted>'
    const iphone =
      '[31.12.2024, 21:05:12] Gul: سلام\n\u200e[31.12.2024, 21:06:59] Gul: \u200e<attached: 00000003-PHOTO-2024-12-31-21-06-59.jpg>'
    expect(idsOf(iphone)).toEqual(idsOf(android))
  })

  it('one behind the other in one file are the same messages', () => {
    const text = Array.from({ length: 40 }, (_, day) => `${1 + (day % 28)}/${day < 28 ? 11 : 12}/2024, 10:00 - ${day % 2 ? 'A' : 'B'}: day ${day}`).join('\n') // prettier-ignore
    const ids = idsOf(`${text}\n${text}`)
    expect(ids).toHaveLength(80)
    expect(new Set(ids).size).toBe(40)
  })
})

/** Messages as one Android phone writes them. */
function plainChat(mentions: readonly Mention[]): string {
  return mentions
    .map(({ writtenAt, author, text, media, location }) => {
      const [date = '', time = ''] = new Date(Date.parse(writtenAt) + 5 * 3_600_000).toISOString().split('T')
      const words = media.length > 0 ? `<Media omitted>\n${text}` : location === null ? text : `location: https://maps.google.com/?q=1,2` // prettier-ignore
      return `${date}, ${time.slice(0, 5)} - ${(author.name ?? '').replace(': ', ' ')}: ${words}`
    })
    .join('\n')
}

describe('anything else', () => {
  it('is accounted for and never throws', () => {
    const piece = fc.oneof(
      fc.string({ unit: 'binary', maxLength: 40 }),
      fc.constantFrom(
        '31/12/24, 9:05 PM - ',
        '[31/12/2024, 21:05:12] ',
        'A: ',
        '\n',
        '\r',
        '\u200e',
        '<Media omitted>',
        ': ',
        '31/12/24, 9:05 PM - A: x\n',
        '13/13/13, 25:61 - B: y\n',
      ),
    )
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 30 }), (pieces) => {
        const reading = readWhatsAppChat(pieces.join(''), NOW, { group: 'a\nb' })
        const { dead } = prepareIntake({ changes: reading.changes, unread: [] }, NOW)
        expect(dead).toEqual([])
        expect(reading.changes.length + reading.skipped.length + reading.unread.length).toBeGreaterThan(0)
      }),
      { seed: 7, numRuns: 500 },
    )
  })

  it('before the first message is kept as unread, and a text that is no chat says so', () => {
    const reading = readWhatsAppChat('a tail of something\n31/12/24, 21:05 - A: x', NOW)
    expect(reading.unread).toMatchObject([{ payload: 'a tail of something' }])
    expect(reading.changes).toHaveLength(1)
    expect(readWhatsAppChat('hello\nworld', NOW).unread[0]?.detail).toContain('no line begins like a message')
    expect(readWhatsAppChat('', NOW).unread).toHaveLength(1)
  })

  it('of a hostile length is read in time linear to it', () => {
    const long = `31/12/24, 21:05 - A: ${'x'.repeat(3_000_000)}\n${'31/12/24, '.repeat(200_000)}\n${': '.repeat(200_000)}\n31/12/24, 21:06 - B: y`
    const mentions = mentionsOf(readWhatsAppChat(long, NOW).changes)
    expect(mentions.map(({ author }) => author.name)).toEqual(['A', 'B'])
    expect(mentions[0]?.mended).toContain('text-cut')
  })
})
