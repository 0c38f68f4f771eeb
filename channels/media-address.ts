import { lookup } from 'node:dns/promises'
import { BlockList, isIP, isIPv4 } from 'node:net'
import { Failure } from '../runtime/failure.js'
import { isLoopback } from './loopback.js'

export interface AddressRules {
  /** Hosts (and whatever is below them) that are the platform's, over https on its own port. */
  readonly hosts: readonly string[]
  /** Origins that settings name, wherever they are: a proxy of the house, a simulator. */
  readonly trustedOrigins?: readonly string[]
  /** The demonstration: this machine alone. */
  readonly loopbackOnly?: boolean
  /** For tests: what a name stands for. */
  readonly resolve?: (host: string) => Promise<readonly string[]>
}

const NOT_PUBLIC_4 = new BlockList()
for (const [network, prefix] of [
  ['0.0.0.0', 8],
  ['10.0.0.0', 8],
  ['100.64.0.0', 10],
  ['127.0.0.0', 8],
  ['169.254.0.0', 16],
  ['172.16.0.0', 12],
  ['192.0.0.0', 24],
  ['192.0.2.0', 24],
  ['192.88.99.0', 24],
  ['192.168.0.0', 16],
  ['198.18.0.0', 15],
  ['198.51.100.0', 24],
  ['203.0.113.0', 24],
  ['224.0.0.0', 4],
  ['240.0.0.0', 4],
] as const)
  NOT_PUBLIC_4.addSubnet(network, prefix, 'ipv4')

const PUBLIC_6 = new BlockList()
PUBLIC_6.addSubnet('2000::', 3, 'ipv6')
const NOT_PUBLIC_6 = new BlockList()
for (const [network, prefix] of [
  ['2001::', 23],
  ['2001:db8::', 32],
  // Carries an IPv4 address inside, of anybody.
  ['2002::', 16],
  ['3fff::', 20],
] as const)
  NOT_PUBLIC_6.addSubnet(network, prefix, 'ipv6')

/** Whether an IP address is one of the public internet; what is no address is not. */
export function isPublicAddress(address: string): boolean {
  if (isIPv4(address)) return !NOT_PUBLIC_4.check(address, 'ipv4')
  if (isIP(address) !== 6 || address.includes('%')) return false
  return PUBLIC_6.check(address, 'ipv6') && !NOT_PUBLIC_6.check(address, 'ipv6')
}

/** Where a request may go: the address, and the IP addresses it must connect to, checked. */
export interface CheckedAddress {
  readonly url: URL
  readonly ips: readonly string[]
}

const refused = (why: string) =>
  new Failure('refused', `the file's address is not fetched: ${why}`, { retryable: false })

/**
 * Checks an address from a payload before anybody connects to it. Throws a Failure `refused` where it is not the platform's or leads into the
 * house, `unavailable` where its name cannot be found now. The caller connects to `ips` and to nothing else: a second look-up could say another.
 */
export async function checkAddress(address: string, rules: AddressRules): Promise<CheckedAddress> {
  if (!URL.canParse(address)) throw refused('it is no address')
  const url = new URL(address)
  if (url.protocol !== 'https:' && url.protocol !== 'http:') throw refused('it is not https')
  if (url.username !== '' || url.password !== '') throw refused('it names a user')
  if (rules.loopbackOnly === true && !isLoopback(url)) throw refused('the demonstration may not leave this machine')
  const isTrusted = rules.trustedOrigins?.includes(url.origin) === true
  if (rules.loopbackOnly !== true && !isTrusted) requireHost(url, rules.hosts)
  const ips = await addressesOf(url, rules)
  const mayBe = isTrusted ? () => true : rules.loopbackOnly === true ? isLoopbackIp : isPublicAddress
  // One address inside the house is enough: whoever mixes them means no good.
  if (!ips.every(mayBe)) throw refused(`${url.hostname} is not on the public internet`)
  return { url, ips }
}

function requireHost(url: URL, hosts: readonly string[]): void {
  const host = url.hostname.toLowerCase().replace(/\.$/, '')
  if (url.protocol !== 'https:') throw refused('it is not https')
  if (url.port !== '') throw refused('it names a port')
  if (!hosts.some((suffix) => host === suffix || host.endsWith(`.${suffix}`)))
    throw refused(`${host.slice(0, 100)} is not a host of the platform`)
}

async function addressesOf(url: URL, { resolve }: AddressRules): Promise<readonly string[]> {
  const bare = url.hostname.replace(/^\[|\]$/g, '')
  if (isIP(bare) !== 0) return [bare]
  const ips = await (resolve ?? lookUp)(bare).catch((error: unknown) => {
    throw new Failure('unavailable', `the name ${bare.slice(0, 100)} cannot be found now`, {
      retryable: true,
      cause: error,
    })
  })
  if (ips.length === 0) throw new Failure('unavailable', `the name ${bare.slice(0, 100)} has no address`, { retryable: true }) // prettier-ignore
  return ips
}

async function lookUp(host: string): Promise<readonly string[]> {
  return (await lookup(host, { all: true })).map(({ address }) => address)
}

const isLoopbackIp = (ip: string): boolean => (isIPv4(ip) ? ip.startsWith('127.') : ip === '::1')
