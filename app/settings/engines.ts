import { integer, oneOf, secret, setting, text, type Kind, type Mistake, type ValuesOf } from '../setting.js'

const HOST_PORT = /^(\[[0-9a-f:]+\]|[a-z0-9._-]+):(\d{1,5})$/i
const isHostPort = (value: string) =>
  Number(HOST_PORT.exec(value)?.[2] ?? 0) > 0 && Number(HOST_PORT.exec(value)?.[2]) <= 65_535

const itemsOf = (value: string) =>
  value
    .split(',')
    .map((item) => item.trim())
    .filter((item) => item !== '')

const bus: Kind<'embedded' | { readonly brokers: readonly string[] }> = {
  secret: false,
  write: 'embedded, or Kafka as kafka://host:9092,host:9092',
  parse: (value) => {
    if (value === 'embedded') return value
    if (!value.startsWith('kafka://')) return undefined
    const brokers = itemsOf(value.slice('kafka://'.length).replace(/\/$/, ''))
    return brokers.length > 0 && brokers.every(isHostPort) ? { brokers } : undefined
  },
}

const nodeOf = (value: string): string | undefined => {
  if (!URL.canParse(value)) return undefined
  const { protocol, username, password, search, hash } = new URL(value)
  const isPlain = username === '' && password === '' && search === '' && hash === ''
  return (protocol === 'http:' || protocol === 'https:') && isPlain ? value.replace(/\/+$/, '') : undefined
}

const index: Kind<'embedded' | { readonly nodes: readonly string[] }> = {
  secret: false,
  write:
    'embedded, or the nodes of Elasticsearch as https://host:9200,https://host:9200 (its password is RABTA_INDEX_PASSWORD)',
  parse: (value) => {
    if (value === 'embedded') return value
    const nodes = itemsOf(value).map(nodeOf)
    return nodes.length > 0 && nodes.every((node) => node !== undefined) ? { nodes } : undefined
  },
}

/** A secret, for a password may stand in it. */
const records: Kind<'embedded' | { readonly url: string }> = {
  secret: true,
  write: 'embedded, or PostgreSQL as postgres://user@host:5432/database (its password is RABTA_RECORDS_PASSWORD)',
  parse: (value) => {
    if (value === 'embedded') return value
    const isAddress = /^postgres(ql)?:\/\/[\x21-\x7e]+$/.test(value) && URL.canParse(value)
    return isAddress && new URL(value).hostname !== '' && new URL(value).pathname.length > 1
      ? { url: value }
      : undefined
  },
}

/** Certificates are no secret, but like one they are kept in a file. */
const certificate: Kind<string> = {
  secret: true,
  write: 'a certificate in PEM, or its file in …_FILE',
  parse: (value) => (value.includes('-----BEGIN CERTIFICATE-----') ? value : undefined),
}

const namespace: Kind<string> = {
  secret: false,
  write: 'a short name of lower-case letters, digits and dashes, beginning with a letter',
  parse: (value) => (/^[a-z][a-z0-9-]{0,30}$/.test(value) ? value : undefined),
}

/** Where the bus, the index and the records are, when they are not in the data folder. */
export const ENGINE_SETTINGS = {
  bus: setting('RABTA_BUS', bus, 'embedded' as const),
  index: setting('RABTA_INDEX', index, 'embedded' as const),
  records: setting('RABTA_RECORDS', records, 'embedded' as const),
  namespace: setting('RABTA_NAMESPACE', namespace, ''),
  kafkaPartitions: setting('RABTA_KAFKA_PARTITIONS', integer(1, 500, 'partitions of the topics of mentions'), 12),
  kafkaReplication: setting(
    'RABTA_KAFKA_REPLICATION',
    integer(0, 9, 'copies of each partition, 0 for what the brokers are set to'),
    0,
  ),
  kafkaTls: setting('RABTA_KAFKA_TLS', oneOf('true', 'false'), 'false' as const),
  kafkaCa: setting('RABTA_KAFKA_CA', certificate, ''),
  kafkaSasl: setting('RABTA_KAFKA_SASL', oneOf('none', 'plain', 'scram-sha-256', 'scram-sha-512'), 'none' as const),
  kafkaUsername: setting('RABTA_KAFKA_USERNAME', text, ''),
  kafkaPassword: setting('RABTA_KAFKA_PASSWORD', secret, ''),
  indexApiKey: setting('RABTA_INDEX_API_KEY', secret, ''),
  indexUsername: setting('RABTA_INDEX_USERNAME', text, ''),
  indexPassword: setting('RABTA_INDEX_PASSWORD', secret, ''),
  indexCa: setting('RABTA_INDEX_CA', certificate, ''),
  indexShards: setting('RABTA_INDEX_SHARDS', integer(1, 50, 'shards of the index of a month'), 1),
  indexReplicas: setting('RABTA_INDEX_REPLICAS', integer(0, 5, 'copies of each shard beside the first'), 0),
  recordsPassword: setting('RABTA_RECORDS_PASSWORD', secret, ''),
  recordsCa: setting('RABTA_RECORDS_CA', certificate, ''),
}

export function checkEngines(values: ValuesOf<typeof ENGINE_SETTINGS>): Mistake[] {
  const mistakes: Mistake[] = []
  if (values.kafkaSasl !== 'none') {
    if (values.kafkaUsername === '')
      mistakes.push({
        name: 'RABTA_KAFKA_USERNAME',
        problem: 'RABTA_KAFKA_SASL needs it: write the name to sign in with',
      })
    if (values.kafkaPassword === '')
      mistakes.push({ name: 'RABTA_KAFKA_PASSWORD', problem: 'RABTA_KAFKA_SASL needs it: write its file in …_FILE' })
  }
  if (values.kafkaSasl === 'plain' && values.kafkaTls === 'false' && values.bus !== 'embedded')
    mistakes.push({
      name: 'RABTA_KAFKA_TLS',
      problem: 'the sign-in plain sends the password as it is: write true, or use scram-sha-512',
    })
  if (values.indexApiKey !== '' && values.indexUsername !== '')
    mistakes.push({ name: 'RABTA_INDEX_API_KEY', problem: 'RABTA_INDEX_USERNAME is set too: leave one of the two out' })
  if ((values.indexUsername === '') !== (values.indexPassword === ''))
    mistakes.push({
      name: values.indexUsername === '' ? 'RABTA_INDEX_USERNAME' : 'RABTA_INDEX_PASSWORD',
      problem: 'a name and its password go together: write both, or leave both out',
    })
  return mistakes
}
