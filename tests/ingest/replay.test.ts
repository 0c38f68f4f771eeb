import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { readLines } from '../../ingest/lines.js'
import { readReplayLine } from '../../ingest/replay-line.js'
import { readReplay, type ReplayBatch } from '../../ingest/replay.js'
import { FakeClock } from '../support/fake-clock.js'
import { makeMention } from '../support/mentions.js'

const NOW = '2026-11-22T04:00:00.000Z'
const clock = new FakeClock()

/** A text as a stream of bytes, cut anywhere. */
async function* bytes(text: string, size = 7): AsyncGenerator<Uint8Array> {
  const all = Buffer.from(text)
  for (let at = 0; at < all.length; at += size) yield all.subarray(at, at + size)
}

async function collect<T>(stream: AsyncIterable<T>): Promise<T[]> {
  const found: T[] = []
  for await (const item of stream) found.push(item)
  return found
}

const idsOf = (batches: readonly ReplayBatch[]) =>
  batches.flatMap(({ changes }) => changes.map((change) => (change.type === 'deleted' ? change.id : change.mention.id)))
const lineOf = (value: object) => JSON.stringify(value)

describe('readLines', () => {
  it('gives the same lines however the bytes are cut', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.string({ unit: 'grapheme', maxLength: 10 })),
        fc.integer({ min: 1, max: 9 }),
        async (texts, size) => {
          const lines = texts.map((text) => text.replace(/[\r\n]/g, '').replace(/^\ufeff/, ''))
          const found = await collect(readLines(bytes(lines.join('\n'), size)))
          const wanted = lines.at(-1) === '' ? lines.slice(0, -1) : lines
          expect(found.map(({ text }) => text)).toEqual(wanted)
          expect(found.map(({ number }) => number)).toEqual(wanted.map((_, index) => index + 1))
        },
      ),
      { seed: 5, numRuns: 200 },
    )
  })

  it('takes off byte order marks and carriage returns, and does not keep a line without end', async () => {
    const text = `\ufeffa\r\n${'x'.repeat(100)}\nb`
    expect(await collect(readLines(bytes(text), 50))).toEqual([
      { number: 1, text: 'a' },
      { number: 2, text: undefined },
      { number: 3, text: 'b' },
    ])
  })
})

describe('a line', () => {
  const read = (value: unknown, number = 1) =>
    readReplayLine(typeof value === 'string' ? value : JSON.stringify(value), number, NOW)

  it('of plain fields becomes a mention', () => {
    const line = {
      id: 7,
      text: 'آگ',
      channel: 'sms',
      author: { id: '92', name: 'Gul' },
      writtenAt: '2026-11-21T10:00:00+05:00',
      extra: [1],
    }
    expect(read(line)).toMatchObject({
      id: 'replay:7',
      change: {
        type: 'written',
        mention: {
          id: 'replay:7',
          channel: 'sms',
          source: 'replay',
          kind: 'direct',
          private: true,
          conversation: 'replay:92',
          text: 'آگ',
          author: { id: '92', name: 'Gul', address: null },
          writtenAt: '2026-11-21T05:00:00.000Z',
          version: Date.parse('2026-11-21T05:00:00.000Z'),
          receivedAt: NOW,
        },
      },
    })
    expect(read({ text: 'a', author: 'Gul' })).toMatchObject({
      change: {
        mention: { channel: 'x', kind: 'post', private: false, author: { name: 'Gul' }, writtenAt: NOW, version: 0 },
      },
    })
  })

  it('without an id has one of its own, always the same', () => {
    const first = read({ text: 'a' }, 3)
    expect(first).toMatchObject({ id: expect.stringMatching(/^replay:[0-9a-f]{24}$/) as string })
    expect(read({ text: 'a' }, 3)).toEqual(first)
    expect(read({ text: 'a' }, 4)).not.toMatchObject({ id: (first as { id: string }).id })
  })

  it('may be a whole mention or change, and is mended', () => {
    const mention = makeMention({ text: `a\u0000${'x'.repeat(200_000)}` })
    expect(read(mention)).toMatchObject({
      id: mention.id,
      change: { mention: { mended: ['control-removed', 'text-cut'], receivedAt: mention.receivedAt } },
    })
    expect(read({ type: 'edited', mention })).toMatchObject({ change: { type: 'edited' } })
    const deletion = { type: 'deleted', id: 'x:1', channel: 'x', conversation: 'x:1', version: 1, receivedAt: NOW }
    expect(read(deletion)).toEqual({ id: 'x:1', change: deletion })
  })

  it.each([
    ['{', 'not JSON'],
    ['"text"', 'not a JSON object'],
    ['[]', 'not a JSON object'],
    ['{}', 'no text'],
    ['{"text":7}', 'no text'],
    ['{"text":"a","channel":"fax"}', 'channel is none of'],
    ['{"schema":"rabta.mention/1","text":"a"}', 'does not fit'],
    ['{"type":"deleted"}', 'does not fit'],
    ['{"mention":{"author":null,"media":7}}', 'does not fit'],
  ])('%s is bad: %s', (text, reason) => {
    expect((read(text) as { bad: string }).bad).toContain(reason)
  })

  it('of any kind never throws', () => {
    const odd = fc.oneof(
      fc.jsonValue(),
      fc.record({
        id: fc.jsonValue(),
        text: fc.string({ unit: 'binary' }),
        author: fc.jsonValue(),
        writtenAt: fc.jsonValue(),
        url: fc.jsonValue(),
      }),
      fc.jsonValue().map((media) => ({ ...makeMention(), media })),
    )
    fc.assert(
      fc.property(odd, (value) => void read(value)),
      { seed: 6, numRuns: 1000 },
    )
  })
})

describe('readReplay', () => {
  const file = [
    lineOf({ id: 'a', text: '1' }),
    '',
    '{',
    lineOf({ id: 'b', text: '2' }),
    lineOf({ id: 'c', text: '3' }),
  ].join('\n')

  it('goes on over bad lines, and tells them by number', async () => {
    const batches = await collect(readReplay(bytes(file), { clock, name: 'f', batchSize: 2 }))
    expect(idsOf(batches)).toEqual(['replay:a', 'replay:b', 'replay:c'])
    expect(batches.flatMap(({ bad }) => bad)).toEqual([{ line: 3, detail: 'not JSON' }])
    expect(batches.map(({ lines, lastId }) => [lines, lastId])).toEqual([
      [3, 'replay:a'],
      [5, 'replay:c'],
    ])
  })

  it('resumes after an id, with or without its prefix; an id that is not there is said', async () => {
    for (const afterId of ['b', 'replay:b']) {
      expect(idsOf(await collect(readReplay(bytes(file), { clock, name: 'f', afterId })))).toEqual(['replay:c'])
    }
    await expect(collect(readReplay(bytes(file), { clock, name: 'f', afterId: 'z' }))).rejects.toThrow(
      'no line has the id z',
    )
  })

  it('reads no further than it is asked', async () => {
    let taken = 0
    async function* endless() {
      for (;;) {
        taken++
        yield `${lineOf({ id: String(taken), text: 'a' })}\n`
      }
    }
    const reader = readReplay(endless(), { clock, name: 'f', batchSize: 10 })
    await reader.next()
    await reader.next()
    expect(taken).toBeLessThanOrEqual(21)
    await reader.return(undefined)
  })
})
