import { Failure } from '../runtime/failure.js'
import { isLoopbackAddress } from './public-address.js'

export function isLoopback(url: URL): boolean {
  const host = url.hostname.toLowerCase()
  return host === 'localhost' || isLoopbackAddress(host.replace(/^\[|\]$/g, ''))
}

/** Throws a Failure unless the address is this machine: the demonstration may talk to its simulators and to nobody else. */
export function requireLoopback(url: URL): void {
  if (isLoopback(url)) return
  throw new Failure(
    'forbidden',
    `the demonstration may not leave this machine, and ${url.hostname} is elsewhere: start without the demonstration to use a real platform`,
    { retryable: false },
  )
}

/** The base address as a URL without a trailing slash in its path; throws a Failure where it is none. */
export function baseUrl(address: string, name: string): URL {
  if (!URL.canParse(address) || !/^https?:\/\//i.test(address)) {
    throw new Failure('invalid-payload', `${name} is no http address: write something like https://host`, {
      retryable: false,
    })
  }
  const url = new URL(address)
  url.pathname = url.pathname.replace(/\/+$/, '')
  url.search = ''
  url.hash = ''
  return url
}
