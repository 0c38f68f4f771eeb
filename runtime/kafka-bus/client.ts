import { isIP, connect as connectTcp, type Socket } from 'node:net'
import { connect as connectTls } from 'node:tls'
import kafkajs from 'kafkajs'
import type { KafkaConfig, logCreator } from 'kafkajs'
import type { Clock } from '../clock.js'
import { Failure } from '../failure.js'
import type { Log } from '../log.js'
import { asKafkaFailure } from './failures.js'
import { Link, type InnerCluster } from './link.js'
import type { EncodedMessage } from './record.js'

export interface KafkaClientOptions {
  readonly brokers: readonly string[]
  readonly tls: { readonly ca: string | undefined } | undefined
  readonly sasl:
    | {
        readonly mechanism: 'plain' | 'scram-sha-256' | 'scram-sha-512'
        readonly username: string
        readonly password: string
      }
    | undefined
  readonly clientId: string
  readonly clock: Clock
  readonly log: Log
}

/** An idempotent producer: a send repeated inside it is stored once. It is good for nothing after a send that failed. */
export interface LiveProducer {
  send(topic: string, messages: readonly EncodedMessage[]): Promise<void>
  kill(): void
}

/** How a group's members say what they want, and are told what they got. */
export const { MemberMetadata, MemberAssignment } = kafkajs.AssignerProtocol

export type KafkaAdmin = ReturnType<kafkajs.Kafka['admin']>

const CONNECT_MS = 2_000
const OPEN_MS = 9_000
const METADATA_MS = 60_000
const SAME_WORDS_MS = 60_000
/** kafkajs repeats a request that failed for a reason that passes (a leader that moves) this often; whoever called goes on after that. */
const RETRY = { initialRetryTime: 100, factor: 0.2, multiplier: 2, maxRetryTime: 1_000 }

/** Puts an end to all connections made through it, whatever kafkajs still tries behind. */
class SocketSwitch {
  readonly #sockets = new Set<Socket>()
  #off = false

  readonly connect: NonNullable<KafkaConfig['socketFactory']> = ({ host, port, ssl, onConnect }) => {
    if (this.#off) throw new Error('this connection was given up')
    const tls = ssl as object | undefined
    const name = isIP(host) === 0 ? { servername: host } : {}
    const socket = tls ? connectTls({ host, port, ...name, ...tls }, onConnect) : connectTcp({ host, port }, onConnect)
    socket.setKeepAlive(true, 30_000)
    socket.setNoDelay(true)
    this.#sockets.add(socket)
    socket.once('close', () => this.#sockets.delete(socket))
    return socket
  }

  get isOff(): boolean {
    return this.#off
  }

  off(): void {
    this.#off = true
    for (const socket of this.#sockets) socket.destroy(new Error('this connection was given up'))
  }
}

/** The one door to kafkajs. */
export class KafkaClient {
  readonly #options: KafkaClientOptions
  readonly #lastSaid = new Map<string, number>()

  constructor(options: KafkaClientOptions) {
    this.#options = options
  }

  get brokers(): string {
    return this.#options.brokers.join(', ')
  }

  /** Throws a retryable Failure if the brokers cannot be reached within about ten seconds. A request on the link fails after `requestMs`. */
  async link(topics: readonly string[], requestMs: number): Promise<Link> {
    const { kafka, sockets } = this.#kafka(requestMs, this.#options.brokers.length + 1)
    const create = innerClusterOf(kafka)
    const cluster = create({ metadataMaxAge: METADATA_MS, allowAutoTopicCreation: false, isolationLevel: 0 })
    const link = new Link(cluster, () => sockets.off())
    await this.#opened(() => link.open(topics), sockets)
    return link
  }

  async producer(): Promise<LiveProducer> {
    const { kafka, sockets } = this.#kafka(4_000, 8)
    const producer = kafka.producer({
      idempotent: true,
      maxInFlightRequests: 1,
      allowAutoTopicCreation: false,
      metadataMaxAge: METADATA_MS,
      createPartitioner: kafkajs.Partitioners.DefaultPartitioner,
      retry: { ...RETRY, retries: 8 },
    })
    await this.#opened(() => producer.connect(), sockets)
    return {
      send: async (topic, messages) => {
        await producer.send({
          topic,
          acks: -1,
          timeout: 4_000,
          compression: kafkajs.CompressionTypes.GZIP,
          messages: [...messages],
        })
      },
      kill: () => sockets.off(),
    }
  }

  /** Does work that only an administrator's client can, and ends its connections. */
  async administer<T>(work: (admin: KafkaAdmin) => Promise<T>): Promise<T> {
    const { kafka, sockets } = this.#kafka(10_000, this.#options.brokers.length + 1)
    const admin = kafka.admin()
    try {
      await this.#opened(() => admin.connect(), sockets)
      return await work(admin)
    } finally {
      sockets.off()
    }
  }

  async #opened(open: () => Promise<void>, sockets: SocketSwitch): Promise<void> {
    try {
      await within(this.#options.clock, OPEN_MS, open())
    } catch (error) {
      sockets.off()
      throw asKafkaFailure(error, `the Kafka brokers ${this.brokers} cannot be reached`)
    }
  }

  #kafka(requestMs: number, retries: number): { kafka: kafkajs.Kafka; sockets: SocketSwitch } {
    const { brokers, tls, sasl, clientId } = this.#options
    const sockets = new SocketSwitch()
    const kafka = new kafkajs.Kafka({
      brokers: [...brokers],
      clientId,
      connectionTimeout: CONNECT_MS,
      authenticationTimeout: 5_000,
      requestTimeout: requestMs,
      enforceRequestTimeout: true,
      retry: { ...RETRY, retries },
      socketFactory: sockets.connect,
      logLevel: kafkajs.logLevel.WARN,
      logCreator: this.#logCreator(sockets),
      ...(tls === undefined ? {} : { ssl: tls.ca === undefined ? {} : { ca: [tls.ca] } }),
      ...(sasl === undefined ? {} : { sasl: saslOf(sasl) }),
    })
    return { kafka, sockets }
  }

  /** kafkajs calls an error what the loops here mend by themselves: it is said as a warning, each thing once a minute. */
  #logCreator(sockets: SocketSwitch): logCreator {
    return () =>
      ({ namespace, log }) => {
        // That a producer here repeats only for a while is meant: after that it is thrown away.
        if (sockets.isOff || log.message.startsWith('Limiting retries')) return
        const words = log.message.slice(0, 160)
        const now = this.#options.clock.now()
        if (now - (this.#lastSaid.get(words) ?? -Infinity) < SAME_WORDS_MS) return
        if (this.#lastSaid.size > 500) this.#lastSaid.clear()
        this.#lastSaid.set(words, now)
        this.#options.log.warn('kafka client', { part: namespace, detail: words })
      }
  }
}

type Sasl = NonNullable<KafkaClientOptions['sasl']>

function saslOf({ mechanism, username, password }: Sasl): NonNullable<KafkaConfig['sasl']> {
  const credentials = { username, password }
  if (mechanism === 'plain') return { mechanism: 'plain', ...credentials }
  if (mechanism === 'scram-sha-256') return { mechanism: 'scram-sha-256', ...credentials }
  return { mechanism: 'scram-sha-512', ...credentials }
}

type CreateCluster = (options: {
  metadataMaxAge: number
  allowAutoTopicCreation: boolean
  isolationLevel: number
}) => InnerCluster

/** kafkajs has no public way to read without a group, nor to commit while it rejoins. Its inner cluster has both; the version is pinned, the contract suite tells when it changed. */
function innerClusterOf(kafka: kafkajs.Kafka): CreateCluster {
  const symbol = Object.getOwnPropertySymbols(kafka).find(
    ({ description }) => description === 'private:Kafka:createCluster',
  )
  const create = symbol === undefined ? undefined : (kafka as unknown as Record<symbol, unknown>)[symbol]
  if (typeof create === 'function') return create as CreateCluster
  throw new Failure('unexpected', 'this kafkajs is not the one pinned in package.json: install with npm ci', {
    retryable: false,
  })
}

/** The outcome of `work`, or an error named Timeout after `waitMs`; what `work` does after that is nobody's. */
export async function within<T>(clock: Clock, waitMs: number, work: Promise<T>): Promise<T> {
  const done = new AbortController()
  work.catch(() => undefined)
  const late = clock.sleep(waitMs, done.signal).then(() => {
    throw Object.assign(new Error(`no answer within ${waitMs} ms`), { name: 'Timeout' })
  })
  late.catch(() => undefined)
  try {
    return await Promise.race([work, late])
  } finally {
    done.abort(new Error('no longer waited for'))
  }
}
