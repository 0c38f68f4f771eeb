import { systemClock } from '../../../runtime/clock.js'
import { openKafkaBus } from '../../../runtime/kafka-bus/kafka-bus.js'

/** A member of a group in a process of its own, to be killed: prints each number it handled, and takes its time over each batch. */
const [broker = '', namespace = '', waitMs = '0'] = process.argv.slice(2)
const quiet = { info: () => undefined, warn: () => undefined, error: () => undefined }

const bus = await openKafkaBus({
  brokers: [broker],
  namespace,
  partitions: 4,
  replicationFactor: 1,
  tls: undefined,
  sasl: undefined,
  clientId: 'member-process',
  clock: systemClock,
  log: quiet,
})
bus.subscribe(
  'mentions.collected',
  'g',
  async (records) => {
    for (const { value } of records) process.stdout.write(`${(value as { n: number }).n}\n`)
    await systemClock.sleep(Number(waitMs))
  },
  { maxBatch: 5 },
)
