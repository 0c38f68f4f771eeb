import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { createSseParser, type ServerEvent } from '../../desk/web/src/live/sse-parser.js'

const STREAM =
  'retry: 2000\nid: a0.1\nevent: hello\ndata: {}\n\n: ping\n\nid: a0.2\r\nevent: alert\r\ndata: {"id":\r\ndata: "پشاور"}\r\n\r\nid: a0.3\revent: mention\rdata: x\r\r'

function read(pieces: readonly string[]): { events: ServerEvent[]; id: string } {
  const parser = createSseParser()
  const events = pieces.flatMap((piece) => parser.feed(piece))
  // A stream goes on: what waits for the second half of a line end is released by the next piece.
  return { events: [...events, ...parser.feed(': ping\n')], id: parser.lastEventId() }
}

describe('the live line', () => {
  it('gives the same events however it is cut', () => {
    const whole = read([STREAM])
    expect(whole.events).toEqual([
      { type: 'hello', data: '{}' },
      { type: 'alert', data: '{"id":\n"پشاور"}' },
      { type: 'mention', data: 'x' },
    ])
    expect(whole.id).toBe('a0.3')
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 0, max: STREAM.length }), { maxLength: 12 }), (cuts) => {
        const at = [0, ...cuts.sort((a, b) => a - b), STREAM.length]
        expect(read(at.slice(1).map((end, index) => STREAM.slice(at[index], end)))).toEqual(whole)
      }),
      { seed: 11, numRuns: 1000 },
    )
  })

  it('remembers an id only once its event is complete, so that a half one is sent again', () => {
    const parser = createSseParser()
    parser.feed('id: 1\ndata: a\n\nid: 2\nevent: alert\ndata: {"half')
    expect(parser.lastEventId()).toBe('1')
  })
})
