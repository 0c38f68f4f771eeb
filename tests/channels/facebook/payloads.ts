export const PAGE = '100064000000001'
export const RECEIVED_AT = '2026-11-22T04:00:00.000Z'
export const WRITTEN_S = Date.UTC(2026, 10, 22, 3, 59) / 1000
const AMNA = { id: '7001', name: 'Amna' }

export const POST = {
  item: 'status',
  verb: 'add',
  post_id: `${PAGE}_55`,
  from: AMNA,
  message: 'چوک میں بہت ٹریفک ہے',
  created_time: WRITTEN_S,
  published: 1,
}

export const COMMENT = {
  item: 'comment',
  verb: 'add',
  post_id: `${PAGE}_55`,
  comment_id: '55_66',
  parent_id: `${PAGE}_55`,
  from: AMNA,
  message: 'شکریہ',
  created_time: WRITTEN_S,
  post: { id: `${PAGE}_55`, permalink_url: `https://www.facebook.com/page/posts/55` },
}

export const MESSAGE = { mid: 'm_abc', text: 'مدد کریں' }

export const feedBody = (value: object, parts: { field?: string; time?: number } = {}) => ({
  object: 'page',
  entry: [{ id: PAGE, time: parts.time ?? WRITTEN_S + 1, changes: [{ field: parts.field ?? 'feed', value }] }],
})

export const chatBody = (event: object, list: 'messaging' | 'standby' = 'messaging') => ({
  object: 'page',
  entry: [
    {
      id: PAGE,
      time: WRITTEN_S * 1000 + 400,
      [list]: [{ sender: { id: '7001' }, recipient: { id: PAGE }, timestamp: WRITTEN_S * 1000 + 123, ...event }],
    },
  ],
})
