import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { parse as parseYaml, YAMLParseError } from 'yaml'
import { createUnits } from '../cases/units.js'
import { loadDistrictTable } from '../runtime/district-table.js'
import { distance, type Mistake, type Setting, type ValuesOf } from './setting.js'
import { DESK_SETTINGS } from './settings/desk.js'
import { checkEngines, ENGINE_SETTINGS } from './settings/engines.js'
import { checkFacebook, FACEBOOK_SETTINGS, facebookIsMeant } from './settings/facebook.js'
import { checkNews, NEWS_SETTINGS, newsIsMeant } from './settings/news.js'
import { checkSms, SMS_SETTINGS, smsIsMeant } from './settings/sms.js'
import { checkWhatsApp, WHATSAPP_SETTINGS, whatsappIsMeant } from './settings/whatsapp.js'
import { checkX, X_SETTINGS, xIsMeant } from './settings/x.js'

/** Every setting there is. The names are promises: see the README. */
const SETTINGS = {
  ...DESK_SETTINGS,
  ...ENGINE_SETTINGS,
  ...X_SETTINGS,
  ...FACEBOOK_SETTINGS,
  ...WHATSAPP_SETTINGS,
  ...SMS_SETTINGS,
  ...NEWS_SETTINGS,
}

type Values = ValuesOf<typeof SETTINGS>

/** The real sources, each with when it is meant to run and what is wrong with its settings. */
const PLATFORMS = {
  x: { isMeant: xIsMeant, check: checkX },
  facebook: { isMeant: facebookIsMeant, check: checkFacebook },
  whatsapp: { isMeant: whatsappIsMeant, check: checkWhatsApp },
  sms: { isMeant: smsIsMeant, check: checkSms },
  news: { isMeant: newsIsMeant, check: checkNews },
} as const satisfies Record<
  string,
  { isMeant: (values: Values) => boolean; check: (values: Values, isRunning: boolean) => Mistake[] }
>

export type PlatformName = keyof typeof PLATFORMS
const PLATFORM_NAMES = Object.keys(PLATFORMS) as PlatformName[]

export interface Config extends Values {
  readonly data: string
  /** Which sources run; `demo` alone where no real one is configured. */
  readonly sources: readonly (PlatformName | 'demo')[]
  readonly demonstration: boolean
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

const MOST_SLIPS = 4

function unknownName(name: string): Mistake {
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

/** What does not go together, and which sources run. */
function combine(values: Values, mistakes: Mistake[]): Config {
  const meant = PLATFORM_NAMES.filter((platform) => PLATFORMS[platform].isMeant(values))
  const sources = values.sources.length > 0 ? values.sources : meant.length > 0 ? meant : (['demo'] as const)
  if (sources.includes('demo') && sources.length > 1) {
    mistakes.push({
      name: 'RABTA_SOURCES',
      problem: 'the demonstration runs alone: write demo, or the real sources without it',
    })
  }
  mistakes.push(...checkEngines(values))
  for (const platform of PLATFORM_NAMES) mistakes.push(...PLATFORMS[platform].check(values, sources.includes(platform)))
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
    // What is invented must never stand among what is real.
    namespace: values.namespace === '' && demonstration ? 'demo' : values.namespace,
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
