import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { ConfigMistakes, readConfig } from '../../app/config.js'
import { smsSendingGateway } from '../../app/settings/sms.js'
import type { Mistake } from '../../app/setting.js'
import { temporaryFolder } from '../support/temporary-folder.js'

const SECRET = 'hunter2-hunter2-hunter2'
const WHATSAPP = {
  RABTA_WHATSAPP_ACCESS_TOKEN: 'token',
  RABTA_WHATSAPP_APP_SECRET: 'secret',
  RABTA_WHATSAPP_VERIFY_TOKEN: 'words of our own',
  RABTA_WHATSAPP_PHONE_NUMBER_ID: '100000000000001',
}
const X = { RABTA_X_BEARER_TOKEN: 'bearer', RABTA_X_USER_ID: '1234567890123456789' }

let folder: ReturnType<typeof temporaryFolder>
beforeEach(() => {
  folder = temporaryFolder()
})
afterEach(() => folder.remove())

const read = (environment: NodeJS.ProcessEnv = {}) => readConfig(environment, folder.path)
const yaml = (text: string) => writeFileSync(join(folder.path, 'rabta.config.yaml'), text)
const file = (name: string, text: string) => {
  writeFileSync(join(folder.path, name), text)
  return join(folder.path, name)
}

function mistakes(environment: NodeJS.ProcessEnv = {}): readonly Mistake[] {
  try {
    read(environment)
  } catch (error) {
    if (!(error instanceof ConfigMistakes)) throw error
    for (const { name, problem } of error.mistakes) expect(error.message).toContain(`${name}: ${problem}`)
    return error.mistakes
  }
  throw new Error('there was no mistake')
}
const namesOf = (environment: NodeJS.ProcessEnv = {}) => mistakes(environment).map(({ name }) => name)
const wordsOf = (environment: NodeJS.ProcessEnv = {}) => mistakes(environment).map(({ problem }) => problem).join('\n') // prettier-ignore

describe('without any settings', () => {
  it('it is a demonstration on this machine, in a folder of its own', () => {
    expect(read()).toMatchObject({ demonstration: true, sources: ['demo'], data: './data/demo', host: '127.0.0.1', port: 4100, bus: 'embedded', trustedProxies: [] }) // prettier-ignore
  })

  it('empty ones are none, and others’ variables are not ours', () => {
    expect(read({ RABTA_PORT: '', RABTA_X_BEARER_TOKEN: ' ', RABTA_SOURCES: '', PATH: '/bin', RABTA_TEST_SUITE: 'unit' })).toMatchObject({ port: 4100, demonstration: true }) // prettier-ignore
  })
})

describe('what is configured', () => {
  it('runs, and nothing of the demonstration beside it', () => {
    expect(read(WHATSAPP)).toMatchObject({ sources: ['whatsapp'], demonstration: false, data: './data' })
    expect(read({ ...WHATSAPP, ...X })).toMatchObject({ sources: ['x', 'whatsapp'], xUserId: '1234567890123456789' })
    expect(read({ ...WHATSAPP, ...X, RABTA_SOURCES: ' x , x ' })).toMatchObject({ sources: ['x'] })
    expect(read({ ...X, RABTA_SOURCES: 'demo', RABTA_DATA: '/srv/rabta' })).toMatchObject({ demonstration: true, data: '/srv/rabta' }) // prettier-ignore
  })

  it('reads SMS by a gateway’s secret alone, and sends by the first that is written whole', () => {
    expect(read({ RABTA_SMS_KANNEL_SECRET: 's' })).toMatchObject({ sources: ['sms'], demonstration: false })
    expect(smsSendingGateway(read({ RABTA_SMS_KANNEL_SECRET: 's' }))).toBeUndefined()
    const twilio = { RABTA_SMS_TWILIO_AUTH_TOKEN: 't', RABTA_SMS_TWILIO_ACCOUNT_SID: 'AC1' }
    expect(smsSendingGateway(read({ RABTA_SMS_KANNEL_SECRET: 's', ...twilio }))).toBe('twilio')
    expect(namesOf({ RABTA_SMS_KANNEL_BASE_URL: 'http://127.0.0.1:13013' })).toEqual(['RABTA_SMS_KANNEL_SECRET', 'RABTA_SMS_KANNEL_USERNAME', 'RABTA_SMS_KANNEL_PASSWORD']) // prettier-ignore
    expect(namesOf({ RABTA_SMS_KANNEL_SECRET: 's', RABTA_SMS_SEND_BY: 'kannel' })).toEqual(['RABTA_SMS_SEND_BY'])
    expect(wordsOf({ RABTA_SMS_NUMBERS: 'dpo-atlantis=923000000001,central=12', RABTA_SMS_KANNEL_SECRET: 's' })).toContain('no such unit: dpo-atlantis') // prettier-ignore
  })

  it('reads further accounts of X, pages and feeds', () => {
    const x = read({ ...X, RABTA_X_HANDLE: '@KP_Police1', RABTA_X_ACCOUNTS: 'IGPKhyber=42', RABTA_X_MONTHLY_BUDGET_DOLLARS: '99.5' }) // prettier-ignore
    expect(x).toMatchObject({ xHandle: 'KP_Police1', xMonthlyBudgetDollars: 99.5 })
    expect([...x.xAccounts]).toEqual([['IGPKhyber', '42']])
    expect(namesOf({ ...X, RABTA_X_ACCOUNT_TOKENS: 'IGPKhyber=token:secret' })).toEqual(['RABTA_X_ACCOUNT_TOKENS', 'RABTA_X_API_KEY']) // prettier-ignore
    expect(namesOf({ RABTA_FACEBOOK_PAGE_ID: '1' })).toEqual(['RABTA_FACEBOOK_PAGE_TOKEN', 'RABTA_FACEBOOK_APP_SECRET', 'RABTA_FACEBOOK_VERIFY_TOKEN']) // prettier-ignore
    const news = 'https://example.org/rss?a=1,2, https://example.com/feed'
    expect(read({ RABTA_NEWS_FEEDS: news })).toMatchObject({ sources: ['news'], newsFeeds: ['https://example.org/rss?a=1,2', 'https://example.com/feed'] }) // prettier-ignore
    expect(namesOf({ RABTA_NEWS_OPML: join(folder.path, 'none.opml') })).toEqual(['RABTA_NEWS_OPML'])
    expect(wordsOf({ RABTA_NEWS_OPML: file('empty.opml', '<opml><body/></opml>') })).toContain('there is no feed')
  })

  it('has addresses without an end slash, numbers in their range, and units that exist', () => {
    const config = read({
      RABTA_PUBLIC_URL: 'https://desk.example/',
      RABTA_PORT: ' 8080 ',
      RABTA_UNIT_NUMBERS: 'dpo-peshawar=923000000001, ctd=+923000000002',
      RABTA_TRUSTED_PROXIES: '10.0.0.5, 10.1.0.0/16,2001:db8::/32',
    })
    expect(config).toMatchObject({ publicUrl: 'https://desk.example', port: 8080, trustedProxies: ['10.0.0.5', '10.1.0.0/16', '2001:db8::/32'] }) // prettier-ignore
    expect([...config.unitNumbers]).toEqual([['dpo-peshawar', '923000000001'], ['ctd', '923000000002']]) // prettier-ignore
  })
})

describe('mistakes', () => {
  it('are all told at once, each with its name and what to write', () => {
    const all = mistakes({
      RABTA_PORT: '70000',
      RABTA_HSOT: 'x',
      RABTA_UNJUDGED_MINUTES: 'soon',
      RABTA_SOURCES: 'demo,x',
      RABTA_X_BEARER_TOKEN: 'bearer',
      RABTA_X_API_KEY: 'key',
      RABTA_PUBLIC_URL: 'desk.example',
      RABTA_ADMIN_PASSWORD: 'short',
      RABTA_UNIT_NUMBERS: 'dpo-atlantis=923000000001',
      RABTA_TRUSTED_PROXIES: '10.0.0.0/33',
      RABTA_LOG_LEVEL: 'INFO',
    })
    const problems = Object.fromEntries(all.map(({ name, problem }) => [name, problem]))
    expect(problems).toMatchObject({
      RABTA_PORT: '"70000" is not right: write a port: a whole number from 0 to 65535',
      RABTA_HSOT: 'there is no such setting: did you mean RABTA_HOST?',
      RABTA_UNJUDGED_MINUTES: expect.stringContaining('a whole number from 1 to 240') as string,
      RABTA_SOURCES: 'the demonstration runs alone: write demo, or the real sources without it',
      RABTA_X_USER_ID: 'the source x needs it: write the number of the account, digits only',
      RABTA_X_API_SECRET: 'replies on X need all four of its keys: write this one too, or none',
      RABTA_X_ACCESS_TOKEN: expect.stringContaining('all four') as string,
      RABTA_X_ACCESS_SECRET: expect.stringContaining('all four') as string,
      RABTA_PUBLIC_URL: expect.stringContaining('https://host') as string,
      RABTA_ADMIN_PASSWORD: expect.stringContaining('12 to 256 characters') as string,
      RABTA_UNIT_NUMBERS: expect.stringContaining('no such unit: dpo-atlantis') as string,
      RABTA_TRUSTED_PROXIES: expect.stringContaining('10.1.0.0/16') as string,
      RABTA_LOG_LEVEL: '"INFO" is not right: write one of info, warn, error, silent',
    })
    expect(all).toHaveLength(Object.keys(problems).length)
  })

  it.each([
    ['RABTA_BUS', 'kafka://a', 'kafka://host:9092'],
    ['RABTA_BUS', 'kafka://a:9092,b:99999', 'kafka://host:9092'],
    ['RABTA_BUS', 'a:9092', 'kafka://host:9092'],
    ['RABTA_INDEX', 'elasticsearch:9200', 'https://host:9200'],
    ['RABTA_INDEX', 'http://elastic:secret@es:9200', 'https://host:9200'],
    ['RABTA_RECORDS', 'mysql://127.0.0.1/rabta', 'postgres://user@host:5432/database'],
    ['RABTA_RECORDS', 'postgres://127.0.0.1', 'postgres://user@host:5432/database'],
    ['RABTA_KAFKA_CA', 'kafka.pem', 'certificate in PEM'],
    ['RABTA_NAMESPACE', 'Peshawar Cell', 'short name'],
  ])('%s=%s is refused with what to write, and no password repeated', (name, value, words) => {
    const [mistake, ...rest] = mistakes({ [name]: value })
    expect(rest).toEqual([])
    expect(mistake).toMatchObject({ name, problem: expect.stringContaining(words) as string })
    expect(mistake?.problem).not.toContain('secret@')
  })

  it('reads where the engines are', () => {
    expect(
      read({
        RABTA_BUS: 'kafka://a:9092, [::1]:9093',
        RABTA_INDEX: 'https://es1:9200/,https://es2:9200',
        RABTA_RECORDS: 'postgres://rabta@db:5432/rabta?sslmode=verify-full',
      }),
    ).toMatchObject({
      bus: { brokers: ['a:9092', '[::1]:9093'] },
      index: { nodes: ['https://es1:9200', 'https://es2:9200'] },
      records: { url: 'postgres://rabta@db:5432/rabta?sslmode=verify-full' },
      namespace: 'demo',
    })
    expect(read({ RABTA_X_BEARER_TOKEN: 'b', RABTA_X_USER_ID: '1' })).toMatchObject({ namespace: '' })
  })

  it.each([
    [{ RABTA_KAFKA_SASL: 'scram-sha-512' }, ['RABTA_KAFKA_USERNAME', 'RABTA_KAFKA_PASSWORD']],
    [
      {
        RABTA_BUS: 'kafka://a:1',
        RABTA_KAFKA_SASL: 'plain',
        RABTA_KAFKA_USERNAME: 'rabta',
        RABTA_KAFKA_PASSWORD: 'pw',
      },
      ['RABTA_KAFKA_TLS'],
    ],
    [{ RABTA_INDEX_USERNAME: 'elastic' }, ['RABTA_INDEX_PASSWORD']],
    [
      { RABTA_INDEX_USERNAME: 'elastic', RABTA_INDEX_PASSWORD: 'pw', RABTA_INDEX_API_KEY: 'key' },
      ['RABTA_INDEX_API_KEY'],
    ],
  ])('of engines that do not go together are said: %j', (settings, names) => {
    expect(mistakes(settings).map(({ name }) => name)).toEqual(names)
  })

  it('of a name have a suggestion where one is near', () => {
    expect(wordsOf({ RABTA_X_BEARER: 'x' })).toContain('did you mean RABTA_X_BEARER_TOKEN?')
    expect(wordsOf({ RABTA_WHATSAPP_TOKEN_ACCESS: 'x' })).toContain('leave it out')
    expect(wordsOf({ RABTA_FACEBOOK_APP_SECRETS: 'x' })).toContain('did you mean RABTA_FACEBOOK_APP_SECRET?')
    expect(wordsOf({ RABTA_SOMETHING_ELSE_ALTOGETHER: 'x' })).toContain('leave it out')
  })

  it.each([
    ['RABTA_PORT', ['-1', '1.5', '0x10', '1e3', 'http', '99999999999999999999']],
    ['RABTA_X_BASE_URL', ['api.x.com', 'ftp://api.x.com', 'https://u:p@api.x.com', 'https://a/?q=1', 'https://a/#b']],
    ['RABTA_X_USER_ID', ['@police', '12 34', '١٢٣', '123456789012345678901']],
    ['RABTA_WHATSAPP_VERSION', ['26', 'v26', '26.0', 'v26.0/..']],
    ['RABTA_UNIT_NUMBERS', ['dpo-peshawar', 'dpo-peshawar=0300', 'dpo-peshawar=abc', '=923000000001']],
    ['RABTA_SOURCES', ['twitter', 'x;whatsapp']],
    ['RABTA_TRUSTED_PROXIES', ['all', '10.0.0', '10.0.0.0/8/8', '10.0.0.0/', '::1/129']],
  ])('%s takes none of %j', (name, values) => {
    for (const value of values) expect([value, namesOf({ ...WHATSAPP, [name]: value })]).toEqual([value, [name]])
  })
})

describe('a secret', () => {
  it('comes from its file, without the line end', () => {
    const path = file('token', '\ufeffsecret-from-the-file\r\n')
    expect(
      read({ ...WHATSAPP, RABTA_WHATSAPP_APP_SECRET: '', RABTA_WHATSAPP_APP_SECRET_FILE: path }).whatsappAppSecret,
    ).toBe('secret-from-the-file')
  })

  it('is not given twice, nor by a file that is missing or empty, and only secrets come from files', () => {
    const path = file('token', 'x')
    expect(wordsOf({ ...WHATSAPP, RABTA_WHATSAPP_APP_SECRET_FILE: path })).toBe('RABTA_WHATSAPP_APP_SECRET is set too: leave one of the two out') // prettier-ignore
    expect(wordsOf({ RABTA_ADMIN_PASSWORD_FILE: join(folder.path, 'none') })).toContain('cannot be read, or is empty')
    expect(wordsOf({ RABTA_ADMIN_PASSWORD_FILE: file('empty', '\n') })).toContain('cannot be read, or is empty')
    expect(wordsOf({ RABTA_ADMIN_PASSWORD_FILE: folder.path })).toContain('cannot be read, or is empty')
    expect(namesOf({ RABTA_PORT_FILE: path })).toEqual(['RABTA_PORT_FILE'])
  })

  it('is never repeated, wherever the mistake is', () => {
    const told = [
      wordsOf({ RABTA_X_BEARER_TOKEN: `${SECRET} `, RABTA_X_USER_ID: '1' }),
      wordsOf({ RABTA_WHATSAPP_VERIFY_TOKEN: `${SECRET}\n`, ...X, RABTA_SOURCES: 'x' }),
      wordsOf({ RABTA_ADMIN_PASSWORD: `${SECRET}\u0000` }),
      wordsOf({ RABTA_BUS: `kafka://user:${SECRET}@host:9092` }),
      wordsOf({ RABTA_RECORDS: `postgres://user:${SECRET}@host` }),
      wordsOf({ RABTA_X_BASE_URL: `https://user:${SECRET}@host` }),
    ]
    for (const text of [
      `rabta_admin_password: *${SECRET}`,
      `rabta_admin_password: [${SECRET}`,
      `"${SECRET}`,
      `rabta_admin_password: {${SECRET}: 1}`,
      `${SECRET}: &a\n  - *a`,
      `rabta_admin_password: !${SECRET} x\n x: : ${SECRET}`,
    ]) {
      // prettier-ignore
      yaml(text)
      told.push(wordsOf())
    }
    expect(told.join('\n')).not.toContain(SECRET)
  })
})

describe('the settings file', () => {
  it('has the same names in lower case, under the environment, and every value as it is written', () => {
    yaml('rabta_port: 5000\nrabta_log_level: warn\nrabta_x_user_id: 1234567890123456789\nrabta_x_bearer_token: "007"\nrabta_data:\n') // prettier-ignore
    expect(read({ RABTA_LOG_LEVEL: 'error' })).toMatchObject({ port: 5000, logLevel: 'error', xUserId: '1234567890123456789', xBearerToken: '007', data: './data' }) // prettier-ignore
  })

  it('may be empty, or elsewhere', () => {
    yaml('# nothing\n')
    expect(read().port).toBe(4100)
    expect(read({ RABTA_CONFIG: file('other.yaml', 'rabta_port: 5001') }).port).toBe(5001)
    expect(namesOf({ RABTA_CONFIG: join(folder.path, 'none.yaml') })).toEqual(['RABTA_CONFIG'])
  })

  it('says what is wrong in it, by name or by line', () => {
    yaml('RABTA_PORT: 1\nrabta_host: [a, b]\nrabta_prot: 2\nDebug: x\n')
    expect(namesOf()).toEqual(expect.arrayContaining([expect.stringMatching(/^RABTA_PORT in /), expect.stringMatching(/^rabta_host in /), 'RABTA_PROT', 'DEBUG'])) // prettier-ignore
    yaml('rabta_port: 1\n  : :\n\t- x')
    expect(wordsOf()).toMatch(/^line \d+ is no YAML/)
    yaml('- a\n- b\n')
    expect(wordsOf()).toContain('write one setting a line')
    yaml('just words')
    expect(wordsOf()).toContain('write one setting a line')
  })

  it('that cannot be read is a mistake, not a start without settings', () => {
    mkdirSync(join(folder.path, 'rabta.config.yaml'))
    expect(namesOf()).toHaveLength(1)
  })

  it('counts as set what it holds: a secret there and its file in the environment are two', () => {
    yaml('rabta_admin_password: a password in the file\n')
    expect(wordsOf({ RABTA_ADMIN_PASSWORD_FILE: file('p', 'another long password') })).toContain('is set too')
  })
})
