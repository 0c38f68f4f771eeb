import type { Media, Mention } from '../../../schemas/mention.js'
import { plainLine, withoutMarks } from './marks.js'

export interface ChatContent {
  readonly text: string
  readonly media: readonly Media[]
  readonly location: Mention['location']
  readonly mended: readonly string[]
  /** The words by which the same message is known again in another export: without file names and counts that change from one to the next. */
  readonly sameness: string
}

type Kind = Media['kind']

/** `<Media omitted>` in the languages of phones; what kind it was, the phone does not say. */
const OMITTED_ANY =
  /^<(?:media omitted|media tidak disertakan|médias? omis|medien ausgeschlossen|multimedia omitido|archivo omitido|arquivo de mídia oculto|mídia oculta|media weggelaten|medya dahil edilmedi|без медиафайлов|تم استبعاد الوسائط|रसानचित्र के बिना|मीडिया छोड़ दिया गया|(?:میڈیا|رسنۍ|مېډیا|ميډيا)[^<>]{1,40}|view once [^<>]{1,40}omitted|[^<>]{1,30} (?:omitted|چھوڑ دی گئی|چھوڑ دیا گیا))>$/i

const OMITTED_KINDS: readonly (readonly [Kind, string])[] = [
  ['image', 'image|photo|تصویر|انځور|view once photo'],
  ['video', 'video note|video|gif|ویڈیو نوٹ|ویڈیو|جی آئی ایف|ویډیو|view once video'],
  ['audio', 'audio|voice message|view once voice message|آڈیو|صوتی پیغام|وائس نوٹ|غږ'],
  ['sticker', 'sticker|اسٹیکر|سٹیکر'],
  ['document', 'document|contact card|media|دستاویز|رابطہ کارڈ|میڈیا'],
]
const OMITTED_VERB = 'omitted|چھوڑ دی گئی|چھوڑ دیا گیا|شامل نہیں(?: ہے| کی گئی| کیا گیا)?'
/** As a line of its own, with pages before it, or after a caption, from which a direction mark parts it. */
const OMITTED = OMITTED_KINDS.map(
  ([kind, names]) =>
    [
      kind,
      new RegExp(`^(?:(?<file>[^•]{1,200}?\\.\\w{1,8}) ?• ?.{0,40}?)?(?:${names}) (?:${OMITTED_VERB})\\.?$`, 'iu'),
    ] as const,
)

const ATTACHED_WORDS =
  'file attached|attached file|archivo adjunto|arquivo anexado|fichier joint|datei angehängt|dosya ekli|allegato|bestand bijgevoegd|ملف مرفق|फ़ाइल संलग्न|(?:فائل|فایل|منسلک|دوتنه)[^()]{0,30}'
const ATTACHED = new RegExp(`^(?<file>[^\\n]{1,300}?\\.[\\p{L}\\p{N}]{1,8}) \\((?:${ATTACHED_WORDS})\\)$`, 'iu')
/** A name that only phones give: the words in brackets may be of any language. */
const ATTACHED_BY_NAME = /^(?<file>(?:IMG|VID|AUD|PTT|STK|DOC)-\d{8}-WA\d{4,}\.\w{1,8}) \([^()]{1,40}\)$/u
const ATTACHED_APPLE = /^(?<caption>.*?) ?<[^<>:]{2,30}: (?<file>[^<>]{1,300}\.[\p{L}\p{N}]{1,8})>$/u
const APPLE_NUMBER = /^\d{5,}-/
const PAGES = /^.{1,200}• ?.{1,40}$/

const EDITED =
  /\s*<(?:this message was edited|se editó este mensaje\.?|diese nachricht wurde bearbeitet\.?|ce message a été modifié|تم تعديل هذه الرسالة|(?:یہ|اس|دا) پیغام[^<>]{1,40})>\s*$/i

const PIN =
  /https?:\/\/(?:maps\.google\.com|(?:www\.)?google\.com|maps\.apple\.com|(?:www\.)?openstreetmap\.org)\/[^\s]{0,300}?(?:[?&](?:q|ll|query|destination|daddr)=(?:loc:)?|@)(-?\d{1,2}(?:\.\d{1,20})?)(?:,|%2C)(-?\d{1,3}(?:\.\d{1,20})?)[^\s]*/i
const PIN_LABEL =
  /^(?:location|live location|مقام|لوکیشن|محل وقوع|موقعیت|ځای|الموقع|ubicación|standort|localisation)? ?[:：]? ?$/iu
const LIVE = /^(?:live location shared|لائیو (?:مقام|لوکیشن) (?:شیئر|کا اشتراک).{0,20})$/i
const VIEW_ONCE = /^you received a view once (photo|video|voice message|message)\b.{0,120}$/i

/** What a message of an exported chat says: its words, what came with it, and the pin. Takes any text. */
export function readContent(raw: string): ChatContent {
  const isEdited = raw.length < 200_000 && EDITED.test(withoutMarks(raw.slice(-300)))
  // The phone parts what it wrote itself from a person's words by a mark; at the beginning it holds nothing else.
  const body = trimmed(isEdited ? withoutLastTag(raw) : raw)
  const mended = isEdited ? ['edited'] : []
  const plain = body.length <= 500 ? plainLine(body) : ''
  if (LIVE.test(plain)) return { ...words('', 'live location'), mended: [...mended, 'content-unsupported'] }
  const once = VIEW_ONCE.exec(plain)
  if (once !== null) {
    const kind: Kind = once[1] === 'video' ? 'video' : once[1] === 'voice message' ? 'audio' : 'image'
    return { ...words('', 'view once'), media: [file(kind, null)], mended }
  }
  const content = readMedia(body) ?? readPin(body) ?? words(body)
  const isEmpty = content.text === '' && content.media.length === 0 && content.location === null
  return { ...content, mended: isEmpty ? [...mended, 'content-unsupported'] : mended }
}

function words(text: string, sameness = text): ChatContent {
  return { text, media: [], location: null, mended: [], sameness: comparable(sameness) }
}

/** Votes of a poll are counted anew in each export. */
function comparable(text: string): string {
  const isPoll = /^[\s\u200e]*POLL:|OPTION:|سروے:|پول:/i.test(text)
  return isPoll ? text.replace(/\([^()\n]{0,12}[\d٠-٩۰-۹]+[^()\n]{0,12}\)[\t ]*$/gm, '') : text
}

const trimmed = (text: string): string =>
  text
    .replace(/^[\u200e\u200f\n\r]+/, '')
    .replace(/[\s\u200e\u200f]+$/, '')
    .replace(/\n\u200e+/g, '\n')

const withoutLastTag = (text: string): string => text.slice(0, text.lastIndexOf('<'))

/** What the phone says of a file stands in the first line (the caption follows) or in the last. */
function readMedia(body: string): ChatContent | undefined {
  const lines = body.split('\n')
  for (const index of lines.length > 1 ? [0, lines.length - 1] : [0]) {
    const found = readMediaLine(lines[index] ?? '')
    if (found === undefined) continue
    const rest = lines.map((line, at) => (at === index ? found.caption : line))
    const text = trimmed(rest.filter((line, at) => at !== index || line !== '').join('\n'))
    return { text, media: [found.media], location: null, mended: [], sameness: `\u0000media\n${text}` }
  }
  return undefined
}

interface MediaLine {
  readonly media: Media
  readonly caption: string
}

function readMediaLine(line: string): MediaLine | undefined {
  if (line.length > 4_000) return undefined
  const plain = plainLine(line)
  if (OMITTED_ANY.test(plain)) return { media: file('document', null), caption: '' }
  const attached = (ATTACHED.exec(plain) ?? ATTACHED_BY_NAME.exec(plain))?.groups?.['file']
  if (attached !== undefined) return { media: fileOf(attached), caption: '' }
  const apple = ATTACHED_APPLE.exec(plain)?.groups
  const appleFile = apple?.['file']
  // A tag of any language, where the name is one that phones give, or the English word.
  if (appleFile !== undefined && (APPLE_NUMBER.test(appleFile) || / ?<attached: [^<>]+>$/i.test(plain))) {
    const caption = apple?.['caption'] ?? ''
    return { media: fileOf(appleFile), caption: PAGES.test(caption) ? '' : caption }
  }
  return readOmitted(plain, '') ?? afterMark(line)
}

function readOmitted(plain: string, caption: string): MediaLine | undefined {
  for (const [kind, test] of OMITTED) {
    const match = test.exec(plain)
    if (match !== null) return { media: file(kind, match.groups?.['file'] ?? null), caption }
  }
  return undefined
}

/** `caption ‎image omitted`: only the mark tells the phone's words from a person's. */
function afterMark(line: string): MediaLine | undefined {
  const at = line.lastIndexOf('\u200e')
  return at <= 0 ? undefined : readOmitted(plainLine(line.slice(at)), trimmed(line.slice(0, at)))
}

const KINDS_BY_ENDING: readonly (readonly [Kind, RegExp, string | null])[] = [
  ['sticker', /(?:^|[-/])(?:STK|STICKER)\b.*\.webp$|\.was$/i, 'image/webp'],
  ['image', /\.jpe?g$/i, 'image/jpeg'],
  ['image', /\.png$/i, 'image/png'],
  ['image', /\.webp$/i, 'image/webp'],
  ['image', /\.(?:gif|heic|heif|bmp)$/i, null],
  ['audio', /\.opus$/i, 'audio/ogg'],
  ['audio', /\.(?:ogg|oga)$/i, 'audio/ogg'],
  ['audio', /\.m4a$/i, 'audio/mp4'],
  ['audio', /\.mp3$/i, 'audio/mpeg'],
  ['audio', /\.(?:aac|amr|wav)$/i, null],
  ['video', /\.mp4$/i, 'video/mp4'],
  ['video', /\.3gpp?$/i, 'video/3gpp'],
  ['video', /\.(?:mov|mkv|avi|webm)$/i, null],
  ['document', /\.pdf$/i, 'application/pdf'],
  ['document', /\.vcf$/i, 'text/vcard'],
]

function fileOf(name: string): Media {
  const [kind, , mimeType] = KINDS_BY_ENDING.find(([, ending]) => ending.test(name)) ?? ['document', /./, null]
  return { ...file(kind, name), mimeType }
}

const file = (kind: Kind, fileName: string | null): Media => ({
  kind,
  id: null,
  mimeType: null,
  sha256: null,
  bytes: null,
  fileName,
  url: null,
})

function readPin(body: string): ChatContent | undefined {
  const match = PIN.exec(body)
  if (match === null) return undefined
  const latitude = Number(match[1])
  const longitude = Number(match[2])
  if (Math.abs(latitude) > 90 || Math.abs(longitude) > 180) return undefined
  const around = body.slice(0, match.index) + body.slice(match.index + match[0].length)
  const isBare = PIN_LABEL.test(plainLine(around))
  return { ...words(isBare ? '' : body, body), location: { latitude, longitude, name: null, address: null } }
}
