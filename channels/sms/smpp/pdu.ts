import smpp from 'smpp'

/** The longest PDU that is waited for: 64 KB of payload is the most that SMPP can carry in one. */
export const MAX_PDU_BYTES = 128 * 1024
export const HEADER_BYTES = 16

/** Raised where the stream can no longer be cut into PDUs: the connection is of no use any more. */
export class BrokenStream extends Error {
  constructor(length: number) {
    super(`the peer announced a PDU of ${length} bytes`)
    this.name = 'BrokenStream'
  }
}

/**
 * A PDU of the package with its octets as they came: the package's own reading turns `short_message` into text, and loses what does not fit
 * (a header longer than the message, octets over 0x7f, codings it does not know).
 */
class RawPdu extends smpp.PDU {
  override _filter(direction: 'encode' | 'decode'): void {
    if (direction === 'encode') super._filter(direction)
  }
}

export type Pdu = InstanceType<typeof smpp.PDU>

export interface Header {
  readonly commandId: number
  readonly status: number
  readonly sequence: number
}

export function headerOf(frame: Buffer): Header {
  return { commandId: frame.readUInt32BE(4), status: frame.readUInt32BE(8), sequence: frame.readUInt32BE(12) }
}

/** The PDU in these octets, or undefined where they are no sound PDU. */
export function decodePdu(frame: Buffer): Pdu | undefined {
  try {
    return new RawPdu(frame)
  } catch {
    return undefined
  }
}

export function encodePdu(command: string, fields: Readonly<Record<string, unknown>>): Buffer {
  return new smpp.PDU(command, { ...fields }).toBuffer()
}

/** Cuts a stream into PDUs; throws BrokenStream where it cannot be one. */
export function createFrames(): (chunk: Buffer) => Buffer[] {
  let waiting: Buffer[] = []
  let bytes = 0
  let wanted = 4
  return (chunk) => {
    waiting.push(chunk)
    bytes += chunk.length
    if (bytes < wanted) return []
    let rest = waiting.length === 1 ? chunk : Buffer.concat(waiting)
    const frames: Buffer[] = []
    wanted = 4
    while (rest.length >= 4) {
      const length = rest.readUInt32BE(0)
      if (length < HEADER_BYTES || length > MAX_PDU_BYTES) throw new BrokenStream(length)
      wanted = length
      if (rest.length < length) break
      frames.push(rest.subarray(0, length))
      rest = rest.subarray(length)
      wanted = 4
    }
    waiting = rest.length === 0 ? [] : [rest]
    bytes = rest.length
    return frames
  }
}

export const isResponse = (commandId: number) => (commandId & 0x80000000) !== 0

/** A field as text or number, whatever the package made of it. */
export const textField = (pdu: Pdu, name: string): string => {
  const value = pdu[name]
  return typeof value === 'string' ? value : Buffer.isBuffer(value) ? value.toString('latin1') : ''
}
export const numberField = (pdu: Pdu, name: string): number | undefined => {
  const value = pdu[name]
  return typeof value === 'number' ? value : undefined
}
export const bytesField = (pdu: Pdu, name: string): Buffer => {
  const value = pdu[name]
  return Buffer.isBuffer(value) ? value : Buffer.alloc(0)
}
