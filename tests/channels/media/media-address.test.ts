import { describe, expect, it } from 'vitest'
import { checkAddress } from '../../../channels/media-address.js'
import { sha256Of } from '../../../channels/media-hash.js'
import { isPublicAddress } from '../../../channels/public-address.js'

const HOSTS = ['fbcdn.net', 'twimg.com']
const resolve =
  (...ips: string[]) =>
  async () =>
    ips
const check = (url: string, more: object = {}) =>
  checkAddress(url, { hosts: HOSTS, resolve: resolve('31.13.66.1'), ...more })

describe('an address from a payload', () => {
  it.each([
    'https://scontent.xx.fbcdn.net/v/a.jpg?oh=1',
    'https://pbs.twimg.com/media/a.jpg',
    'https://TWIMG.com/a',
    'https://video.twimg.com./a',
    'https://pbs.twimg.com:443/a',
  ])('of the platform is fetched: %s', async (url) => {
    // prettier-ignore
    expect((await check(url)).ips).toEqual(['31.13.66.1'])
  })

  it.each([
    'http://pbs.twimg.com/a',
    'https://pbs.twimg.com:8443/a',
    'https://user:word@pbs.twimg.com/a',
    'https://pbs.twimg.com@evil.example/a',
    'https://eviltwimg.com/a',
    'https://twimg.com.evil.example/a',
    'https://evil.example/twimg.com',
    'https://127.0.0.1/a',
    'https://[::1]/a',
    'https://0x7f.1/a',
    'https://169.254.169.254/latest/meta-data',
    'file:///etc/passwd',
    'ftp://pbs.twimg.com/a',
    'data:text/html,x',
    'javascript:alert(1)',
    'gopher://twimg.com/',
    'not an address',
    '',
  ])('of nobody we know is refused: %s', async (url) => {
    await expect(check(url)).rejects.toMatchObject({ reason: 'refused', retryable: false })
  })

  it.each([
    '127.0.0.1',
    '10.1.2.3',
    '172.16.0.1',
    '172.31.255.255',
    '192.168.1.1',
    '169.254.169.254',
    '100.64.0.1',
    '0.0.0.0',
    '224.0.0.1',
    '255.255.255.255',
    '::1',
    '::',
    'fe80::1',
    'fc00::1',
    'fd12::1',
    '::ffff:127.0.0.1',
    '::ffff:10.0.0.1',
    '::ffff:8.8.8.8',
    '64:ff9b::7f00:1',
    '2002:7f00:1::',
    '2001:db8::1',
    'ff02::1',
    'fe80::1%eth0',
  ])('whose name leads into the house is refused: %s', async (ip) => {
    // prettier-ignore
    expect(isPublicAddress(ip)).toBe(false)
    await expect(check('https://pbs.twimg.com/a', { resolve: resolve(ip) })).rejects.toMatchObject({ reason: 'refused' }) // prettier-ignore
    await expect(check('https://pbs.twimg.com/a', { resolve: resolve('31.13.66.1', ip) })).rejects.toMatchObject({ reason: 'refused' }) // prettier-ignore
  })

  it.each(['8.8.8.8', '31.13.66.1', '172.32.0.1', '100.128.0.1', '2a03:2880:f12f::1', '2606:4700::1'])(
    'on the public internet is connected to: %s',
    (ip) => {
      // prettier-ignore
      expect(isPublicAddress(ip)).toBe(true)
    },
  )

  it('whose name nobody knows now is tried again later', async () => {
    const unknown = async () => Promise.reject(new Error('ENOTFOUND'))
    await expect(check('https://pbs.twimg.com/a', { resolve: unknown })).rejects.toMatchObject({ reason: 'unavailable', retryable: true }) // prettier-ignore
  })

  it('in the demonstration is on this machine, or refused, also by its name', async () => {
    const demo = { loopbackOnly: true, resolve: resolve('127.0.0.1') }
    expect((await check('http://127.0.0.1:4455/a', demo)).ips).toEqual(['127.0.0.1'])
    expect((await check('http://localhost:4455/a', demo)).ips).toEqual(['127.0.0.1'])
    await expect(check('https://pbs.twimg.com/a', demo)).rejects.toMatchObject({ reason: 'refused' })
    await expect(check('http://localhost:1/a', { ...demo, resolve: resolve('31.13.66.1') })).rejects.toMatchObject({ reason: 'refused' }) // prettier-ignore
    await expect(check('http://10.0.0.1/a', demo)).rejects.toMatchObject({ reason: 'refused' })
  })

  it('of an origin that settings name is fetched wherever it is, and of no other there', async () => {
    const rules = { trustedOrigins: ['http://127.0.0.1:9000'] }
    expect((await check('http://127.0.0.1:9000/a', rules)).ips).toEqual(['127.0.0.1'])
    await expect(check('http://127.0.0.1:9001/a', rules)).rejects.toMatchObject({ reason: 'refused' })
    await expect(check('https://127.0.0.1:9000/a', rules)).rejects.toMatchObject({ reason: 'refused' })
  })
})

describe('a hash', () => {
  const hex = 'a'.repeat(62) + 'fb'
  it('is read in hex and in both alphabets of base64', () => {
    const bytes = Buffer.from(hex, 'hex')
    for (const text of [hex, hex.toUpperCase(), bytes.toString('base64'), bytes.toString('base64url'), ` ${hex}\n`])
      expect(sha256Of(text)).toBe(hex)
    for (const text of [null, '', 'abc', hex.slice(1), `${hex}0`, '='.repeat(44)]) expect(sha256Of(text)).toBeNull()
  })
})
