import { Type, type Static } from '@sinclair/typebox'
import { Instant, Media } from './mention.js'
import { Nullable } from './nullable.js'

/**
 * How far a file that came with a mention is. `wanted` waits for its (next) try and may say what went wrong at the last; `refused` will not be
 * fetched as it is; `failed` was tried until its time was over; `gone`: the platform has it no more.
 */
export const MEDIA_STATUSES = ['wanted', 'fetching', 'stored', 'refused', 'failed', 'gone'] as const
export type MediaStatus = (typeof MEDIA_STATUSES)[number]

/** Why a file is not there (yet). */
export const MEDIA_REASONS = [
  'too-large',
  'no-address',
  'address-refused',
  'channel-not-fetched',
  'hash-mismatch',
  'unreadable',
  'not-found',
  'token',
  'unreachable',
  'rate-limited',
  'timeout',
  'disk-full',
  'file-missing',
] as const
export type MediaReason = (typeof MEDIA_REASONS)[number]

/** How the desk offers a stored file: shown or played in the page, or for download alone; `unsafe` is of no type that is known to be harmless. */
export const MEDIA_SHOWN_AS = ['picture', 'sound', 'film', 'download', 'unsafe'] as const
export type MediaShownAs = (typeof MEDIA_SHOWN_AS)[number]

const literals = <Value extends string>(values: readonly Value[]) =>
  Type.Union(values.map((value) => Type.Literal(value)))

/** One file of a mention as the desk tells it: never its address at the platform, never its bytes. */
export const MediaState = Type.Object({
  /** Its place in `mention.media`: the file is at `/api/mentions/:id/media/:position`. */
  position: Type.Integer({ minimum: 0 }),
  kind: Media.properties.kind,
  status: literals(MEDIA_STATUSES),
  reason: Nullable(literals(MEDIA_REASONS)),
  /** Null until it is stored. */
  shownAs: Nullable(literals(MEDIA_SHOWN_AS)),
  /** The type by its content; null until it is stored. */
  mimeType: Nullable(Type.String()),
  /** It was announced as another type than its content is. */
  typeDiffers: Type.Boolean(),
  bytes: Nullable(Type.Integer({ minimum: 0 })),
  sha256: Nullable(Type.String()),
  fileName: Nullable(Type.String()),
  storedAt: Nullable(Instant),
  /** When it is tried next; null unless it waits. */
  nextTryAt: Nullable(Instant),
})
export type MediaState = Static<typeof MediaState>
