/** What X counts: most scripts in use here weigh 1, the rest and every emoji 2, every link 23 (twitter-text, configuration 3). */
const LIGHT: readonly (readonly [number, number])[] = [
  [0, 4351],
  [8192, 8205],
  [8208, 8223],
  [8242, 8247],
]
const LINK_WEIGHT = 23
const LINK =
  /https?:\/\/[^\s]+|(?<![\p{L}\p{N}@.-])(?:[a-z0-9-]+\.)+(?:com|org|net|edu|gov|info|pk|io|co|tv|me|news|app|uk|us|af|ly)(?![\p{L}\p{N}-])(?:\/[^\s]*)?/giu
const EMOJI = /\p{Extended_Pictographic}|\p{Regional_Indicator}|\u20e3/u

const graphemes = new Intl.Segmenter('en', { granularity: 'grapheme' })

function weightOfPlain(text: string): number {
  let weight = 0
  for (const { segment } of graphemes.segment(text)) {
    if (EMOJI.test(segment)) {
      weight += 2
      continue
    }
    for (const char of segment) {
      const code = char.codePointAt(0) ?? 0
      weight += LIGHT.some(([from, to]) => code >= from && code <= to) ? 1 : 2
    }
  }
  return weight
}

export const X_MAX_WEIGHT = 280

/** The weighted length of a post; it may be at most `X_MAX_WEIGHT`. */
export function xLength(text: string): number {
  const normal = text.normalize('NFC')
  const links = normal.match(LINK)?.length ?? 0
  return links * LINK_WEIGHT + weightOfPlain(normal.replace(LINK, ''))
}
