import { startElasticsearch } from '../../engines/servers/elasticsearch.js'
import { startKafka } from '../../engines/servers/kafka.js'
import { startPostgres } from '../../engines/servers/postgres.js'
import { lastingPort, type Server } from '../../engines/servers/server.js'
import { startFaultProxy, type FaultProxy } from '../../support/fault-proxy.js'

/** A server and the bad network before it. Rabta knows the network's address alone. */
export interface Engine {
  readonly server: Server
  readonly network: FaultProxy
}

export interface Engines {
  readonly kafka: Engine
  readonly elastic: Engine
  readonly postgres: Engine
  /** What tells rabta to run on them. */
  readonly settings: Readonly<Record<string, string>>
  /** Good order between rabta and all three. */
  mend(): Promise<void>
  close(): Promise<void>
}

export const NAMESPACE = 'chaos'
export const TOPIC_PREFIX = `${NAMESPACE}.`

/** Kafka, Elasticsearch and PostgreSQL of the test's own, each behind a proxy that can spoil the connection. */
export async function startEngines(): Promise<Engines> {
  const networks = [
    await startFaultProxy(undefined, { port: await lastingPort() }),
    await startFaultProxy(undefined, { port: await lastingPort() }),
    await startFaultProxy(undefined, { port: await lastingPort() }),
  ] as const
  const [toKafka, toElastic, toPostgres] = networks
  const servers = await Promise.all([
    startKafka({ advertised: `127.0.0.1:${toKafka.port}` }),
    // It watches its disk, as in production, and is so sure of its size that only a test that asks for it sees it full.
    startElasticsearch({
      settings: {
        'cluster.routing.allocation.disk.threshold_enabled': 'true',
        'cluster.routing.allocation.disk.watermark.low': '3b',
        'cluster.routing.allocation.disk.watermark.high': '2b',
        'cluster.routing.allocation.disk.watermark.flood_stage': '1b',
        'cluster.info.update.interval': '10s',
      },
    }),
    startPostgres(),
  ])
  for (const [n, { address }] of servers.entries()) networks[n]?.aim(targetOf(address))
  const [kafka, elastic, postgres] = servers
  const mend = async () => {
    await Promise.all(networks.map((network) => network.mend()))
  }
  return {
    kafka: { server: kafka, network: toKafka },
    elastic: { server: elastic, network: toElastic },
    postgres: { server: postgres, network: toPostgres },
    settings: {
      RABTA_NAMESPACE: NAMESPACE,
      RABTA_BUS: `kafka://127.0.0.1:${toKafka.port}`,
      RABTA_INDEX: `http://127.0.0.1:${toElastic.port}`,
      RABTA_RECORDS: `postgres://rabta@127.0.0.1:${toPostgres.port}/rabta`,
    },
    mend,
    close: async () => {
      await Promise.all(networks.map((network) => network.close()))
      await Promise.all(servers.map((server) => server.remove()))
    },
  }
}

function targetOf(address: string): { host: string; port: number } {
  const port = Number(/:(\d+)(?:\/\w*)?$/.exec(address)?.[1])
  return { host: '127.0.0.1', port }
}
