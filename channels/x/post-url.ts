/** A half of a letter cannot be written into an address. */
const inPath = (text: string): string => encodeURIComponent(text.toWellFormed())

/** Where a post is seen; X finds it by its id where the author is not known. */
export const postUrl = (handle: string | null, id: string): string =>
  `https://x.com/${handle === null ? 'i/web' : inPath(handle)}/status/${inPath(id)}`
