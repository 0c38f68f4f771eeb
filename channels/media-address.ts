import { lookup } from 'node:dns/promises'
import { isIP } from 'node:net'
import { Failure } from '../runtime/failure.js'
import { isLoopback } from './loopback.js'
import { isLoopbackAddress, isPublicAddress } from './public-address.js'

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
  const mayBe = isTrusted ? () => true : rules.loopbackOnly === true ? isLoopbackAddress : isPublicAddress
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
