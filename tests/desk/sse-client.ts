import { request, type IncomingMessage } from 'node:http'

export interface SseEvent {
  readonly id: string
  readonly event: string
  readonly data: string
}

/** A reader of server-sent events over a real connection, which remembers all it heard. */
export class SseClient {
  readonly events: SseEvent[] = []
  pings = 0
  status = 0
  headers: IncomingMessage['headers'] = {}
  body = ''
  closed = false
  readonly #request
  readonly #waiting = new Set<() => void>()
  #response: IncomingMessage | undefined

  constructor(url: string, headers: Record<string, string>) {
    this.#request = request(url, { headers: { accept: 'text/event-stream', ...headers }, agent: false })
    this.#request.on('response', (response) => {
      this.#response = response
      this.status = response.statusCode ?? 0
      this.headers = response.headers
      response.setEncoding('utf8')
      response.on('data', (piece: string) => this.#take(piece))
      response.on('close', () => this.#end())
      this.#wake()
    })
    this.#request.on('error', () => this.#end())
    this.#request.end()
  }

  /** Takes nothing more from the connection until `resume`. */
  pause(): void {
    this.#response?.pause()
  }

  resume(): void {
    this.#response?.resume()
  }

  close(): void {
    this.#request.destroy()
  }

  /** Resolves when this is so; looked at whenever something was heard. */
  until(isSo: (client: this) => boolean): Promise<void> {
    return new Promise((resolve) => {
      const look = () => {
        if (!isSo(this)) return
        this.#waiting.delete(look)
        resolve()
      }
      this.#waiting.add(look)
      look()
    })
  }

  of(event: string): SseEvent[] {
    return this.events.filter((one) => one.event === event)
  }

  get lastId(): string {
    return this.events.at(-1)?.id ?? ''
  }

  #take(piece: string): void {
    this.body += piece
    const frames = this.body.split('\n\n')
    this.body = frames.pop() ?? ''
    for (const frame of frames) {
      if (frame.startsWith(':')) this.pings++
      else {
        const fields = Object.fromEntries(
          frame.split('\n').map((line) => [line.slice(0, line.indexOf(':')), line.slice(line.indexOf(':') + 2)]),
        )
        this.events.push({ id: fields['id'] ?? '', event: fields['event'] ?? '', data: fields['data'] ?? '' })
      }
    }
    this.#wake()
  }

  #end(): void {
    this.closed = true
    this.#wake()
  }

  #wake(): void {
    for (const look of [...this.#waiting]) look()
  }
}
