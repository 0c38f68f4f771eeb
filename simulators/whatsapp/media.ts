import { createHash } from 'node:crypto'
import type { Answer } from '../loopback.js'
import { graphError } from './errors.js'
import { metaJson } from './wire.js'

const PNG_OF_ONE_PIXEL =
  'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=='
const WEBP_OF_ONE_PIXEL = 'UklGRiIAAABXRUJQVlA4IBYAAAAwAQCdASoBAAEADsD+JaQAA3AAAAAA'

function placeholder(mimeType: string, id: string): Buffer {
  if (mimeType === 'image/png') return Buffer.from(PNG_OF_ONE_PIXEL, 'base64')
  if (mimeType === 'image/webp') return Buffer.from(WEBP_OF_ONE_PIXEL, 'base64')
  return Buffer.from(`placeholder of the demonstration, ${mimeType}, ${id}\n`)
}

interface StoredMedia {
  id: string
  mimeType: string
  bytes: Buffer
}

/** A download address lives five minutes, as Meta's do. */
const URL_LIFE_MS = 5 * 60_000

/** The files that came with messages. Without bytes of their own they get a one-pixel picture or a line of text. */
export class MediaStore {
  readonly #media = new Map<string, StoredMedia>()
  #count = 0

  add(mimeType: string, bytes: Buffer | undefined, runNumber: number): { id: string; sha256Base64: string } {
    this.#count += 1
    const id = `${runNumber % 10_000_000_000}${String(this.#count).padStart(6, '0')}`
    const stored = { id, mimeType, bytes: bytes ?? placeholder(mimeType, id) }
    this.#media.set(id, stored)
    return { id, sha256Base64: createHash('sha256').update(stored.bytes).digest('base64') }
  }

  /** `GET /{version}/{media-id}` */
  describe(id: string, baseUrl: string, nowMs: number): Answer {
    const media = this.#media.get(id)
    if (media === undefined) return graphError('noSuchObject', id)
    const expires = nowMs + URL_LIFE_MS
    const body = {
      url: `${baseUrl}/media-download/${id}?ext=${expires}`,
      mime_type: media.mimeType,
      sha256: createHash('sha256').update(media.bytes).digest('hex'),
      file_size: media.bytes.length,
      id,
      messaging_product: 'whatsapp',
    }
    return { status: 200, body: metaJson(body) }
  }

  download(id: string, expires: string | null, nowMs: number): Answer {
    const media = this.#media.get(id)
    if (media === undefined || expires === null || !(Number(expires) > nowMs)) {
      return { status: 404, headers: { 'content-type': 'text/plain' }, body: 'URL signature expired' }
    }
    return { status: 200, headers: { 'content-type': media.mimeType }, body: media.bytes }
  }
}
