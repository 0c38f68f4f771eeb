import { readFileSync } from 'node:fs'
import { readPayload } from '../../ingest/read.js'
import { systemClock } from '../../runtime/clock.js'
import { EXIT } from '../exit-codes.js'

const CHANNELS = ['x', 'whatsapp'] as const

/** Prints what a recorded payload becomes. */
export function read(
  channel: string,
  file: string,
  output: NodeJS.WritableStream,
  errors: NodeJS.WritableStream,
): number {
  const known = CHANNELS.find((name) => name === channel)
  if (known === undefined) {
    errors.write(`rabta read: there is no channel ${channel}: write one of ${CHANNELS.join(', ')}\n`)
    return EXIT.usage
  }
  let text: string
  try {
    text = readFileSync(file, 'utf8')
  } catch (error) {
    errors.write(`rabta read: ${file} cannot be read: ${error instanceof Error ? error.message : 'unknown error'}\n`)
    return EXIT.failed
  }
  for (const line of readPayload(known, text, { receivedAt: systemClock.iso() })) output.write(`${line}\n`)
  return EXIT.done
}
