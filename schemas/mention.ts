import { Type, type Static } from '@sinclair/typebox'
import { Nullable } from './nullable.js'

export const CHANNELS = ['x', 'facebook', 'whatsapp', 'sms', 'news'] as const
export const Channel = Type.Union(CHANNELS.map((value) => Type.Literal(value)))
export type Channel = (typeof CHANNELS)[number]

/** ISO 8601 in UTC with milliseconds, as `new Date(ms).toISOString()` prints it. */
export const Instant = Type.String({ pattern: '^\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\d\\.\\d{3}Z$' })

/** A picture, voice note, video, document or sticker that came with a message: its metadata, never its bytes. */
export const Media = Type.Object({
  kind: Type.Union(['image', 'audio', 'video', 'document', 'sticker'].map((value) => Type.Literal(value))),
  /** The platform's own id, by which it can be fetched. */
  id: Nullable(Type.String()),
  mimeType: Nullable(Type.String()),
  sha256: Nullable(Type.String()),
  bytes: Nullable(Type.Integer({ minimum: 0 })),
  fileName: Nullable(Type.String()),
  url: Nullable(Type.String()),
})
export type Media = Static<typeof Media>

/** Who wrote it, as far as the platform says; every field may be withheld. */
export const Author = Type.Object({
  /** The platform's stable id (X user id, WhatsApp user id or wa_id). */
  id: Nullable(Type.String()),
  name: Nullable(Type.String()),
  handle: Nullable(Type.String()),
  /** The phone number a private answer goes to, where the platform gives one. */
  address: Nullable(Type.String()),
  /** The place the author states in the profile. */
  place: Nullable(Type.String()),
})
export type Author = Static<typeof Author>

/**
 * One thing the public or the press said, as it was received. `id` is `platform:id` and deterministic.
 * `version` is the platform's epoch milliseconds of this state of the item (creation, or last edit): the larger is the later.
 * `receivedAt` is stamped once, by ingest; `writtenAt` is the platform's word.
 */
export const Mention = Type.Object({
  schema: Type.Literal('rabta.mention/1'),
  id: Type.String({ pattern: '^[a-z]+:.+', maxLength: 512 }),
  channel: Channel,
  /** The name of the source it came by (`x-mentions`, `whatsapp`, `replay`). */
  source: Type.String(),
  version: Type.Integer({ minimum: 0 }),
  kind: Type.Union(['post', 'reply', 'comment', 'direct', 'article'].map((value) => Type.Literal(value))),
  text: Type.String({ maxLength: 100_000 }),
  author: Author,
  /** Our account or number that was written to. */
  account: Nullable(Type.String()),
  /** The conversation it belongs to, `platform:…`, deterministic. */
  conversation: Type.String(),
  /** A private channel (WhatsApp, SMS, Messenger) rather than a public post. */
  private: Type.Boolean(),
  /** The id (`platform:id`) of what it answers. */
  inReplyTo: Nullable(Type.String()),
  url: Nullable(Type.String()),
  writtenAt: Instant,
  receivedAt: Instant,
  media: Type.Array(Media),
  location: Nullable(
    Type.Object({
      latitude: Type.Number({ minimum: -90, maximum: 90 }),
      longitude: Type.Number({ minimum: -180, maximum: 180 }),
      name: Nullable(Type.String()),
      address: Nullable(Type.String()),
    }),
  ),
  /** What was mended on the way in: `text-cut`, `lone-surrogate`, `control-removed`, `written-in-future`. */
  mended: Type.Array(Type.String()),
})
export type Mention = Static<typeof Mention>

/** The item was withdrawn: its text must leave search. `version` as in Mention. */
export const Deletion = Type.Object({
  type: Type.Literal('deleted'),
  id: Type.String({ pattern: '^[a-z]+:.+', maxLength: 512 }),
  channel: Channel,
  conversation: Type.String(),
  version: Type.Integer({ minimum: 0 }),
  receivedAt: Instant,
})
export type Deletion = Static<typeof Deletion>

/** What a source yields and `mentions.collected` carries: a mention written, edited or deleted. */
export const Change = Type.Union([
  Type.Object({ type: Type.Union([Type.Literal('written'), Type.Literal('edited')]), mention: Mention }),
  Deletion,
])
export type Change = Static<typeof Change>
