import { BlockList, isIP, isIPv4 } from 'node:net'

const LOOPBACK = new BlockList()
LOOPBACK.addSubnet('127.0.0.0', 8, 'ipv4')
LOOPBACK.addAddress('::1', 'ipv6')

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

/**
 * Whether an IP address, as it is written, is one of the public internet; what is no address is not, nor is an IPv4 address wrapped in IPv6, whatever is
 * inside. Who takes those asks about `unwrappedAddress`.
 */
export function isPublicAddress(address: string): boolean {
  if (isIPv4(address)) return !NOT_PUBLIC_4.check(address, 'ipv4')
  if (isIP(address) !== 6 || address.includes('%')) return false
  return PUBLIC_6.check(address, 'ipv6') && !NOT_PUBLIC_6.check(address, 'ipv6')
}

/** Whether an IP address, as it is written, is this machine; what is no address is not. */
export function isLoopbackAddress(address: string): boolean {
  const family = isIP(address)
  return family !== 0 && !address.includes('%') && LOOPBACK.check(address, family === 4 ? 'ipv4' : 'ipv6')
}

/** The IPv4 address inside of an IPv6 one (`::ffff:0:0/96` and NAT64's `64:ff9b::/96`), without brackets; every other address comes back as it is. */
export function unwrappedAddress(address: string): string {
  const bare = address.replace(/^\[|\]$/g, '')
  if (isIP(bare) !== 6 || bare.includes('%')) return bare
  const groups = new URL(`http://[${bare}]/`).hostname.slice(1, -1)
  const wrapped = /^(?:::ffff:|64:ff9b::)([0-9a-f]{1,4}):([0-9a-f]{1,4})$/.exec(groups)
  if (wrapped === null) return bare
  const [high, low] = [parseInt(wrapped[1] ?? '0', 16), parseInt(wrapped[2] ?? '0', 16)]
  return [high >> 8, high & 255, low >> 8, low & 255].join('.')
}
