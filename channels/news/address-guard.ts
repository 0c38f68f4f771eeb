import { lookup as systemLookup, type LookupAddress } from 'node:dns'
import { isIP, type LookupFunction } from 'node:net'
import { Failure } from '../../runtime/failure.js'
import { isLoopbackAddress, isPublicAddress, unwrappedAddress } from '../public-address.js'

/** Which addresses a feed may be asked at: the public internet, this machine alone (demonstration), or both (tests). */
export type Reach = 'public' | 'loopback' | 'public-and-loopback'

/** Whether a resolved address is within reach; IPv4 addresses that are wrapped in IPv6 are judged as what they are. */
export function isReachable(address: string, reach: Reach): boolean {
  const plain = unwrappedAddress(address)
  if (isLoopbackAddress(plain)) return reach !== 'public'
  return reach !== 'loopback' && isPublicAddress(plain)
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
