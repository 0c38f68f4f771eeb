import { Client } from '@elastic/elasticsearch'

export interface ElasticAccess {
  /** `http(s)://host:port`, any of which answers for the cluster. */
  readonly nodes: readonly string[]
  readonly auth: { readonly apiKey: string } | { readonly username: string; readonly password: string } | undefined
  /** PEM text of the authority that signed the nodes' certificates, where the system does not know it. */
  readonly ca: string | undefined
}

const REQUEST_TIMEOUT_MS = 30_000
/** An answer longer than this is given up, so that one page of a migration cannot eat the memory. */
const MAX_ANSWER_BYTES = 256 * 1024 * 1024

/**
 * The client of every call of this folder. Another node is tried where one does not answer; nothing else is tried again here. Name and password in an
 * address are taken out of it, so that no message repeats them. It connects at its first call.
 */
export function createElasticClient({ nodes, auth, ca }: ElasticAccess): Client {
  const addresses = nodes.map((node) => new URL(node))
  const { username, password } = addresses.find((address) => address.username !== '') ?? { username: '', password: '' }
  const stated =
    auth ??
    (username === '' ? undefined : { username: decodeURIComponent(username), password: decodeURIComponent(password) })
  for (const address of addresses) {
    address.username = ''
    address.password = ''
  }
  const options: ConstructorParameters<typeof Client>[0] = {
    nodes: addresses.map((address) => address.href),
    maxRetries: Math.min(3, addresses.length - 1),
    requestTimeout: REQUEST_TIMEOUT_MS,
    maxResponseSize: MAX_ANSWER_BYTES,
    redaction: { type: 'remove' },
    enableMetaHeader: false,
    ...(stated === undefined ? {} : { auth: stated }),
    ...(ca === undefined ? {} : { tls: { ca } }),
  }
  return new Client(options)
}
