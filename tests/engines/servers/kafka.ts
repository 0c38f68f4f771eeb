import { execFile } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { Kafka, logLevel } from 'kafkajs'
import { kafkaJars } from './download.js'
import { javaHome } from './java.js'
import { lastingPort, runServer, serverFolder, type Server } from './server.js'

const run = promisify(execFile)

export interface KafkaOptions {
  /** host:port that clients are told, a proxy's for instance; else where it listens. */
  readonly advertised?: string
  readonly port?: number
  /** PLAIN, SCRAM-SHA-256 and SCRAM-SHA-512, all of the one user in `login`. */
  readonly sasl?: boolean
  readonly tls?: boolean
  readonly outlives?: boolean
}

export interface KafkaServer extends Server {
  /** With `sasl`. */
  readonly login?: { readonly username: string; readonly password: string }
  /** With `tls`: a file with the certificate, which is its own authority, for 127.0.0.1 and localhost. */
  readonly caFile?: string
}

/**
 * One broker that is its own controller. Its own traffic goes by a listener apart, so that what happens between it and its clients
 * (a proxy that cuts, TLS, SASL) happens there alone. Topics are not made by asking for them, as in production.
 */
export async function startKafka(options: KafkaOptions = {}): Promise<KafkaServer> {
  const java = javaHome(17, 'Kafka')
  const jars = await kafkaJars()
  const folder = serverFolder('kafka')
  const [port, internal, controller] = [options.port ?? (await lastingPort()), await lastingPort(), await lastingPort()]
  const login = options.sasl === true ? { username: 'rabta', password: randomBytes(12).toString('hex') } : undefined
  const certificate = options.tls === true ? await makeCertificate(java, folder) : undefined

  const properties = join(folder, 'kafka.properties')
  const advertised = options.advertised ?? `127.0.0.1:${port}`
  writeFileSync(properties, configuration({ folder, port, internal, controller, advertised, login, certificate }))
  writeFileSync(join(folder, 'log4j2.properties'), LOGGING)
  const jvm = ['-Xms128m', '-Xmx384m', '-XX:+UseSerialGC', '-XX:TieredStopAtLevel=1', '-cp', `${jars}/*`]
  const logging = `-Dlog4j2.configurationFile=${join(folder, 'log4j2.properties')}`
  const program = join(java, 'bin/java')

  const scram = ['SCRAM-SHA-256', 'SCRAM-SHA-512'].map(
    (mechanism) => `${mechanism}=[name=${login?.username},password=${login?.password}]`,
  )
  const users = login === undefined ? [] : scram.flatMap((user) => ['--add-scram', user])
  const format = ['format', '-t', 'cmFidGEtdGVzdC1lbmdpbg', '-c', properties, ...users]
  await run(program, [...jvm, logging, 'kafka.tools.StorageTool', ...format])

  const server = await runServer({
    name: 'Kafka',
    address: `127.0.0.1:${port}`,
    folder,
    program,
    parameters: [...jvm, logging, 'kafka.Kafka', properties],
    stopSignal: 'SIGTERM',
    isHealthy: () => answersMetadata(internal),
    ...(options.outlives === undefined ? {} : { outlives: options.outlives }),
  })
  return Object.assign(server, {
    ...(login === undefined ? {} : { login }),
    ...(certificate === undefined ? {} : { caFile: certificate.caFile }),
  })
}

/** Small, and quick to start; what a client sees is as Kafka has it by default. */
function configuration(made: {
  folder: string
  port: number
  internal: number
  controller: number
  advertised: string
  login: { username: string; password: string } | undefined
  certificate: Certificate | undefined
}): string {
  const { folder, port, internal, controller, advertised, login, certificate } = made
  const protocol = `${login === undefined ? '' : 'SASL_'}${certificate === undefined ? 'PLAINTEXT' : 'SSL'}`
  const lines = [
    'process.roles=broker,controller',
    'node.id=1',
    `controller.quorum.voters=1@127.0.0.1:${controller}`,
    `listeners=CLIENTS://127.0.0.1:${port},INTERNAL://127.0.0.1:${internal},CONTROLLER://127.0.0.1:${controller}`,
    `advertised.listeners=CLIENTS://${advertised},INTERNAL://127.0.0.1:${internal}`,
    'controller.listener.names=CONTROLLER',
    'inter.broker.listener.name=INTERNAL',
    `listener.security.protocol.map=CONTROLLER:PLAINTEXT,INTERNAL:PLAINTEXT,CLIENTS:${protocol}`,
    `log.dirs=${join(folder, 'data')}`,
    'auto.create.topics.enable=false',
    'offsets.topic.replication.factor=1',
    'offsets.topic.num.partitions=4',
    'transaction.state.log.replication.factor=1',
    'transaction.state.log.min.isr=1',
    'transaction.state.log.num.partitions=4',
    'share.coordinator.state.topic.replication.factor=1',
    'share.coordinator.state.topic.min.isr=1',
    'group.initial.rebalance.delay.ms=0',
    'log.cleaner.dedupe.buffer.size=8388608',
    'num.network.threads=2',
    'num.io.threads=4',
  ]
  if (login !== undefined) {
    const module = (kind: string) => `org.apache.kafka.common.security.${kind} required`
    lines.push(
      'sasl.enabled.mechanisms=PLAIN,SCRAM-SHA-256,SCRAM-SHA-512',
      `listener.name.clients.plain.sasl.jaas.config=${module('plain.PlainLoginModule')} user_${login.username}="${login.password}";`,
      `listener.name.clients.scram-sha-256.sasl.jaas.config=${module('scram.ScramLoginModule')};`,
      `listener.name.clients.scram-sha-512.sasl.jaas.config=${module('scram.ScramLoginModule')};`,
    )
  }
  if (certificate !== undefined)
    lines.push(
      'listener.name.clients.ssl.keystore.type=PKCS12',
      `listener.name.clients.ssl.keystore.location=${certificate.keystore}`,
      `listener.name.clients.ssl.keystore.password=${certificate.password}`,
    )
  return `${lines.join('\n')}\n`
}

const LOGGING = `appender.out.type=Console
appender.out.name=OUT
appender.out.layout.type=PatternLayout
appender.out.layout.pattern=%d %p %m (%c)%n%ex
rootLogger.level=INFO
rootLogger.appenderRef.out.ref=OUT
logger.kafka.name=org.apache.kafka
logger.kafka.level=WARN
logger.kafkas.name=kafka
logger.kafkas.level=WARN
`

interface Certificate {
  readonly keystore: string
  readonly password: string
  readonly caFile: string
}

async function makeCertificate(java: string, folder: string): Promise<Certificate> {
  const keytool = join(java, 'bin/keytool')
  const keystore = join(folder, 'kafka.p12')
  const caFile = join(folder, 'ca.pem')
  const password = randomBytes(12).toString('hex')
  const store = ['-alias', 'kafka', '-keystore', keystore, '-storetype', 'PKCS12', '-storepass', password]
  const names = ['-ext', 'SAN=ip:127.0.0.1,dns:localhost', '-ext', 'bc:c']
  await run(keytool, ['-genkeypair', ...store, '-keyalg', 'RSA', '-dname', 'CN=localhost', '-validity', '30', ...names])
  await run(keytool, ['-exportcert', '-rfc', ...store, '-file', caFile])
  return { keystore, password, caFile }
}

async function answersMetadata(port: number): Promise<boolean> {
  const retry = { retries: 0 }
  const kafka = new Kafka({
    brokers: [`127.0.0.1:${port}`],
    logLevel: logLevel.NOTHING,
    connectionTimeout: 2000,
    retry,
  })
  const admin = kafka.admin({ retry })
  try {
    await admin.connect()
    const { brokers } = await admin.describeCluster()
    return brokers.length === 1
  } finally {
    await admin.disconnect()
  }
}
