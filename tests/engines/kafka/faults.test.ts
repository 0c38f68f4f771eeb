import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { build } from 'vite'
import type { Bus, BusRecord } from '../../../runtime/bus.js'
import { Failure } from '../../../runtime/failure.js'
import { startFaultProxy, type FaultProxy } from '../../support/fault-proxy.js'
import { temporaryFolder } from '../../support/temporary-folder.js'
import { startKafka, type KafkaServer } from '../servers/kafka.js'
import { freshNamespace, isInOrderByKey, keptLog, numbered, numbersOf, openBus, until } from './kafka-house.js'

/** Chaos breaks the same things under a whole fleet: this test of the bus alone runs with the long forms. */
const long = process.env['RABTA_TEST_LONG'] === '1'

const range = (count: number, from = 0) => Array.from({ length: count }, (_, n) => n + from)
const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms))
const children = new Set<ChildProcess>()

describe('the Kafka bus, when things break', () => {
  let broker: KafkaServer
  let proxy: FaultProxy
  let address: string
  let namespace: string
  let buses: Bus[]
  const folder = temporaryFolder()

  beforeAll(async () => {
    proxy = await startFaultProxy()
    address = `127.0.0.1:${proxy.port}`
    broker = await startKafka({ advertised: address })
    const [, port] = broker.address.split(':')
    proxy.aim({ host: '127.0.0.1', port: Number(port) })
  })
  afterAll(async () => {
    await proxy.close()
    await broker.remove()
    folder.remove()
  })
  beforeEach(() => {
    namespace = freshNamespace()
    buses = []
  })
  afterEach(async () => {
    await proxy.mend()
    for (const child of children) child.kill('SIGKILL')
    children.clear()
    await Promise.all(buses.map((bus) => bus.close()))
  })

  const open = async (options: Partial<Parameters<typeof openBus>[0]> = {}) => {
    const bus = await openBus({ namespace, brokers: [address], ...options })
    buses.push(bus)
    return bus
  }
  /** As the stages do: what is retryable is tried again. */
  const publishSurely = async (bus: Bus, from: number, count: number) => {
    for (;;) {
      try {
        return await bus.publish(
          'mentions.collected',
          range(count, from).map((n) => numbered(n)),
        )
      } catch (error) {
        if (!(error instanceof Failure) || !error.retryable) throw error
        await pause(100)
      }
    }
  }

  it('loses nothing that follows a send whose answer was lost', async () => {
    const bus = await open()
    await bus.publish('mentions.indexed', [numbered(0)])
    await proxy.hold('answers')
    const unanswered = bus.publish('mentions.indexed', [numbered(1), numbered(2)])
    await expect(unanswered).rejects.toMatchObject({ reason: 'unavailable', retryable: true })
    expect(bus.problem()).toContain('mentions.indexed')
    await proxy.mend()
    // Under the sequence numbers of the unanswered ones the broker would take these for repetitions, and drop them.
    await bus.publish('mentions.indexed', [numbered(3), numbered(4)])
    await bus.publish('mentions.indexed', [numbered(5)])
    expect(bus.problem()).toBeUndefined()
    const stored = numbersOf(await bus.read('mentions.indexed', {}))
    expect([...new Set(stored)].sort()).toEqual([0, 1, 2, 3, 4, 5])
    expect(stored.slice(-3)).toEqual([3, 4, 5])
  })

  it('answers a publish within ten seconds while the broker is away, however many wait, and says what is wrong', async () => {
    const bus = await open()
    for (const fault of ['cut', 'hold'] as const) {
      await bus.publish('mentions.collected', [numbered(1)])
      await proxy[fault]()
      const began = Date.now()
      const calls = [bus.publish('mentions.collected', [numbered(2)])]
      await pause(1_000)
      calls.push(bus.publish('mentions.collected', [numbered(3)]), bus.publish('mentions.indexed', [numbered(4)]))
      const outcomes = await Promise.allSettled(calls)
      expect(Date.now() - began).toBeLessThan(11_500)
      for (const outcome of outcomes)
        expect(outcome).toMatchObject({ reason: { reason: 'unavailable', retryable: true } })
      expect(bus.problem()).toMatch(/Kafka did not take messages for mentions/)
      await proxy.mend()
      // It finds out by itself that the broker is back, though nobody publishes.
      await until('the trouble is over', () => bus.problem() === undefined, 15_000)
    }
  })

  it('does not open without a broker, and names it', async () => {
    // A broker that is cut off is found out at once; one that says nothing takes longest.
    for (const fault of ['cut', 'hold'] as const) {
      await proxy[fault]()
      const began = Date.now()
      await expect(openBus({ namespace, brokers: [address] })).rejects.toMatchObject({
        reason: 'unavailable',
        retryable: true,
        message: expect.stringContaining(address) as string,
      })
      expect(Date.now() - began).toBeLessThan(10_500)
      await proxy.mend()
    }
  })

  it('stops within seconds while the broker is away', async () => {
    const bus = await open()
    await publishSurely(bus, 0, 20)
    for (const fault of ['cut', 'hold'] as const) {
      let calls = 0
      let aborted = 0
      const subscription = bus.subscribe('mentions.collected', fault, async (_records, signal) => {
        calls++
        await new Promise<void>((resolve) => signal.addEventListener('abort', () => resolve(), { once: true }))
        aborted++
      })
      await until('the handler is at work', () => calls === 1)
      await proxy[fault]()
      await pause(500)
      const began = Date.now()
      await subscription.stop()
      expect(Date.now() - began).toBeLessThan(6_000)
      await subscription.ended
      expect([calls, aborted]).toEqual([1, 1])
      await proxy.mend()
    }
  })

  it.runIf(long)(
    'takes everything to its end, in order of the key, through a broker that is killed and a network that breaks',
    async () => {
      const log = keptLog()
      const bus = await open({ partitions: 3, log })
      const taken: BusRecord[] = []
      const subscription = bus.subscribe(
        'mentions.collected',
        'g',
        async (records) => {
          await pause(30)
          taken.push(...records)
        },
        { maxBatch: 20 },
      )
      let ended: unknown = 'not'
      subscription.ended.then(
        () => (ended = 'stopped'),
        (error: unknown) => (ended = error),
      )
      let published = 0
      const publishing = (async () => {
        for (; published < 1_500; published += 10) await publishSurely(bus, published, 10)
      })()
      const faults = [
        async () => {
          await broker.kill()
          await broker.start()
        },
        async () => {
          await proxy.halve()
          await pause(1_000)
          await proxy.mend()
        },
        async () => {
          await proxy.cut()
          await pause(2_000)
          await proxy.mend()
        },
        async () => {
          broker.pause()
          await pause(9_500)
          broker.resume()
        },
      ]
      for (const [index, fault] of faults.entries()) {
        await until('some more was published', () => published > 100 * (index + 1))
        await fault()
      }
      await publishing
      await until('everything is taken', () => new Set(numbersOf(taken)).size === 1_500, 60_000)
      expect(isInOrderByKey(taken)).toBe(true)
      expect(ended).toBe('not')
      await until('nothing is left to commit', async () => (await bus.lag('mentions.collected', 'g')) === 0)
      await subscription.stop()
      expect(ended).toBe('stopped')
      expect(bus.problem()).toBeUndefined()
      expect(log.lines.filter(({ level }) => level === 'error')).toEqual([])
    },
  )

  /** The member as one file, for a process of its own. */
  const startMember = async (waitMs: number) => {
    const file = join(folder.path, 'member.mjs')
    await build({
      logLevel: 'silent',
      configFile: false,
      ssr: { noExternal: true },
      build: {
        ssr: join(import.meta.dirname, 'member-process.ts'),
        outDir: folder.path,
        emptyOutDir: false,
        rollupOptions: { output: { entryFileNames: 'member.mjs' } },
      },
    })
    expect(readFileSync(file, 'utf8')).toContain('mentions.collected')
    const child = spawn(process.execPath, [file, address, namespace, String(waitMs)], {
      stdio: ['ignore', 'pipe', 'inherit'],
    })
    children.add(child)
    const handled: number[] = []
    createInterface({ input: child.stdout }).on('line', (line) => handled.push(Number(line)))
    return { child, handled }
  }

  it('has the partitions of a member that was killed with the others within 15 s', async () => {
    const bus = await open({ partitions: 4 })
    const taken = new Map<number, number>()
    const stopping = new AbortController()
    const subscription = bus.subscribe('mentions.collected', 'g', async (records) => {
      for (const n of numbersOf(records)) taken.set(n, Date.now())
    })
    const member = await startMember(0)
    let n = 0
    const publishing = (async () => {
      for (; !stopping.signal.aborted; n++) {
        await bus.publish('mentions.collected', [numbered(n, `key ${n}`)])
        await pause(20)
      }
    })()
    await until('both have work', () => member.handled.length > 20 && taken.size > 20)
    const killedAt = Date.now()
    member.child.kill('SIGKILL')
    await once(member.child, 'exit')
    const all = () => new Set([...taken.keys(), ...member.handled]).size
    // Its share of what is published waits, until the other has it and there is nothing left to wait.
    await until('some waits', () => n - all() > 20)
    await until('nothing waits', () => n - all() < 3)
    const tookMs = Date.now() - killedAt
    console.log(`taken over ${tookMs} ms after the kill`)
    expect(tookMs).toBeLessThan(15_000)
    stopping.abort()
    await publishing
    await until('all is taken', () => all() === n)
    await subscription.stop()
  })

  it('lets no member go on from where it was, that slept while the others had its partitions', async () => {
    const bus = await open({ partitions: 4 })
    await publishSurely(bus, 0, 300)
    const member = await startMember(100)
    await until('it has begun', () => member.handled.length >= 20)
    member.child.kill('SIGSTOP')
    const taken: BusRecord[] = []
    const subscription = bus.subscribe('mentions.collected', 'g', async (records) => void taken.push(...records))
    const all = () => new Set([...numbersOf(taken), ...member.handled]).size
    await until('everything is taken', () => all() === 300)
    await until('everything is committed', async () => (await bus.lag('mentions.collected', 'g')) === 0)
    const handled = member.handled.length
    member.child.kill('SIGCONT')
    await publishSurely(bus, 300, 100)
    await until('the rest is taken', () => all() === 400)
    // At most the slice at hand, and a slice of what it had fetched before it learned of it, are done again.
    const again = member.handled.slice(handled).filter((n) => n < 300)
    expect(again.length).toBeLessThanOrEqual(10)
    expect(await bus.lag('mentions.collected', 'g')).toBeLessThanOrEqual(100)
    await subscription.stop()
  })
})

describe('the Kafka bus over TLS, signed in', () => {
  it('gets in with the right secret and certificate alone', async () => {
    const broker = await startKafka({ sasl: true, tls: true })
    try {
      const namespace = freshNamespace()
      const ca = readFileSync(broker.caFile ?? '', 'utf8')
      const login = broker.login ?? { username: '', password: '' }
      const options = { namespace, brokers: [broker.address], tls: { ca } }
      for (const mechanism of ['scram-sha-512', 'plain'] as const) {
        const bus = await openBus({ ...options, sasl: { mechanism, ...login } })
        await bus.publish('mentions.indexed', [numbered(1)])
        const taken: BusRecord[] = []
        const subscription = bus.subscribe(
          'mentions.indexed',
          mechanism,
          async (records) => void taken.push(...records),
        )
        await until('it is taken', () => taken.length > 0)
        await subscription.stop()
        await bus.close()
      }
      const log = keptLog()
      const wrong = { mechanism: 'scram-sha-512' as const, username: login.username, password: 'planted-secret' }
      const refused: unknown = await openBus({ ...options, log, sasl: wrong }).catch((error: unknown) => error)
      expect(refused).toMatchObject({ reason: 'unauthorized', retryable: true })
      expect(JSON.stringify([String(refused), log.lines])).not.toContain('planted-secret')
      const stranger = { ...options, tls: { ca: undefined }, sasl: { mechanism: 'plain' as const, ...login } }
      await expect(openBus(stranger)).rejects.toMatchObject({ reason: 'unavailable' })
    } finally {
      await broker.remove()
    }
  })
})
