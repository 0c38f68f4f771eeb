/** One line of a stream: a sign of life, words, or one too long to be held (only its beginning is). */
export type StreamLine =
  | { readonly kind: 'keep-alive' }
  | { readonly kind: 'words'; readonly text: string }
  | { readonly kind: 'too-large'; readonly head: string; readonly bytes: number }

const LINE_END = 0x0a
const HEAD_BYTES = 4_096

/**
 * Cuts a stream of bytes into lines, however it comes in pieces: a piece may end in the middle of a letter, for Urdu letters are two bytes. A line of more
 * than `maxBytes` is passed over up to its end, so that a stream without line ends fills no memory.
 */
export function createLineSplitter(maxBytes: number) {
  let pieces: Buffer[] = []
  let bytes = 0

  function keep(piece: Buffer): void {
    bytes += piece.length
    if (bytes <= maxBytes) pieces.push(piece)
    else pieces = [Buffer.concat([...pieces, piece.subarray(0, HEAD_BYTES)]).subarray(0, HEAD_BYTES)]
  }

  function take(): StreamLine {
    const text = Buffer.concat(pieces).toString('utf8')
    const line: StreamLine =
      bytes > maxBytes
        ? { kind: 'too-large', head: text, bytes }
        : text.trim() === ''
          ? { kind: 'keep-alive' }
          : { kind: 'words', text: text.trim() }
    pieces = []
    bytes = 0
    return line
  }

  return {
    push(chunk: Buffer): StreamLine[] {
      const lines: StreamLine[] = []
      let from = 0
      for (let end = chunk.indexOf(LINE_END); end >= 0; end = chunk.indexOf(LINE_END, from)) {
        keep(chunk.subarray(from, end))
        from = end + 1
        lines.push(take())
      }
      if (from < chunk.length) keep(chunk.subarray(from))
      return lines
    },
    /** What is left when the stream ends: a line without its end, perhaps half of one; undefined for nothing. */
    rest(): StreamLine | undefined {
      const line = bytes === 0 ? undefined : take()
      return line?.kind === 'keep-alive' ? undefined : line
    },
  }
}
