declare module 'smpp' {
  import type { EventEmitter } from 'node:events'
  import type { Server as NetServer, Socket } from 'node:net'

  export class PDU {
    constructor(command: string | Buffer, options?: Record<string, unknown>)
    command: string
    command_id: number
    command_status: number
    sequence_number: number
    isResponse(): boolean
    response(options?: Record<string, unknown>): PDU
    toBuffer(): Buffer
    _filter(direction: 'encode' | 'decode'): void
    [field: string]: unknown
  }
  export class Session extends EventEmitter {
    readonly socket: Socket
    send(pdu: PDU, onResponse?: (response: PDU) => void): boolean
    close(): void
    destroy(): void
    pause(): void
    resume(): void
  }
  export interface Server extends NetServer {
    sessions: Session[]
  }
  export function createServer(options: Record<string, unknown>, listener: (session: Session) => void): Server
  const smpp: {
    readonly PDU: typeof PDU
    readonly Session: typeof Session
    readonly createServer: typeof createServer
    readonly errors: Readonly<Record<string, number>>
  }
  export default smpp
}
