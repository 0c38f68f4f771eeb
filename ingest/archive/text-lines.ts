import { TextDecoder } from 'node:util'
import { Failure } from '../../runtime/failure.js'

export interface TextLine {
  readonly text: string
  /** The line was longer than a line may be: its beginning was kept. */
  readonly isCut: boolean
}

const MAX_LINE_UNITS = 1024 * 1024
const BREAK = /\r\n|\n|\r/

/**
 * The text of a stream of bytes. A byte order mark decides; else the stated encoding; else UTF-16 where every other byte is zero; else UTF-8, a broken
 * byte becoming U+FFFD. Throws a Failure `invalid-payload` for an encoding that nobody knows.
 */
export async function* decodeText(
  stream: AsyncIterable<Uint8Array | string>,
  encoding?: string,
): AsyncGenerator<string> {
  let decoder: TextDecoder | undefined
  let first = Buffer.alloc(0)
  for await (const chunk of stream) {
    const bytes = typeof chunk === 'string' ? Buffer.from(chunk) : chunk
    if (decoder !== undefined) {
      yield decoder.decode(bytes, { stream: true })
      continue
    }
    first = Buffer.concat([first, bytes])
    if (first.length < 4) continue
    decoder = decoderFor(first, encoding)
    yield decoder.decode(first, { stream: true })
  }
  yield decoder === undefined ? decoderFor(first, encoding).decode(first) : decoder.decode()
}

function decoderFor(first: Buffer, stated: string | undefined): TextDecoder {
  const named = markedEncoding(first) ?? stated ?? looksUtf16(first) ?? 'utf-8'
  try {
    return new TextDecoder(named)
  } catch (cause) {
    throw new Failure(
      'invalid-payload',
      `there is no encoding ${named}: write one like utf-8, utf-16le, windows-1256 or windows-1252`,
      { retryable: false, cause },
    )
  }
}

function markedEncoding(first: Buffer): string | undefined {
  if (first[0] === 0xef && first[1] === 0xbb && first[2] === 0xbf) return 'utf-8'
  if (first[0] === 0xff && first[1] === 0xfe) return 'utf-16le'
  if (first[0] === 0xfe && first[1] === 0xff) return 'utf-16be'
  return undefined
}

/** Without a mark, what every export begins with (a digit, a bracket, a quote, a letter of a heading) has a zero byte beside it. */
function looksUtf16(first: Buffer): string | undefined {
  if (first.length < 4) return undefined
  if (first[0] !== 0 && first[1] === 0 && first[3] === 0) return 'utf-16le'
  if (first[0] === 0 && first[1] !== 0 && first[2] === 0) return 'utf-16be'
  return undefined
}

/**
 * The lines of a text that comes in pieces, many at once; lines end with CR, LF or both. Of a line longer than `maxUnits` only the beginning is held.
 * The last line is left out where it is empty.
 */
export async function* textLines(
  pieces: AsyncIterable<string> | Iterable<string>,
  maxUnits = MAX_LINE_UNITS,
): AsyncGenerator<readonly TextLine[]> {
  const splitter = createLineSplitter(maxUnits)
  for await (const piece of pieces) {
    const lines = splitter.take(piece)
    if (lines.length > 0) yield lines
  }
  const last = splitter.end()
  if (last.length > 0) yield last
}

/** The same for a whole text in memory. */
export function linesOf(text: string, maxUnits = MAX_LINE_UNITS): readonly TextLine[] {
  const splitter = createLineSplitter(maxUnits)
  return [...splitter.take(text.startsWith('\ufeff') ? text.slice(1) : text), ...splitter.end()]
}

function createLineSplitter(maxUnits: number) {
  let held = ''
  let isCut = false
  /** A CR at the end of a piece: the LF that belongs to it may come with the next one. */
  let endedByReturn = false
  const keep = (part: string) => {
    if (held.length + part.length > maxUnits) isCut = true
    held = (held + part.slice(0, Math.max(0, maxUnits - held.length + 1))).slice(0, maxUnits)
  }
  const finished = (): TextLine => {
    const line = { text: held, isCut }
    held = ''
    isCut = false
    return line
  }
  return {
    take: (piece: string): TextLine[] => {
      if (piece === '') return []
      const text = endedByReturn && piece.startsWith('\n') ? piece.slice(1) : piece
      endedByReturn = piece.endsWith('\r')
      const lines: TextLine[] = []
      for (const [index, part] of text.split(BREAK).entries()) {
        if (index > 0) lines.push(finished())
        keep(part)
      }
      return lines
    },
    end: (): TextLine[] => (held === '' && !isCut ? [] : [finished()]),
  }
}
