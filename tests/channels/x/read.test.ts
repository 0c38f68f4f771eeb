import { TypeCompiler } from '@sinclair/typebox/compiler'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { readPosts } from '../../../channels/x/read.js'
import { prepareIntake } from '../../../ingest/publish.js'
import { readPayload } from '../../../ingest/read.js'
import { Change } from '../../../schemas/mention.js'
import { mangled, oddValue } from '../mangle.js'
import { CREATED_AT, idAt, pageOf, POST_ID, RECEIVED_AT, type Loose } from './payloads.js'

const options = { source: 'x-mentions', account: 'KPPolice', receivedAt: RECEIVED_AT }
const read = (body: unknown) => readPosts(body, options)
const changeSchema = TypeCompiler.Compile(Change)

describe.each(['tweet', 'post'] as const)('a page in the naming "%s"', (naming) => {
  it('becomes mentions with everything X said', () => {
    expect(read(pageOf(naming)).changes).toEqual([
      {
        type: 'written',
        mention: {
          schema: 'rabta.mention/1',
          id: `x:${POST_ID}`,
          channel: 'x',
          source: 'x-mentions',
          version: Date.parse(CREATED_AT),
          kind: 'reply',
          text: '@KPPolice a <b> &lt; Tom & Gul',
          author: { id: '11', name: 'Gul', handle: 'gul_khan', address: null, place: 'Mardan, KP' },
          account: 'KPPolice',
          conversation: 'x:900',
          private: false,
          inReplyTo: 'x:900',
          url: `https://x.com/gul_khan/status/${POST_ID}`,
          writtenAt: CREATED_AT,
          receivedAt: RECEIVED_AT,
          media: [
            {
              kind: 'image',
              id: '3_1',
              mimeType: null,
              sha256: null,
              bytes: null,
              fileName: null,
              url: 'https://pbs.twimg.com/a.jpg',
            },
            {
              kind: 'video',
              id: '7_2',
              mimeType: 'video/mp4',
              sha256: null,
              bytes: null,
              fileName: null,
              url: 'https://video.twimg.com/a.mp4',
            },
            { kind: 'image', id: '9_9', mimeType: null, sha256: null, bytes: null, fileName: null, url: null },
          ],
          location: { latitude: 34.01, longitude: 71.52, name: 'Peshawar, Pakistan', address: null },
          mended: [],
        },
      },
    ])
  })

  it('tells an edit by its history, under the id of the first', () => {
    const editedAt = '2026-11-22T03:59:30.000Z'
    const id = idAt(editedAt)
    const parts = { id, created_at: editedAt, [`edit_history_${naming}_ids`]: [POST_ID, id] }
    expect(read(pageOf(naming, parts)).changes).toMatchObject([
      {
        type: 'edited',
        mention: { id: `x:${POST_ID}`, version: Date.parse(editedAt), url: `https://x.com/gul_khan/status/${id}` },
      },
    ])
  })

  it('takes the whole of a long post, and of a repeated one', () => {
    const long = `${'بہت '.repeat(200)}&amp; ختم`
    const note = { [`note_${naming}`]: { text: long } }
    expect(read(pageOf(naming, note)).changes).toMatchObject([{ mention: { text: long.replace('&amp;', '&') } }])
    const repost = { text: 'RT @other: بہت…', [`referenced_${naming}s`]: [{ type: 'retweeted', id: '700' }] }
    const includes = { [`${naming}s`]: [{ id: '700', text: 'cut', author_id: '11', ...note }] }
    expect(read(pageOf(naming, repost, includes)).changes).toMatchObject([
      { mention: { text: `RT @gul_khan: ${long.replace('&amp;', '&')}` } },
    ])
  })
})

describe('what X leaves out', () => {
  it('leaves an author known by id alone, and a post that still has a place', () => {
    const page = pageOf('tweet', {
      attachments: undefined,
      geo: undefined,
      conversation_id: undefined,
      in_reply_to_user_id: undefined,
      referenced_tweets: undefined,
    })
    expect(read({ data: page['data'] }).changes).toMatchObject([
      {
        mention: {
          kind: 'post',
          author: { id: '11', name: null, handle: null, place: null },
          conversation: `x:${POST_ID}`,
          inReplyTo: null,
          url: `https://x.com/i/web/status/${POST_ID}`,
          location: null,
        },
      },
    ])
  })

  it('takes the time from the id where none is said', () => {
    expect(read(pageOf('tweet', { created_at: undefined })).changes).toMatchObject([
      { mention: { writtenAt: CREATED_AT } },
    ])
    const short = read(pageOf('tweet', { id: '7', created_at: 'soon', edit_history_tweet_ids: undefined })).changes
    expect(short).toMatchObject([{ mention: { writtenAt: RECEIVED_AT, mended: ['written-unknown'], version: 0 } }])
  })

  it('counts partial errors, and the posts go on', () => {
    const errors = [{ title: 'Not Found Error', resource_type: 'user', detail: 'Could not find user' }, 'rubbish']
    const reading = read({ ...pageOf('tweet'), errors })
    expect(reading.changes).toHaveLength(1)
    expect(reading.errors).toEqual([
      { title: 'Not Found Error', resource: 'user' },
      { title: 'error without a title', resource: 'unknown' },
    ])
  })

  it('sets a post without id or text aside, and the others go on', () => {
    const page = pageOf('tweet') as { data: Loose[] }
    page.data.push({ id: '5' }, null as unknown as Loose, { text: 'a' }, { id: 5.5, text: 'a' })
    const reading = read(page)
    expect(reading.changes).toHaveLength(1)
    expect(reading.unread).toHaveLength(4)
    expect(reading.unread[0]).toMatchObject({ origin: 'sources/x-mentions', payload: { data: [{ id: '5' }] } })
  })

  it('tells each state once, oldest first', () => {
    const page = pageOf('tweet') as { data: Loose[] }
    const older = { id: idAt('2026-11-22T03:00:00.000Z'), text: 'older' }
    page.data.push(older, older, { ...page.data[0] })
    expect(read(page).changes).toMatchObject([{ mention: { text: 'older' } }, { mention: { id: `x:${POST_ID}` } }])
  })
})

it('takes anything and never throws; what goes on fits its schema', () => {
  const arbitrary = fc.oneof(mangled([pageOf('tweet'), pageOf('post'), { data: pageOf('post')['data'] }]), oddValue)
  fc.assert(
    fc.property(arbitrary, (body) => {
      const reading = read(body)
      const prepared = prepareIntake(reading, RECEIVED_AT)
      expect(prepared.collected.length + prepared.dead.length).toBe(reading.changes.length + reading.unread.length)
      for (const { value } of prepared.collected) expect(changeSchema.Check(value)).toBe(true)
      const lines = readPayload('x', Buffer.from(JSON.stringify(body) ?? ''), { receivedAt: RECEIVED_AT })
      expect(lines.length).toBeGreaterThan(0)
      for (const line of lines) JSON.parse(line)
    }),
    { seed: 11, numRuns: 3000 },
  )
})
