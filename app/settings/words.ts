import { secret, type Kind } from '../setting.js'

export const isOneLine = (value: string) => value.trim() === value && !/\p{Cc}/u.test(value)

/** Words of our own that were entered at a platform too. */
export const sharedWords = (where: string): Kind<string> => ({
  ...secret,
  write: `the words that were entered at ${where}, in one line`,
  parse: (value) => (isOneLine(value) ? value : undefined),
})

/** An id in digits alone. */
export const digits = (what: string, most: number): Kind<string> => ({
  secret: false,
  write: `${what}, digits only`,
  parse: (value) => (/^\d+$/.test(value) && value.length <= most ? value : undefined),
})

export const graphVersion: Kind<string> = {
  secret: false,
  write: 'a version of the Graph API such as v26.0',
  parse: (value) => (/^v\d{1,3}\.\d{1,2}$/.test(value) ? value : undefined),
}
