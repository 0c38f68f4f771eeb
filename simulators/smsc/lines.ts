import type { Session } from 'smpp'

/** A connection of a client, with what it is bound as. */
export class Line {
  readonly session: Session
  bound: 'none' | 'receiver' | 'transmitter' | 'transceiver' = 'none'
  /** The last PDU as it came, in hex: the package has read it into text by the time it tells of it. */
  wire = ''
  /** Told when the connection is gone. */
  readonly onClose = new Set<() => void>()

  constructor(session: Session) {
    this.session = session
    const { socket } = session
    const read = socket.read.bind(socket) as (size?: number) => Buffer | null
    let head = ''
    // The package reads four octets for the length, then the rest.
    socket.read = (size?: number) => {
      const chunk = read(size)
      if (chunk !== null && size === 4) head = chunk.toString('hex')
      else if (chunk !== null) this.wire = head + chunk.toString('hex')
      return chunk
    }
  }

  get receives(): boolean {
    return this.bound === 'receiver' || this.bound === 'transceiver'
  }

  get submits(): boolean {
    return this.bound === 'transmitter' || this.bound === 'transceiver'
  }
}
