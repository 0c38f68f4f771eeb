import type { Media } from '../schemas/mention.js'

const MIB = 1024 ** 2

/** Bytes a file may have, by its kind. */
export type MediaLimits = Readonly<Record<'image' | 'sticker' | 'audio' | 'video' | 'document', number>>

export const MEDIA_LIMITS: MediaLimits = {
  image: 10 * MIB,
  sticker: 10 * MIB,
  audio: 20 * MIB,
  video: 100 * MIB,
  document: 50 * MIB,
}

export function limitOf(kind: Media['kind'], limits: MediaLimits): number {
  return (limits as Readonly<Record<string, number>>)[kind] ?? limits.document
}
