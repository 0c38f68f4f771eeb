import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { parse as parseYaml, YAMLParseError } from 'yaml'
import { createUnits } from '../cases/units.js'
import { loadDistrictTable } from '../runtime/district-table.js'
import {
  distance,
  embeddedOnly,
  integer,
  listOf,
  networks,
  numbersByName,
  oneOf,
  secret,
  setting,
  text,
  url,
  type Setting,
} from './settings.js'

const isOneLine = (value: string) => value.trim() === value && !/\p{Cc}/u.test(value)

/** Every setting there is. The names are promises: see the README. */
const SETTINGS = {
  data: setting('RABTA_DATA', text, ''),
  host: setting('RABTA_HOST', text, '127.0.0.1'),
  port: setting('RABTA_PORT', integer(0, 65_535, 'a port'), 4100),
  publicUrl: setting('RABTA_PUBLIC_URL', url('the address under which people reach the desk'), ''),
  trustedProxies: setting('RABTA_TRUSTED_PROXIES', networks, []),
  bus: setting('RABTA_BUS', embeddedOnly('Kafka'), 'embedded' as const),
  index: setting('RABTA_INDEX', embeddedOnly('Elasticsearch'), 'embedded' as const),
  records: setting('RABTA_RECORDS', embeddedOnly('PostgreSQL'), 'embedded' as const),
  adminPassword: setting(
    'RABTA_ADMIN_PASSWORD',
    {
      ...secret,
      write: 'a password of 12 to 256 characters in one line, with no space at its ends',
      parse: (value) => (value.length >= 12 && value.length <= 256 && isOneLine(value) ? value : undefined),
    },
    '',
  ),
  logLevel: setting('RABTA_LOG_LEVEL', oneOf('info', 'warn', 'error', 'silent'), 'info' as const),
  sources: setting('RABTA_SOURCES', listOf('x', 'whatsapp', 'demo'), []),
  unjudgedMinutes: setting(
    'RABTA_UNJUDGED_MINUTES',
    integer(1, 240, 'minutes until a message that nobody could judge rings'),
    10,
  ),
  retentionDays: setting('RABTA_RETENTION_DAYS', integer(1, 3650, 'days for which mentions are kept'), 365),
  unitNumbers: setting('RABTA_UNIT_NUMBERS', numbersByName, new Map<string, string>()),
  demoSeconds: setting(
    'RABTA_DEMO_SECONDS',
    integer(1, 3600, 'seconds in which the story of the demonstration plays'),
    180,
  ),
  xBaseUrl: setting('RABTA_X_BASE_URL', url('the address of the X API'), 'https://api.x.com'),
  xBearerToken: setting('RABTA_X_BEARER_TOKEN', secret, ''),
  xUserId: setting(
    'RABTA_X_USER_ID',
    {
      ...text,
      write: 'the number of the account, digits only',
      parse: (value) => (/^\d{1,20}$/.test(value) ? value : undefined),
    },
    '',
  ),
  xSearchQuery: setting('RABTA_X_SEARCH_QUERY', text, ''),
  xPollSeconds: setting('RABTA_X_POLL_SECONDS', integer(1, 3600, 'seconds between two polls'), 15),
  xApiKey: setting('RABTA_X_API_KEY', secret, ''),
  xApiSecret: setting('RABTA_X_API_SECRET', secret, ''),
  xAccessToken: setting('RABTA_X_ACCESS_TOKEN', secret, ''),
  xAccessSecret: setting('RABTA_X_ACCESS_SECRET', secret, ''),
  whatsappBaseUrl: setting(
    'RABTA_WHATSAPP_BASE_URL',
    url('the address of the Graph API'),
    'https://graph.facebook.com',
  ),
  whatsappVersion: setting(
    'RABTA_WHATSAPP_VERSION',
    {
      ...text,
      write: 'a version of the Graph API such as v26.0',
      parse: (value) => (/^v\d{1,3}\.\d{1,2}$/.test(value) ? value : undefined),
    },
    'v26.0',
  ),
  whatsappPhoneNumberId: setting(
    'RABTA_WHATSAPP_PHONE_NUMBER_ID',
    {
      ...text,
      write: 'the id of the business phone number, digits only',
      parse: (value) => (/^\d{1,30}$/.test(value) ? value : undefined),
    },
    '',
  ),
  whatsappAccessToken: setting('RABTA_WHATSAPP_ACCESS_TOKEN', secret, ''),
  whatsappAppSecret: setting('RABTA_WHATSAPP_APP_SECRET', secret, ''),
  whatsappVerifyToken: setting(
    'RABTA_WHATSAPP_VERIFY_TOKEN',
    {
      ...secret,
      write: 'the words that were entered at Meta, in one line',
      parse: (value) => (isOneLine(value) ? value : undefined),
    },
    '',
  ),
  whatsappForwardTemplate: setting('RABTA_WHATSAPP_FORWARD_TEMPLATE', text, ''),
}

type Values = {
  readonly [Key in keyof typeof SETTINGS]: (typeof SETTINGS)[Key] extends Setting<infer Value> ? Value : never
}

export interface Config extends Values {
  readonly data: string
  /** Which sources run; `demo` alone where no real one is configured. */
  readonly sources: readonly ('x' | 'whatsapp' | 'demo')[]
  readonly demonstration: boolean
}

/** A setting that is wrong: its name, and what to write instead. */
export interface Mistake {
  readonly name: string
  readonly problem: string
}

export class ConfigMistakes extends Error {
  readonly mistakes: readonly Mistake[]

  constructor(mistakes: readonly Mistake[]) {
    super(
      `the settings have ${mistakes.length === 1 ? 'a mistake' : `${mistakes.length} mistakes`}:\n${mistakes.map(({ name, problem }) => `  ${name}: ${problem}`).join('\n')}`,
    )
    this.name = 'ConfigMistakes'
    this.mistakes = mistakes
  }
}

const NAMES = new Map(Object.values(SETTINGS).map((one) => [one.name, one as Setting<unknown>]))
/** Set by the runner of tests and scripts, read by no adapter. */
const isIgnored = (name: string) => name === 'RABTA_CONFIG' || name.startsWith('RABTA_TEST_')

/** What is written, by name: the settings file (names in lower case) under the environment, secrets from their files. */
function written(environment: NodeJS.ProcessEnv, folder: string, mistakes: Mistake[]): Map<string, string> {
  const values = new Map<string, string>()
  const file = environment['RABTA_CONFIG'] ?? join(folder, 'rabta.config.yaml')
  if (environment['RABTA_CONFIG'] !== undefined && !existsSync(file))
    mistakes.push({ name: 'RABTA_CONFIG', problem: `there is no file ${file}` })
  if (existsSync(file)) for (const [name, value] of readSettingsFile(file, mistakes)) values.set(name, value)
  for (const [name, value] of Object.entries(environment)) {
    if (name.startsWith('RABTA_') && !isIgnored(name) && value !== undefined) values.set(name, value)
  }
  for (const [name, path] of [...values]) {
    const plain = name.slice(0, -'_FILE'.length)
    if (!name.endsWith('_FILE') || NAMES.get(plain)?.secret !== true) continue
    values.delete(name)
    if (path === '') continue
    if ((values.get(plain) ?? '') !== '')
      mistakes.push({ name, problem: `${plain} is set too: leave one of the two out` })
    const held = readSecret(path)
    if (held === undefined)
      mistakes.push({
        name,
        problem: `the file ${path} cannot be read, or is empty: write the path of a file that holds the secret alone`,
      })
    else values.set(plain, held)
  }
  return values
}

/** What a file holds, without the line end that editors put there; undefined if that is nothing. */
function readSecret(path: string): string | undefined {
  try {
    return (
      readFileSync(path, 'utf8')
        .replace(/^\ufeff/, '')
        .replace(/[\r\n]+$/, '') || undefined
    )
  } catch {
    return undefined
  }
}

/** Where in the file it is wrong; never YAML's own words, which repeat what stands there. */
function placeOf(error: unknown): string {
  const line = error instanceof YAMLParseError ? error.linePos?.[0].line : undefined
  if (line !== undefined) return `line ${line} is no YAML: write one setting a line, such as rabta_port: 4100`
  return 'it cannot be read as YAML: write one setting a line, such as rabta_port: 4100'
}

function readSettingsFile(file: string, mistakes: Mistake[]): [string, string][] {
  let document: unknown
  try {
    // Every value stays the text it is: an id of 19 digits is more than a number holds.
    document = parseYaml(readFileSync(file, 'utf8'), { schema: 'failsafe', logLevel: 'error' }) || {}
  } catch (error) {
    mistakes.push({ name: file, problem: placeOf(error) })
    return []
  }
  if (typeof document !== 'object' || document === null || Array.isArray(document)) {
    mistakes.push({ name: file, problem: 'write one setting a line, such as rabta_port: 4100' })
    return []
  }
  return Object.entries(document).map(([name, value]) => {
    const plain = typeof value === 'string' ? value : ''
    if (typeof value !== 'string' && value !== null)
      mistakes.push({ name: `${name} in ${file}`, problem: 'write a plain value behind the colon' })
    if (name !== name.toLowerCase())
      mistakes.push({
        name: `${name} in ${file}`,
        problem: `names are in lower case here: write ${name.toLowerCase()}`,
      })
    return [name.toUpperCase(), plain]
  })
}

/** Platforms whose settings are promised and not taken yet. */
const LATER = ['FACEBOOK', 'SMS', 'NEWS'] as const
const MOST_SLIPS = 4

function unknownName(name: string): Mistake {
  const later = LATER.find((platform) => name.startsWith(`RABTA_${platform}_`))
  if (later !== undefined) return { name, problem: `${later} comes with a later version: leave it out` }
  // A name that was cut short is nearer than any that has other letters.
  const far = (known: string) => (known.startsWith(name) ? 0 : distance(name, known))
  const nearest = [...NAMES.keys()].sort((a, b) => far(a) - far(b))[0] ?? ''
  const hint = far(nearest) <= MOST_SLIPS ? `did you mean ${nearest}?` : 'leave it out'
  return { name, problem: `there is no such setting: ${hint}` }
}

/** Addresses are written with passwords in them. */
const shown = (value: string) => value.replace(/\/\/[^/\s]*@/g, '//…@').slice(0, 100)

function parseAll(values: ReadonlyMap<string, string>, mistakes: Mistake[]): Values {
  for (const name of values.keys()) if (!NAMES.has(name)) mistakes.push(unknownName(name))
  const parsed: Record<string, unknown> = {}
  for (const [key, one] of Object.entries(SETTINGS)) {
    const value = values.get(one.name)
    const result =
      value === undefined || value.trim() === '' ? one.fallback : one.parse(one.secret ? value : value.trim())
    if (result === undefined)
      mistakes.push({
        name: one.name,
        problem: `${one.secret ? 'what is written is not right' : `"${shown(value ?? '')}" is not right`}: write ${one.write}`,
      })
    parsed[key] = result ?? one.fallback
  }
  return parsed as Values
}

const NEEDS = {
  x: ['xBearerToken', 'xUserId'],
  whatsapp: ['whatsappAccessToken', 'whatsappAppSecret', 'whatsappVerifyToken', 'whatsappPhoneNumberId'],
} as const
const X_WRITE_KEYS = ['xApiKey', 'xApiSecret', 'xAccessToken', 'xAccessSecret'] as const

/** What does not go together, and which sources run. */
function combine(values: Values, mistakes: Mistake[]): Config {
  const touched = (['x', 'whatsapp'] as const).filter((source) => NEEDS[source].some((key) => values[key] !== ''))
  const sources = values.sources.length > 0 ? values.sources : touched.length > 0 ? touched : (['demo'] as const)
  if (sources.includes('demo') && sources.length > 1) {
    mistakes.push({
      name: 'RABTA_SOURCES',
      problem: 'the demonstration runs alone: write demo, or the real sources without it',
    })
  }
  for (const source of ['x', 'whatsapp'] as const) {
    if (!sources.includes(source)) continue
    for (const key of NEEDS[source]) {
      if (values[key] === '')
        mistakes.push({
          name: SETTINGS[key].name,
          problem: `the source ${source} needs it: write ${SETTINGS[key].write}`,
        })
    }
  }
  const keys = X_WRITE_KEYS.filter((key) => values[key] !== '')
  if (keys.length > 0 && keys.length < X_WRITE_KEYS.length) {
    for (const key of X_WRITE_KEYS)
      if (values[key] === '')
        mistakes.push({
          name: SETTINGS[key].name,
          problem: 'replies on X need all four of its keys: write this one too, or none',
        })
  }
  if (values.unitNumbers.size > 0) {
    try {
      createUnits(loadDistrictTable(), values.unitNumbers)
    } catch (error) {
      mistakes.push({ name: 'RABTA_UNIT_NUMBERS', problem: error instanceof Error ? error.message : 'no such unit' })
    }
  }
  const demonstration = sources.includes('demo')
  return {
    ...values,
    sources,
    demonstration,
    data: values.data === '' ? (demonstration ? './data/demo' : './data') : values.data,
  }
}

/**
 * The settings from the environment and `rabta.config.yaml` (or the file in `RABTA_CONFIG`) in `folder`.
 * Throws ConfigMistakes with every mistake at once, each with its name and what to write instead; values of secrets are never repeated.
 */
export function readConfig(environment: NodeJS.ProcessEnv = process.env, folder = process.cwd()): Config {
  const mistakes: Mistake[] = []
  const config = combine(parseAll(written(environment, folder, mistakes), mistakes), mistakes)
  if (mistakes.length > 0) throw new ConfigMistakes(mistakes)
  return config
}
