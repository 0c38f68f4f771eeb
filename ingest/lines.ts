import { TextDecoder } from 'node:util'

export interface Line {
  /** Counted from 1. */
  readonly number: number
  /** Undefined where the line was longer than a line may be: it was not kept. */
  readonly text: string | undefined
}

/** The lines of a stream of bytes or text, one at a time, holding no more than one line; a broken byte becomes U+FFFD, a byte order mark goes. */
export async function* readLines(
  stream: AsyncIterable<Uint8Array | string>,
  maxUnits = 4 * 1024 * 1024,
): AsyncGenerator<Line> {
  const decoder = new TextDecoder('utf-8')
  let held = ''
  let isTooLong = false
  let number = 0
  const finished = (): Line => {
    const text = held.endsWith('\r') ? held.slice(0, -1) : held
    const line = { number: ++number, text: isTooLong ? undefined : text }
    held = ''
    isTooLong = false
    return line
  }
  const keep = (part: string) => {
    if (held.length + part.length > maxUnits) isTooLong = true
    held = isTooLong ? '' : held + part
  }
  for await (const chunk of stream) {
    const parts = (typeof chunk === 'string' ? chunk : decoder.decode(chunk, { stream: true })).split('\n')
    for (const [index, part] of parts.entries()) {
      if (index > 0) yield finished()
      keep(part)
    }
  }
  keep(decoder.decode())
  if (held !== '' || isTooLong) yield finished()
}
