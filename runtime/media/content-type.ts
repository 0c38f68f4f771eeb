import { fileTypeFromBuffer } from 'file-type'
import type { MediaShownAs } from '../../schemas/media-state.js'

interface KnownType {
  readonly shownAs: Exclude<MediaShownAs, 'unsafe'>
  /** The endings a downloaded file may keep; the first is given where it has none of them. */
  readonly endings: readonly string[]
}

/** Every type that is served under its own name; all others are `application/octet-stream`, for download alone. */
const KNOWN = new Map<string, KnownType>([
  ['image/jpeg', { shownAs: 'picture', endings: ['jpg', 'jpeg', 'jpe', 'jfif'] }],
  ['image/png', { shownAs: 'picture', endings: ['png'] }],
  ['image/webp', { shownAs: 'picture', endings: ['webp'] }],
  ['image/gif', { shownAs: 'picture', endings: ['gif'] }],
  ['audio/ogg', { shownAs: 'sound', endings: ['ogg', 'oga', 'opus'] }],
  ['audio/mpeg', { shownAs: 'sound', endings: ['mp3', 'mpga'] }],
  ['audio/mp4', { shownAs: 'sound', endings: ['m4a', 'mp4'] }],
  ['audio/aac', { shownAs: 'sound', endings: ['aac'] }],
  ['audio/wav', { shownAs: 'sound', endings: ['wav'] }],
  ['audio/webm', { shownAs: 'sound', endings: ['weba', 'webm'] }],
  // No browser plays it.
  ['audio/amr', { shownAs: 'download', endings: ['amr'] }],
  ['video/mp4', { shownAs: 'film', endings: ['mp4', 'm4v'] }],
  ['video/webm', { shownAs: 'film', endings: ['webm'] }],
  ['video/3gpp', { shownAs: 'film', endings: ['3gp', '3gpp'] }],
  ['application/pdf', { shownAs: 'download', endings: ['pdf'] }],
  ['application/msword', { shownAs: 'download', endings: ['doc'] }],
  ['application/vnd.ms-excel', { shownAs: 'download', endings: ['xls'] }],
  ['application/vnd.ms-powerpoint', { shownAs: 'download', endings: ['ppt'] }],
  [
    'application/vnd.openxmlformats-officedocument.wordprocessingml.document',
    { shownAs: 'download', endings: ['docx'] },
  ],
  ['application/vnd.openxmlformats-officedocument.spreadsheetml.sheet', { shownAs: 'download', endings: ['xlsx'] }],
  [
    'application/vnd.openxmlformats-officedocument.presentationml.presentation',
    { shownAs: 'download', endings: ['pptx'] },
  ],
  ['application/vnd.oasis.opendocument.text', { shownAs: 'download', endings: ['odt'] }],
  ['application/vnd.oasis.opendocument.spreadsheet', { shownAs: 'download', endings: ['ods'] }],
  ['text/plain', { shownAs: 'download', endings: ['txt'] }],
])

export const UNKNOWN_TYPE = 'application/octet-stream'

/** How many bytes of a file's beginning are looked at. */
export const SAMPLE_BYTES = 16 * 1024

/** What the detector, or a platform, calls a type that has one name here. */
const SAME = new Map([
  ['image/jpg', 'image/jpeg'],
  ['image/pjpeg', 'image/jpeg'],
  ['image/apng', 'image/png'],
  ['audio/opus', 'audio/ogg'],
  ['application/ogg', 'audio/ogg'],
  ['audio/mp3', 'audio/mpeg'],
  ['audio/x-m4a', 'audio/mp4'],
  ['audio/m4a', 'audio/mp4'],
  ['audio/x-aac', 'audio/aac'],
  ['audio/aacp', 'audio/aac'],
  ['audio/vnd.wave', 'audio/wav'],
  ['audio/x-wav', 'audio/wav'],
  ['audio/wave', 'audio/wav'],
  ['audio/3gpp', 'video/3gpp'],
  ['video/3gpp2', 'video/3gpp'],
  ['video/x-m4v', 'video/mp4'],
])

const CONTAINERS = new Map([
  ['video/mp4', 'audio/mp4'],
  ['video/webm', 'audio/webm'],
])

const OFFICE_OLD = new Set(['application/msword', 'application/vnd.ms-excel', 'application/vnd.ms-powerpoint'])

export interface ContentType {
  /** A type of the closed list, or `application/octet-stream`. */
  readonly mimeType: string
  /** It was announced as something else. */
  readonly differs: boolean
  /** It is text that a browser could take for a page, a picture with scripts, or a script. */
  readonly markup: boolean
}

function plain(type: string | null | undefined): string | null {
  const bare = type?.split(';')[0]?.trim().toLowerCase() ?? ''
  return bare === '' ? null : (SAME.get(bare) ?? bare)
}

/** Says what a file is by its first bytes; what was announced only decides between readings of the same container. */
export async function contentTypeOf(head: Uint8Array, announced: string | null): Promise<ContentType> {
  const declared = plain(announced)
  const found = plain((await fileTypeFromBuffer(head).catch(() => undefined))?.mime)
  const markup = looksLikeMarkup(head)
  const mimeType = markup ? UNKNOWN_TYPE : narrowed(found, declared, head)
  // Where nothing was announced, nothing differs; a document is announced by whatever its sender's telephone calls it.
  const differs = declared !== null && declared !== UNKNOWN_TYPE && declared !== mimeType
  return { mimeType, differs, markup }
}

function narrowed(found: string | null, declared: string | null, head: Uint8Array): string {
  if (found === null) return declared === 'text/plain' && looksLikeText(head) ? 'text/plain' : UNKNOWN_TYPE
  if (declared?.startsWith('audio/') === true && CONTAINERS.has(found)) return CONTAINERS.get(found) ?? found
  if (found === 'application/x-cfb' && declared !== null && OFFICE_OLD.has(declared)) return declared
  if (found === 'application/zip' && declared !== null && isOffice(declared, head)) return declared
  return KNOWN.has(found) ? found : UNKNOWN_TYPE
}

/** The beginning of a large document may not reach the entry by which the detector knows it. */
function isOffice(declared: string, head: Uint8Array): boolean {
  return (
    declared.startsWith('application/vnd.openxmlformats-officedocument.') &&
    KNOWN.has(declared) &&
    Buffer.from(head).includes('[Content_Types].xml') &&
    !Buffer.from(head).includes('vbaProject')
  )
}

const MARKUP =
  /^[\s\ufeff\0]*<(?:[!?]|\/?(?:html|head|body|script|svg|math|iframe|object|embed|img|a|div|p|b|h1|table|style|title|form|meta|link|br|xml|x[a-z]*:)\b)/i

/** Also in UTF-16, and after what a browser skips. */
function looksLikeMarkup(head: Uint8Array): boolean {
  const bytes = Buffer.from(head.subarray(0, 1024))
  const readings = [bytes.toString('latin1').replace(/^ï»¿/, ''), bytes.toString('utf16le')]
  if (bytes[0] === 0xfe && bytes[1] === 0xff) readings.push(Buffer.from(bytes.subarray(0, bytes.length & ~1)).swap16().toString('utf16le')) // prettier-ignore
  return readings.some((text) => MARKUP.test(text)) || bytes.toString('latin1').startsWith('#!')
}

function looksLikeText(head: Uint8Array): boolean {
  const text = new TextDecoder('utf-8').decode(head, { stream: true })
  // eslint-disable-next-line no-control-regex
  return !/[\0-\x08\x0e-\x1f\ufffd]/.test(text)
}

/** How the desk offers a file of this type. */
export function shownAs(mimeType: string): MediaShownAs {
  return KNOWN.get(mimeType)?.shownAs ?? 'unsafe'
}

const MAX_NAME = 120

/**
 * The name under which a file is saved: without path, control or direction marks, and with an ending that fits its content, so that no
 * double click starts what it should not (`invoice.html` becomes `invoice.html.bin`).
 */
export function safeFileName(name: string | null, mimeType: string, fallback: string): string {
  const endings = KNOWN.get(mimeType)?.endings ?? ['bin']
  const clean = (name ?? '')
    .split(/[/\\]/)
    .at(-1)
    ?.replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}<>:"|?*]/gu, '')
    .replace(/^[.\s]+|[.\s]+$/g, '')
  const stem = clean === undefined || clean === '' ? fallback : [...clean].slice(-MAX_NAME).join('')
  const ending = /\.([^.]+)$/.exec(stem)?.[1]?.toLowerCase()
  return ending !== undefined && endings.includes(ending) ? stem : `${stem}.${endings[0] ?? 'bin'}`
}
