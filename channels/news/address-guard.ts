import { lookup as systemLookup, type LookupAddress } from 'node:dns'
import { BlockList, isIP, isIPv4, type LookupFunction } from 'node:net'
import { Failure } from '../../runtime/failure.js'

/** Which addresses a feed may be asked at: the public internet, this machine alone (demonstration), or both (tests). */
export type Reach = 'public' | 'loopback' | 'public-and-loopback'

const LOOPBACK = new BlockList()
LOOPBACK.addSubnet('127.0.0.0', 8, 'ipv4')
LOOPBACK.addAddress('::1', 'ipv6')

const INTERNAL = new BlockList()
for (const [network, prefix] of [
  ['0.0.0.0', 8],
  ['10.0.0.0', 8],
  ['100.64.0.0', 10],
  ['169.254.0.0', 16],
  ['172.16.0.0', 12],
  ['192.0.0.0', 24],
  ['192.0.2.0', 24],
  ['192.88.99.0', 24],
  ['192.168.0.0', 16],
  ['198.18.0.0', 15],
  ['198.51.100.0', 24],
  ['203.0.113.0', 24],
  ['224.0.0.0', 3],
] as const)
  INTERNAL.addSubnet(network, prefix, 'ipv4')
for (const [network, prefix] of [
  ['::', 96],
  ['64:ff9b:1::', 48],
  ['100::', 64],
  ['2001::', 23],
  ['2001:db8::', 32],
  ['2002::', 16],
  ['fc00::', 7],
  ['fe80::', 9],
  ['ff00::', 8],
] as const)
  INTERNAL.addSubnet(network, prefix, 'ipv6')

/** Whether a resolved address is within reach; IPv4 addresses that are wrapped in IPv6 are judged as what they are. */
export function isReachable(address: string, reach: Reach): boolean {
  const plain = unwrappedAddress(address)
  if (plain === undefined) return false
  const family = isIPv4(plain) ? 'ipv4' : 'ipv6'
  if (LOOPBACK.check(plain, family)) return reach !== 'public'
  return reach !== 'loopback' && !INTERNAL.check(plain, family)
}

function unwrappedAddress(address: string): string | undefined {
  const bare = address.replace(/^\[|\]$/g, '').replace(/%.*$/, '')
  if (isIP(bare) === 0) return undefined
  if (isIPv4(bare)) return bare
  const groups = new URL(`http://[${bare}]/`).hostname.slice(1, -1)
  const wrapped = /^(?:::ffff:|64:ff9b::)([0-9a-f]{1,4}):([0-9a-f]{1,4})$/.exec(groups)
  if (wrapped === null) return bare
  const [high, low] = [parseInt(wrapped[1] ?? '0', 16), parseInt(wrapped[2] ?? '0', 16)]
  return [high >> 8, high & 255, low >> 8, low & 255].join('.')
}

/** Throws a Failure where the address, as it is written, may not be asked: no web address, or one of this network. */
export function requireReachable(url: URL, reach: Reach): void {
  if (url.protocol !== 'http:' && url.protocol !== 'https:') throw outOfReach(url, 'it is no http address')
  const host = url.hostname.replace(/^\[|\]$/g, '').toLowerCase()
  if (isIP(host) !== 0 && !isReachable(host, reach)) throw outOfReach(url, 'it is no address of the public internet')
  const isLocalName = /(^|\.)(localhost|local|internal|lan|home\.arpa)\.?$/.test(host)
  if (isLocalName && !(reach !== 'public' && /^localhost\.?$/.test(host)))
    throw outOfReach(url, 'it is a name of this network')
}

function outOfReach(url: URL, why: string): Failure {
  return new Failure(
    'forbidden',
    `${url.protocol}//${url.hostname} may not be asked: ${why}. Take the feed out of the settings, or write its public address`,
    { retryable: false },
  )
}

export type Resolve = (host: string) => Promise<readonly LookupAddress[]>

export const systemResolve: Resolve = (host) =>
  new Promise((resolve, reject) => {
    systemLookup(host, { all: true }, (error, addresses) => (error === null ? resolve(addresses) : reject(error)))
  })

/**
 * Name resolution for a request that answers addresses within reach and fails where there is one that is not: what is connected to is what was
 * checked, so that a name cannot point elsewhere between the check and the request.
 */
export function guardedLookup(reach: Reach, resolve: Resolve): LookupFunction {
  return (host, options, callback) => {
    resolve(host).then(
      (addresses) => {
        const [first] = addresses
        const isSafe = first !== undefined && addresses.every(({ address }) => isReachable(address, reach))
        if (!isSafe) {
          callback(Object.assign(new Error(`${host} is within this network`), { code: 'ERR_OUT_OF_REACH' }), '', 0)
          return
        }
        if (options.all === true) callback(null, [...addresses])
        else callback(null, first.address, first.family)
      },
      (error: NodeJS.ErrnoException) => callback(error, '', 0),
    )
  }
}
