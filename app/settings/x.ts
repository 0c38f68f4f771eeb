import {
  integer,
  missing,
  oneOf,
  secret,
  setting,
  text,
  url,
  type Kind,
  type Mistake,
  type ValuesOf,
} from '../setting.js'
import { digits } from './words.js'

const HANDLE = /^@?(\w{1,15})$/

const handle: Kind<string> = {
  secret: false,
  write: 'the name of the account, such as KP_Police1',
  parse: (value) => HANDLE.exec(value)?.[1],
}

const pairsOf = (value: string): string[] =>
  value
    .split(',')
    .map((item) => item.trim())
    .filter((item) => item !== '')

/** Further accounts of ours, by name. */
const accounts: Kind<ReadonlyMap<string, string>> = {
  secret: false,
  write: 'pairs with commas of an account and its number, such as PeshawarPolice=123456,IGPKhyber=654321',
  parse: (value) => {
    const pairs = pairsOf(value).map((item) => /^@?(\w{1,15})=(\d{1,20})$/.exec(item))
    return pairs.every((pair) => pair !== null)
      ? new Map(pairs.map((pair) => [pair[1] ?? '', pair[2] ?? '']))
      : undefined
  },
}

interface AccountToken {
  readonly accessToken: string
  readonly accessSecret: string
}

const accountTokens: Kind<ReadonlyMap<string, AccountToken>> = {
  secret: true,
  write: 'for each further account that answers ACCOUNT=ACCESS_TOKEN:ACCESS_SECRET, with commas',
  parse: (value) => {
    const pairs = pairsOf(value).map((item) => /^@?(\w{1,15})=([\x21-\x7e]+):([\x21-\x7e]+)$/.exec(item))
    return pairs.every((pair) => pair !== null)
      ? new Map(pairs.map((pair) => [pair[1] ?? '', { accessToken: pair[2] ?? '', accessSecret: pair[3] ?? '' }]))
      : undefined
  },
}

const dollars: Kind<number | null> = {
  secret: false,
  write: 'a sum in US dollars, such as 200',
  parse: (value) => (/^\d{1,7}(\.\d{1,2})?$/.test(value) && Number(value) > 0 ? Number(value) : undefined),
}

export const X_SETTINGS = {
  xBaseUrl: setting('RABTA_X_BASE_URL', url('the address of the X API'), 'https://api.x.com'),
  xBearerToken: setting('RABTA_X_BEARER_TOKEN', secret, ''),
  xUserId: setting('RABTA_X_USER_ID', digits('the number of the account', 20), ''),
  xHandle: setting('RABTA_X_HANDLE', handle, ''),
  xAccounts: setting('RABTA_X_ACCOUNTS', accounts, new Map<string, string>()),
  xAccountTokens: setting('RABTA_X_ACCOUNT_TOKENS', accountTokens, new Map<string, AccountToken>()),
  xOwnsApp: setting('RABTA_X_OWNS_APP', oneOf('no', 'yes'), 'no' as const),
  xStream: setting('RABTA_X_STREAM', oneOf('off', 'on'), 'off' as const),
  xBackfillMinutes: setting(
    'RABTA_X_BACKFILL_MINUTES',
    integer(0, 5, 'minutes that the stream brings again after a break'),
    0,
  ),
  xStreamPollSeconds: setting(
    'RABTA_X_STREAM_POLL_SECONDS',
    integer(1, 3600, 'seconds between two polls while the stream is well'),
    60,
  ),
  xMonthlyBudgetDollars: setting('RABTA_X_MONTHLY_BUDGET_DOLLARS', dollars, null),
  xSearchQuery: setting('RABTA_X_SEARCH_QUERY', text, ''),
  xPollSeconds: setting('RABTA_X_POLL_SECONDS', integer(1, 3600, 'seconds between two polls'), 15),
  xApiKey: setting('RABTA_X_API_KEY', secret, ''),
  xApiSecret: setting('RABTA_X_API_SECRET', secret, ''),
  xAccessToken: setting('RABTA_X_ACCESS_TOKEN', secret, ''),
  xAccessSecret: setting('RABTA_X_ACCESS_SECRET', secret, ''),
}

type XValues = ValuesOf<typeof X_SETTINGS>

const NEEDS = ['xBearerToken', 'xUserId'] as const
const WRITE_KEYS = ['xApiKey', 'xApiSecret', 'xAccessToken', 'xAccessSecret'] as const

export const xIsMeant = (values: XValues) => NEEDS.some((key) => values[key] !== '')

export function checkX(values: XValues, isRunning: boolean): Mistake[] {
  const keys = WRITE_KEYS.filter((key) => values[key] !== '')
  const incomplete = keys.length > 0 && keys.length < WRITE_KEYS.length
  const known = [values.xHandle, ...values.xAccounts.keys()].map((name) => name.toLowerCase())
  const strange = [...values.xAccountTokens.keys()].filter((name) => !known.includes(name.toLowerCase()))
  const repeated = [...values.xAccounts].filter(([, userId]) => userId === values.xUserId).map(([name]) => name)
  return [
    ...(isRunning ? missing('x', X_SETTINGS, values, NEEDS) : []),
    ...WRITE_KEYS.filter((key) => incomplete && values[key] === '').map((key) => ({
      name: X_SETTINGS[key].name,
      problem: 'replies on X need all four of its keys: write this one too, or none',
    })),
    ...strange.map((name) => ({
      name: X_SETTINGS.xAccountTokens.name,
      problem: `there is no account ${name}: name it in RABTA_X_ACCOUNTS too`,
    })),
    ...(values.xAccountTokens.size > 0 && keys.length === 0
      ? [
          {
            name: X_SETTINGS.xApiKey.name,
            problem: 'the tokens of further accounts need the keys of the app: write them too',
          },
        ]
      : []),
    ...repeated.map((name) => ({
      name: X_SETTINGS.xAccounts.name,
      problem: `${name} is the account of RABTA_X_USER_ID: leave it out here, and write its name in RABTA_X_HANDLE`,
    })),
  ]
}
