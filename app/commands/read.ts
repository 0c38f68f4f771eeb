import { readFileSync } from 'node:fs'
import { READABLE_CHANNELS, readPayload } from '../../ingest/read.js'
import { systemClock } from '../../runtime/clock.js'
import { EXIT } from '../exit-codes.js'

/** Prints what a recorded payload becomes. */
export function read(
  channel: string,
  file: string,
  output: NodeJS.WritableStream,
  errors: NodeJS.WritableStream,
): number {
  const known = READABLE_CHANNELS.find((name) => name === channel)
  if (known === undefined) {
    errors.write(`rabta read: there is no channel ${channel}: write one of ${READABLE_CHANNELS.join(', ')}\n`)
    return EXIT.usage
  }
  let bytes: Buffer
  try {
    bytes = readFileSync(file)
  } catch (error) {
    errors.write(`rabta read: ${file} cannot be read: ${error instanceof Error ? error.message : 'unknown error'}\n`)
    return EXIT.failed
  }
  for (const line of readPayload(known, bytes, { receivedAt: systemClock.iso() })) output.write(`${line}\n`)
  return EXIT.done
}
