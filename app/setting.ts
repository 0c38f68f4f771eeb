import { isIP } from 'node:net'

/** One setting: its name in the environment, what may be written, and what it becomes. */
export interface Setting<Value> {
  readonly name: string
  readonly secret: boolean
  /** What to write, in words: said when the value is wrong or missing. */
  readonly write: string
  /** The value, or undefined when the text is not one. */
  readonly parse: (text: string) => Value | undefined
  readonly fallback: Value
}

export type Kind<Value> = Omit<Setting<Value>, 'name' | 'fallback'>

export const text: Kind<string> = { secret: false, write: 'some text', parse: (value) => value }
/** Platforms' keys are printable letters; anything else is a slip of the clipboard, and could not be sent in a header. */
export const secret: Kind<string> = {
  secret: true,
  write: 'the secret itself, in one line without spaces, or its file in …_FILE',
  parse: (value) => (/^[\x21-\x7e]+$/.test(value) ? value : undefined),
}

export const integer = (min: number, max: number, what: string): Kind<number> => ({
  secret: false,
  write: `${what}: a whole number from ${min} to ${max}`,
  parse: (value) => {
    const number = /^\d{1,15}$/.test(value) ? Number(value) : Number.NaN
    return number >= min && number <= max ? number : undefined
  },
})

export const oneOf = <const Option extends string>(...options: readonly Option[]): Kind<Option> => ({
  secret: false,
  write: `one of ${options.join(', ')}`,
  parse: (value) => options.find((option) => option === value),
})

export const listOf = <const Option extends string>(...options: readonly Option[]): Kind<readonly Option[]> => ({
  secret: false,
  write: `a list with commas of ${options.join(', ')}`,
  parse: (value) => {
    const items = value
      .split(',')
      .map((item) => item.trim())
      .filter((item) => item !== '')
    const known = [...new Set(items)].map((item) => options.find((option) => option === item))
    return known.every((item) => item !== undefined) ? known : undefined
  },
})

export const url = (what: string): Kind<string> => ({
  secret: false,
  write: `${what}: an address such as https://host or http://127.0.0.1:8080`,
  parse: (value) => {
    if (!URL.canParse(value)) return undefined
    const { protocol, username, password, search, hash } = new URL(value)
    const isPlain = username === '' && password === '' && search === '' && hash === ''
    return (protocol === 'http:' || protocol === 'https:') && isPlain ? value.replace(/\/+$/, '') : undefined
  },
})

/** Addresses and networks of proxies, with commas. */
export const networks: Kind<readonly string[]> = {
  secret: false,
  write: 'addresses or networks with commas, such as 10.0.0.5,10.1.0.0/16',
  parse: (value) => {
    const items = value
      .split(',')
      .map((item) => item.trim())
      .filter((item) => item !== '')
    const isNetwork = (item: string) => {
      const [address = '', bits, ...rest] = item.split('/')
      const family = isIP(address)
      const isLength = bits === undefined || (/^\d{1,3}$/.test(bits) && Number(bits) <= (family === 4 ? 32 : 128))
      return family !== 0 && isLength && rest.length === 0
    }
    return items.every(isNetwork) ? items : undefined
  },
}

/** `name=number` pairs with commas. */
export const numbersByName: Kind<ReadonlyMap<string, string>> = {
  secret: false,
  write: 'pairs with commas of a unit and its number in international form, such as dpo-peshawar=923000000001',
  parse: (value) => {
    const pairs = new Map<string, string>()
    for (const item of value
      .split(',')
      .map((part) => part.trim())
      .filter((part) => part !== '')) {
      const [, name, number] = /^([a-z0-9-]+)=\+?(\d{8,15})$/.exec(item) ?? []
      if (name === undefined || number === undefined) return undefined
      pairs.set(name, number)
    }
    return pairs
  },
}

export function setting<Value>(name: string, kind: Kind<Value>, fallback: Value): Setting<Value> {
  return { ...kind, name, fallback }
}

/** How many letters must change to make one name of the other, up to a few: for "did you mean". */
export function distance(a: string, b: string): number {
  let previous = Array.from({ length: b.length + 1 }, (_, index) => index)
  for (let i = 1; i <= a.length; i++) {
    const row = [i]
    for (let j = 1; j <= b.length; j++) {
      const swap = (previous[j - 1] ?? 0) + (a[i - 1] === b[j - 1] ? 0 : 1)
      row.push(Math.min(swap, (previous[j] ?? 0) + 1, (row[j - 1] ?? 0) + 1))
    }
    previous = row
  }
  return previous[b.length] ?? 0
}

/** What settings hold, by key. */
export type ValuesOf<Settings> = {
  readonly [Key in keyof Settings]: Settings[Key] extends Setting<infer Value> ? Value : never
}

/** A setting that is wrong: its name, and what to write instead. */
export interface Mistake {
  readonly name: string
  readonly problem: string
}

/** The mistakes of settings that a source cannot run without. */
export function missing<Settings extends Record<string, Setting<unknown>>>(
  source: string,
  settings: Settings,
  values: ValuesOf<Settings>,
  needs: readonly (keyof Settings & string)[],
): Mistake[] {
  return needs
    .filter((key) => values[key] === '')
    .map((key) => {
      const { name, write } = settings[key] as Setting<unknown>
      return { name, problem: `the source ${source} needs it: write ${write}` }
    })
}
