export interface ServerEvent {
  type: string
  data: string
}

/**
 * Reads a `text/event-stream` by pieces, as the HTML standard says: `feed` takes the next piece of text, cut anywhere, and
 * returns the events it completed; `lastEventId` is what a reconnection must name. Comments give no event.
 */
export function createSseParser(): { feed: (chunk: string) => ServerEvent[]; lastEventId: () => string } {
  let rest = ''
  let type = ''
  let data: string[] = []
  let pendingId = ''
  let lastId = ''

  function line(text: string, events: ServerEvent[]): void {
    if (text === '') {
      lastId = pendingId
      if (data.length > 0) events.push({ type: type || 'message', data: data.join('\n') })
      type = ''
      data = []
      return
    }
    const colon = text.indexOf(':')
    if (colon === 0) return
    const field = colon < 0 ? text : text.slice(0, colon)
    const value = colon < 0 ? '' : text.slice(colon + 1).replace(/^ /, '')
    if (field === 'event') type = value
    else if (field === 'data') data.push(value)
    else if (field === 'id' && !value.includes('\0')) pendingId = value
  }

  return {
    feed: (chunk) => {
      rest += chunk
      const events: ServerEvent[] = []
      // A carriage return at the very end may be half of a CRLF: it waits for the next piece.
      const ready = rest.endsWith('\r') ? rest.slice(0, -1) : rest
      const lines = ready.split(/\r\n|\r|\n/)
      rest = (lines.pop() ?? '') + (rest.endsWith('\r') ? '\r' : '')
      for (const text of lines) line(text, events)
      return events
    },
    lastEventId: () => lastId,
  }
}
