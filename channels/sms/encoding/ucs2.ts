/** UTF-16, big end first. A lone surrogate is written as it is. */
export function encodeUcs2(text: string): Uint8Array {
  const bytes = new Uint8Array(text.length * 2)
  for (let at = 0; at < text.length; at++) {
    const unit = text.charCodeAt(at)
    bytes[at * 2] = unit >> 8
    bytes[at * 2 + 1] = unit & 0xff
  }
  return bytes
}

/**
 * Reads UTF-16, big end first unless a byte order mark says otherwise. Surrogates stay as they come, so that a pair cut in two by its sender is whole
 * again once the parts are put together. `odd` says that a byte was left over (shown as U+FFFD).
 */
export function decodeUcs2(bytes: Uint8Array): { readonly text: string; readonly odd: boolean } {
  const isLittle = bytes[0] === 0xff && bytes[1] === 0xfe
  const isMarked = isLittle || (bytes[0] === 0xfe && bytes[1] === 0xff)
  const units: string[] = []
  for (let at = isMarked ? 2 : 0; at + 1 < bytes.length; at += 2) {
    const [first, second] = [bytes[at] ?? 0, bytes[at + 1] ?? 0]
    units.push(String.fromCharCode(isLittle ? (second << 8) | first : (first << 8) | second))
  }
  const odd = bytes.length % 2 === 1
  return { text: units.join('') + (odd ? '\ufffd' : ''), odd }
}
