import type { Media, Mention } from '../../schemas/mention.js'
import { fields, label, list, numeric, type Fields } from '../fields.js'
import { epochOfIso, epochOfSeconds, instant } from '../instants.js'
import type { ActivitySink } from './activity-sink.js'
import { userIn } from './activity-sink.js'
import { directMentionId } from './direct-id.js'
import { snowflakeMs, unescapeHtml } from './read.js'

/** Reads direct messages; what is ours or no message is skipped with its reason. `wrap` makes one event a body of its own. */
export function readDirectMessages(
  events: readonly unknown[],
  users: unknown,
  forUserId: unknown,
  sink: ActivitySink,
  wrap: (event: unknown) => unknown,
): void {
  for (const entry of events) {
    const event = fields(entry)
    const type = label(event?.['type'])
    if (event !== undefined && type !== undefined && type !== 'message_create') {
      sink.skip(`a direct message event of type ${type.slice(0, 40)}`)
      continue
    }
    const created = fields(event?.['message_create'])
    const senderId = label(created?.['sender_id'])
    const id = label(event?.['id'])
    const text = fields(created?.['message_data'])?.['text']
    if (event === undefined || id === undefined || senderId === undefined || typeof text !== 'string')
      sink.fail(wrap(entry), 'a direct message without id, sender or text')
    else if (sink.isOurs(senderId)) sink.skip('our own direct message')
    else
      sink.reading.changes.push({
        type: 'written',
        mention: directMention({ event, id, senderId, text }, users, forUserId, sink),
      })
  }
}

interface Direct {
  readonly event: Fields
  readonly id: string
  readonly senderId: string
  readonly text: string
}

function directMention(
  { event, id, senderId, text }: Direct,
  users: unknown,
  forUserId: unknown,
  sink: ActivitySink,
): Mention {
  const created = fields(event['message_create'])
  const data = fields(created?.['message_data'])
  const recipient = label(fields(created?.['target'])?.['recipient_id']) ?? label(forUserId)
  const writtenMs = epochOfSeconds(event['created_timestamp']) ?? snowflakeMs(id)
  return {
    ...bare(sink, directMentionId(id), writtenMs),
    text: unescapeHtml(text),
    author: authorOf(senderId, userIn(users, senderId)),
    account: sink.accountOf(recipient),
    conversation: conversationOf(senderId, recipient),
    media: readAttachment(fields(data?.['attachment'])),
    location: readPoint(fields(data?.['attachment'])),
  }
}

/**
 * A message in X's encrypted chat: X gives no words, but somebody wrote to the police. It goes on without words, so that it is unjudged and a person looks
 * in the X app.
 */
export function readEncryptedChat(
  payload: Fields,
  includesUsers: unknown,
  forUserId: unknown,
  sink: ActivitySink,
): boolean {
  const id = label(payload['id'])
  const senderId = label(payload['sender_id'])
  if (id === undefined || senderId === undefined) return false
  if (sink.isOurs(senderId)) {
    sink.skip('our own encrypted message')
    return true
  }
  const writtenMs = epochOfSeconds(payload['created_at_msec']) ?? epochOfIso(payload['created_at'])
  const mention = bare(sink, directMentionId(id), writtenMs)
  sink.reading.changes.push({
    type: 'written',
    mention: {
      ...mention,
      text: '',
      author: authorOf(
        senderId,
        list(includesUsers)
          .map(fields)
          .find((user) => user?.['id'] === senderId),
      ),
      account: sink.accountOf(forUserId),
      conversation: conversationOf(senderId, label(forUserId)),
      media: [],
      location: null,
      mended: [...mention.mended, 'content-unsupported'],
    },
  })
  return true
}

function bare(sink: ActivitySink, id: string, writtenMs: number | undefined) {
  return {
    schema: 'rabta.mention/1' as const,
    id,
    channel: 'x' as const,
    source: sink.source,
    version: writtenMs ?? 0,
    kind: 'direct' as const,
    private: true,
    inReplyTo: null,
    url: null,
    writtenAt: writtenMs === undefined ? sink.receivedAt : instant(writtenMs),
    receivedAt: sink.receivedAt,
    mended: writtenMs === undefined ? ['written-unknown'] : [],
  }
}

/** One thread for the two of them, by whichever way it came. */
function conversationOf(senderId: string, ours: string | undefined): string {
  return `x:direct-${ours ?? 'unknown'}-${senderId}`
}

/** `address` is what a private answer goes to: on X the user's id. */
function authorOf(senderId: string, user: Fields | undefined): Mention['author'] {
  return {
    id: senderId,
    name: label(user?.['name']) ?? null,
    handle: label(user?.['username']) ?? label(user?.['screen_name']) ?? null,
    address: senderId,
    place: label(user?.['location']) ?? null,
  }
}

function readAttachment(attachment: Fields | undefined): Media[] {
  const media = fields(attachment?.['media'])
  if (media === undefined) return []
  return [
    {
      kind: media['type'] === 'video' || media['type'] === 'animated_gif' ? 'video' : 'image',
      id: label(media['id_str']) ?? label(media['id']) ?? null,
      mimeType: null,
      sha256: null,
      bytes: null,
      fileName: null,
      url: label(media['media_url_https']) ?? label(media['media_url']) ?? null,
    },
  ]
}

function readPoint(attachment: Fields | undefined): Mention['location'] {
  const shared = fields(fields(attachment?.['location'])?.['shared_coordinate'])
  const [longitude, latitude] = list(fields(shared?.['coordinates'])?.['coordinates']).map(numeric)
  if (latitude === undefined || longitude === undefined || Math.abs(latitude) > 90 || Math.abs(longitude) > 180)
    return null
  return { latitude, longitude, name: null, address: null }
}
