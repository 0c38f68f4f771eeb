/** The parameters of a query as the bytes that were sent: Kannel percent-encodes texts in whatever charset they came in. A name that comes twice keeps its last value. */
export function readRawQuery(query: string): ReadonlyMap<string, Buffer> {
  const parameters = new Map<string, Buffer>()
  for (const part of query.split('&')) {
    if (part === '') continue
    const at = part.indexOf('=')
    const name = at < 0 ? part : part.slice(0, at)
    parameters.set(percentDecode(name).toString('utf8'), percentDecode(at < 0 ? '' : part.slice(at + 1)))
  }
  return parameters
}

/** What follows the question mark of an address; the text itself where there is none and it looks like a query. */
export function queryOf(address: string): string {
  const withoutHash = address.split('#', 1)[0] ?? ''
  const at = withoutHash.indexOf('?')
  return at < 0 ? withoutHash : withoutHash.slice(at + 1)
}

/** The query without a parameter: what is kept as a dead letter holds no secret. */
export function withoutParameter(query: string, name: string): string {
  return query
    .split('&')
    .filter((part) => percentDecode(part.split('=', 1)[0] ?? '').toString('utf8') !== name)
    .join('&')
}

/** How often a parameter is given. */
export function timesGiven(query: string, name: string): number {
  return query.split('&').filter((part) => percentDecode(part.split('=', 1)[0] ?? '').toString('utf8') === name).length
}

/** A plus is a space; a percent sign that is no escape stands for itself. */
function percentDecode(text: string): Buffer {
  const source = Buffer.from(text, 'utf8')
  const bytes = Buffer.alloc(source.length)
  let length = 0
  for (let at = 0; at < source.length; at++) {
    const byte = source[at] ?? 0
    const escaped = byte === 0x25 ? hexPair(source[at + 1], source[at + 2]) : undefined
    bytes[length++] = escaped ?? (byte === 0x2b ? 0x20 : byte)
    if (escaped !== undefined) at += 2
  }
  return bytes.subarray(0, length)
}

function hexPair(high: number | undefined, low: number | undefined): number | undefined {
  const first = hexDigit(high)
  const second = hexDigit(low)
  return first === undefined || second === undefined ? undefined : first * 16 + second
}

function hexDigit(code: number | undefined): number | undefined {
  if (code === undefined) return undefined
  if (code >= 0x30 && code <= 0x39) return code - 0x30
  const lower = code | 0x20
  return lower >= 0x61 && lower <= 0x66 ? lower - 0x57 : undefined
}
