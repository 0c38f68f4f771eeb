import type { ElasticMentionIndexOptions } from '../index/elastic/elastic-mention-index.js'
import type { Clock } from '../runtime/clock.js'
import type { KafkaBusOptions } from '../runtime/kafka-bus/kafka-bus.js'
import type { Log } from '../runtime/log.js'
import type { PostgresOptions } from '../runtime/records/postgres.js'
import type { Config } from './config.js'

type Engine<Name extends 'bus' | 'index' | 'records'> = Exclude<Config[Name], 'embedded'>

interface Parts {
  readonly clock: Clock
  readonly log: Log
}

const POOL_SIZE = 8

const orNone = (text: string) => (text === '' ? undefined : text)

export function kafkaOptions(config: Config, { brokers }: Engine<'bus'>, parts: Parts): KafkaBusOptions {
  const { kafkaSasl, kafkaUsername, kafkaPassword } = config
  return {
    ...parts,
    brokers,
    namespace: config.namespace,
    partitions: config.kafkaPartitions,
    replicationFactor: config.kafkaReplication === 0 ? -1 : config.kafkaReplication,
    tls: config.kafkaTls === 'true' ? { ca: orNone(config.kafkaCa) } : undefined,
    sasl: kafkaSasl === 'none' ? undefined : { mechanism: kafkaSasl, username: kafkaUsername, password: kafkaPassword },
    clientId: 'rabta',
  }
}

export function elasticOptions(config: Config, { nodes }: Engine<'index'>, parts: Parts): ElasticMentionIndexOptions {
  const { indexApiKey, indexUsername, indexPassword, namespace } = config
  return {
    ...parts,
    nodes,
    auth:
      indexApiKey !== ''
        ? { apiKey: indexApiKey }
        : indexUsername === ''
          ? undefined
          : { username: indexUsername, password: indexPassword },
    ca: orNone(config.indexCa),
    name: namespace === '' ? 'rabta-mentions' : `rabta-${namespace}-mentions`,
    shards: config.indexShards,
    replicas: config.indexReplicas,
  }
}

export function postgresOptions(config: Config, { url }: Engine<'records'>, parts: Parts): PostgresOptions {
  const { namespace } = config
  return {
    ...parts,
    url,
    password: orNone(config.recordsPassword),
    ca: orNone(config.recordsCa),
    schema: namespace === '' ? 'public' : `rabta_${namespace.replaceAll('-', '_')}`,
    poolSize: POOL_SIZE,
  }
}
