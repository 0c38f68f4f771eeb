import type { Media, Mention } from '../../schemas/mention.js'
import { byteCount, fields, label, list, numeric, type Fields } from '../fields.js'

/** What came with a post, comment or message, and the words of what was shared where the writer added none. */
export interface Attached {
  readonly media: readonly Media[]
  readonly location: Mention['location']
  readonly words: string
}

const NOTHING: Attached = { media: [], location: null, words: '' }
const MAX_DEPTH = 3

export function mediaItem(kind: Media['kind'], parts: Partial<Media>): Media {
  return { kind, id: null, mimeType: null, sha256: null, bytes: null, fileName: null, url: null, ...parts }
}

/** Words of several sources in lines, each said once. */
export function lines(parts: readonly (string | undefined)[]): string {
  return [...new Set(parts.filter((part) => part !== undefined && part !== ''))].join('\n')
}

export function together(parts: readonly Attached[]): Attached {
  return {
    media: parts.flatMap(({ media }) => media),
    location: parts.find(({ location }) => location !== null)?.location ?? null,
    words: lines(parts.map(({ words }) => words)),
  }
}

export function pinOf(
  place: Fields | undefined,
  names: { latitude: string; longitude: string },
  of: { name: string | undefined; address: string | undefined },
): Mention['location'] {
  const latitude = numeric(place?.[names.latitude])
  const longitude = numeric(place?.[names.longitude])
  if (latitude === undefined || longitude === undefined || Math.abs(latitude) > 90 || Math.abs(longitude) > 180)
    return null
  return { latitude, longitude, name: of.name ?? null, address: of.address ?? null }
}

const CHAT_KINDS = new Map<string, Media['kind']>([
  ['image', 'image'],
  ['audio', 'audio'],
  ['video', 'video'],
  ['file', 'document'],
  ['reel', 'video'],
  ['ig_reel', 'video'],
  ['sticker', 'sticker'],
])

/** One attachment of a Messenger webhook. */
export function chatAttachment(value: unknown): Attached {
  const attachment = fields(value)
  const payload = fields(attachment?.['payload'])
  const type = label(attachment?.['type'])
  const title = label(attachment?.['title'])
  if (type === 'location') {
    const at = { name: title, address: label(payload?.['address']) }
    const place = fields(payload?.['coordinates']) ?? payload
    const location =
      pinOf(place, { latitude: 'lat', longitude: 'long' }, at) ??
      pinOf(place, { latitude: 'latitude', longitude: 'longitude' }, at)
    return { ...NOTHING, location }
  }
  const kind = CHAT_KINDS.get(type ?? '')
  const url = label(payload?.['url']) ?? label(attachment?.['url'])
  if (kind === undefined) return { ...NOTHING, words: lines([title, ...templateWords(payload), url]) }
  const stickerId = label(payload?.['sticker_id'])
  const id = stickerId ?? label(payload?.['attachment_id']) ?? label(payload?.['reel_video_id']) ?? null
  return { ...NOTHING, media: [mediaItem(stickerId === undefined ? kind : 'sticker', { id, url: url ?? null })] }
}

/** A template holds its words in its elements: what is seen of it is what was said with it. */
function templateWords(payload: Fields | undefined, depth = 0): (string | undefined)[] {
  if (payload === undefined || depth > MAX_DEPTH) return []
  const elements = [...list(payload['elements']), payload['product'], payload['generic']]
  return [
    label(payload['title']),
    label(payload['subtitle']),
    label(payload['text']),
    label(payload['intro_message']),
    ...elements.flatMap((element) => templateWords(fields(element), depth + 1)),
  ]
}

/** What a feed webhook says came with a post or comment: addresses by themselves, in lists, or the link of a picture or video. */
export function feedAttachments(value: Fields): Attached {
  const item = label(value['item'])
  const link = label(value['link'])
  const photoId = label(value['photo_id'])
  const videoId = label(value['video_id'])
  const media: Media[] = []
  const add = (kind: Media['kind'], found: unknown, id?: string) => {
    const object = fields(found)
    const url = label(found) ?? label(object?.['url']) ?? label(object?.['src']) ?? label(object?.['link'])
    if (url !== undefined) media.push(mediaItem(kind, { url, id: id ?? label(object?.['id']) ?? null }))
  }
  add('image', value['photo'], photoId)
  for (const photo of list(value['photos'])) add('image', photo)
  add('video', value['video'], videoId)
  for (const video of list(value['videos'])) add('video', video)
  const isVideo = item === 'video' || videoId !== undefined
  const isPicture = item === 'photo' || item === 'album' || photoId !== undefined
  if (media.length === 0 && (isVideo || isPicture)) {
    const id = (isVideo ? videoId : photoId) ?? null
    if (link !== undefined || id !== null) media.push(mediaItem(isVideo ? 'video' : 'image', { id, url: link ?? null }))
  }
  if (media.length === 0)
    for (const id of list(value['photo_ids'])) media.push(mediaItem('image', { id: label(id) ?? null }))
  return { ...NOTHING, media, words: isVideo || isPicture ? '' : (link ?? '') }
}

const POST_KINDS: readonly [RegExp, Media['kind']][] = [
  [/sticker/, 'sticker'],
  [/video|gif|animated/, 'video'],
  [/photo|image|album|cover|profile/, 'image'],
  [/file|document/, 'document'],
]

/** The attachments of a post or comment as lists give them. */
export function postAttachments(value: Fields): Attached {
  const listed = fields(value['attachments'])?.['data']
  const own = [...list(listed), ...(fields(value['attachment']) === undefined ? [] : [value['attachment']])]
  const found = together(own.map((attachment) => postAttachment(attachment, 0)))
  const picture = label(value['full_picture'])
  if (own.length > 0 || picture === undefined) return found
  return { ...found, media: [mediaItem('image', { url: picture })] }
}

function postAttachment(value: unknown, depth: number): Attached {
  const attachment = fields(value)
  if (attachment === undefined || depth > MAX_DEPTH) return NOTHING
  const parts = list(fields(attachment['subattachments'])?.['data'])
  if (parts.length > 0) return together(parts.map((part) => postAttachment(part, depth + 1)))
  const type = `${label(attachment['type']) ?? ''} ${label(attachment['media_type']) ?? ''}`
  const kind = POST_KINDS.find(([words]) => words.test(type))?.[1]
  const media = fields(attachment['media'])
  const picture = label(fields(media?.['image'])?.['src'])
  const url = label(media?.['source']) ?? picture ?? label(attachment['url'])
  const id = label(fields(attachment['target'])?.['id']) ?? null
  if (kind !== undefined) return { ...NOTHING, media: [mediaItem(kind, { id, url: url ?? null })] }
  const link = label(attachment['unshimmed_url']) ?? label(attachment['url'])
  return { ...NOTHING, words: lines([label(attachment['title']), label(attachment['description']), link]) }
}

/** What a listed Messenger message came with. */
export function listedAttachments(value: Fields): Attached {
  const media = list(fields(value['attachments'])?.['data']).flatMap((entry) => {
    const file = fields(entry)
    if (file === undefined) return []
    const mimeType = label(file['mime_type'])
    const picture = fields(file['image_data'])
    const video = fields(file['video_data'])
    const kind = kindOf(mimeType, picture !== undefined, video !== undefined)
    const url = label(picture?.['url']) ?? label(video?.['url']) ?? label(file['file_url']) ?? null
    return mediaItem(kind, {
      id: label(file['id']) ?? null,
      mimeType: mimeType ?? null,
      bytes: byteCount(file['size']) ?? null,
      fileName: label(file['name']) ?? null,
      url,
    })
  })
  const sticker = label(value['sticker'])
  if (sticker !== undefined) media.push(mediaItem('sticker', { url: sticker }))
  const shares = list(fields(value['shares'])?.['data']).map((entry) => {
    const share = fields(entry)
    return lines([label(share?.['name']), label(share?.['description']), label(share?.['link'])])
  })
  return { ...NOTHING, media, words: lines(shares) }
}

function kindOf(mimeType: string | undefined, isPicture: boolean, isVideo: boolean): Media['kind'] {
  if (isPicture || mimeType?.startsWith('image/') === true) return 'image'
  if (isVideo || mimeType?.startsWith('video/') === true) return 'video'
  return mimeType?.startsWith('audio/') === true ? 'audio' : 'document'
}
