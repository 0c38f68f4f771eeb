import { createHash } from 'node:crypto'
import { FaultPlan } from '../faults.js'
import type { Answer } from '../loopback.js'
import { sampleOf } from '../media-samples.js'
import { graphError } from './errors.js'
import { metaJson } from './wire.js'

interface StoredMedia {
  id: string
  mimeType: string
  bytes: Buffer
}

/**
 * What goes wrong with one file: its address is `expired` at once, its bytes are others than its `wrong-hash` says, it claims and brings
 * `too-large` a body, it is `gone` (as after 30 days), its address is on `another-host`, leads on to one (`redirect`), or into the `house`.
 */
export type MediaFaultKind = 'expired' | 'wrong-hash' | 'too-large' | 'gone' | 'another-host' | 'redirect' | 'house'

interface MediaFault {
  readonly kind: MediaFaultKind
  readonly times: number
  readonly address: string
}

/** A download address lives five minutes, as Meta's do. */
const URL_LIFE_MS = 5 * 60_000
const TOO_LARGE_BYTES = 120 * 1024 * 1024

/** The files that came with messages. Without bytes of their own they get a small real file of their type, or a line of text. */
export class MediaStore {
  readonly #media = new Map<string, StoredMedia>()
  readonly #faults = new FaultPlan<MediaFault>()
  #count = 0

  /** The next `times` requests for a file go wrong; `address` is where those that lead elsewhere lead. */
  fail(
    kind: MediaFaultKind,
    { times = 1, address = 'https://files.invalid/x' }: { times?: number; address?: string } = {},
  ): void {
    this.#faults.add({ kind, times, address })
  }

  heal(): void {
    this.#faults.clear()
  }

  #take(...kinds: MediaFaultKind[]): MediaFault | undefined {
    return this.#faults.take(({ kind }) => kinds.includes(kind))
  }

  add(mimeType: string, bytes: Buffer | undefined, runNumber: number): { id: string; sha256Base64: string } {
    this.#count += 1
    const id = `${runNumber % 10_000_000_000}${String(this.#count).padStart(6, '0')}`
    const placeholder = () => Buffer.from(`placeholder of the demonstration, ${mimeType}, ${id}\n`)
    const stored = { id, mimeType, bytes: bytes ?? sampleOf(mimeType) ?? placeholder() }
    this.#media.set(id, stored)
    return { id, sha256Base64: createHash('sha256').update(stored.bytes).digest('base64') }
  }

  /** `GET /{version}/{media-id}` */
  describe(id: string, baseUrl: string, nowMs: number): Answer {
    const media = this.#media.get(id)
    if (media === undefined || this.#take('gone') !== undefined) return graphError('noSuchObject', id)
    const expires = this.#take('expired') === undefined ? nowMs + URL_LIFE_MS : nowMs
    const elsewhere = this.#take('another-host', 'house')
    const size = this.#faults.first?.kind === 'too-large' ? {} : { file_size: media.bytes.length }
    const body = {
      url: elsewhere?.address ?? `${baseUrl}/media-download/${id}?ext=${expires}`,
      mime_type: media.mimeType,
      sha256: createHash('sha256').update(media.bytes).digest('hex'),
      ...size,
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
    const fault = this.#take('wrong-hash', 'too-large', 'redirect')
    const headers = { 'content-type': media.mimeType }
    if (fault?.kind === 'redirect') return { status: 302, headers: { location: fault.address }, body: '' }
    if (fault?.kind === 'too-large') return { status: 200, headers, body: Buffer.alloc(TOO_LARGE_BYTES, media.bytes) }
    const bytes = fault?.kind === 'wrong-hash' ? Buffer.concat([media.bytes, Buffer.from('!')]) : media.bytes
    return { status: 200, headers, body: bytes }
  }
}
