import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { enrichMention, type AnyEnricher } from '../../enrich/enrich-mention.js'
import { tagLine } from '../../enrich/tag.js'
import { textMention } from '../../enrich/text-mention.js'
import { systemClock } from '../../runtime/clock.js'
import { EXIT } from '../exit-codes.js'

const MAX_TEXT = 100_000

/** The id and text of an input line: `{"id","text"}`, or the line itself with its number as id. */
function readLine(line: string, number: number): { id: string; text: string } {
  if (line.trimStart().startsWith('{')) {
    try {
      const value = JSON.parse(line) as { id?: unknown; text?: unknown }
      if (typeof value.text === 'string') {
        const id = typeof value.id === 'string' || typeof value.id === 'number' ? String(value.id) : String(number)
        return { id, text: value.text }
      }
    } catch {
      // Not JSON after all: a message may well begin with a brace.
    }
  }
  return { id: String(number), text: line }
}

/** Tags standard input, one message a line, one JSON a line, in order, for as long as somebody reads them. */
export async function tag(
  input: NodeJS.ReadableStream,
  output: NodeJS.WritableStream,
  enrichers: readonly AnyEnricher[],
): Promise<number> {
  const now = systemClock.iso()
  const lines = createInterface({ input, crlfDelay: Infinity })
  let number = 0
  let isRead = true
  output.once('error', () => (isRead = false))
  try {
    for await (const line of lines) {
      number++
      const { id, text } = readLine(line, number)
      const mention = textMention(id, text.slice(0, MAX_TEXT), now)
      const tagged = enrichMention(mention, { enrichers, now, onFailure: () => undefined })
      const isTaken = output.write(`${JSON.stringify(tagLine(id, tagged))}\n`)
      // Waiting for a reader fails when it goes; whether that is a failure is for whoever began the process to say.
      if (!isTaken && isRead) await once(output, 'drain').catch(() => undefined)
      if (!isRead) break
    }
  } finally {
    // Else it reads on to the end of an input that nobody tags any more.
    lines.close()
  }
  return EXIT.done
}
