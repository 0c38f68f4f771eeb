export const RECEIVED_AT = '2026-11-22T04:00:00.000Z'

export type Loose = Record<string, unknown>

/** An id of X made at a moment, the n-th of its millisecond. */
export function idAt(iso: string, n = 0): string {
  return String(((BigInt(Date.parse(iso)) - 1_288_834_974_657n) << 22n) + BigInt(n))
}

export const CREATED_AT = '2026-11-22T03:59:00.000Z'
export const POST_ID = idAt(CREATED_AT)

/** A page with everything a page may hold, in one of the two namings. */
export function pageOf(naming: 'tweet' | 'post', parts: Loose = {}, includes: Loose = {}): Loose {
  return {
    data: [
      {
        id: POST_ID,
        text: '@KPPolice a &lt;b&gt; &amp;lt; Tom &amp; Gul',
        created_at: CREATED_AT,
        author_id: '11',
        conversation_id: '900',
        in_reply_to_user_id: '12',
        [`edit_history_${naming}_ids`]: [POST_ID],
        [`referenced_${naming}s`]: [
          { type: 'quoted', id: '800' },
          { type: 'replied_to', id: '900' },
        ],
        attachments: { media_keys: ['3_1', '7_2', '9_9'] },
        geo: { coordinates: { type: 'Point', coordinates: [71.52, 34.01] }, place_id: 'p1' },
        ...parts,
      },
    ],
    includes: {
      users: [{ id: '11', name: 'Gul', username: 'gul_khan', location: 'Mardan, KP' }],
      [`${naming}s`]: [{ id: '900', text: 'the first', author_id: '12' }],
      media: [
        { media_key: '3_1', type: 'photo', url: 'https://pbs.twimg.com/a.jpg' },
        {
          media_key: '7_2',
          type: 'video',
          preview_image_url: 'https://pbs.twimg.com/p.jpg',
          variants: [
            { content_type: 'application/x-mpegURL', url: 'https://video.twimg.com/a.m3u8' },
            { bit_rate: 832000, content_type: 'video/mp4', url: 'https://video.twimg.com/a.mp4' },
          ],
        },
      ],
      places: [{ id: 'p1', full_name: 'Peshawar, Pakistan' }],
      ...includes,
    },
    meta: { newest_id: POST_ID, oldest_id: POST_ID, result_count: 1 },
  }
}
