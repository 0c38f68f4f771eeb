import { migrateMentions } from '../../index/elastic/migrate.js'
import { systemClock } from '../../runtime/clock.js'
import { createCorrections } from '../../runtime/corrections/correction-store.js'
import { Failure } from '../../runtime/failure.js'
import { openKafkaBus } from '../../runtime/kafka-bus/kafka-bus.js'
import { createLog } from '../../runtime/log.js'
import { openPostgresRecords } from '../../runtime/records/postgres.js'
import type { Config } from '../config.js'
import { elasticOptions, kafkaOptions, postgresOptions } from '../engines.js'
import { EXIT } from '../exit-codes.js'

/** Copies the mentions into indices of today's mapping while search and writing go on, and switches to them. Can be started again where it was ended. */
export async function migrate(
  config: Config,
  output: NodeJS.WritableStream,
  { keepOld }: { keepOld: boolean },
): Promise<number> {
  const { bus: kafka, index, records: postgres } = config
  if (index === 'embedded')
    throw new Failure('invalid-payload', 'the embedded index brings itself up to date when it starts: nothing to do', {
      retryable: false,
    })
  if (kafka === 'embedded')
    throw new Failure('invalid-payload', 'what is written meanwhile is read from Kafka: set RABTA_BUS', {
      retryable: false,
    })
  if (postgres === 'embedded')
    throw new Failure('invalid-payload', 'what people corrected is read from PostgreSQL: set RABTA_RECORDS', {
      retryable: false,
    })
  const parts = { clock: systemClock, log: createLog(config.logLevel, process.stderr) }
  const stopping = new AbortController()
  for (const signal of ['SIGTERM', 'SIGINT'] as const)
    process.once(signal, () => stopping.abort(new Failure('stopped', 'the migration was stopped', { retryable: true })))
  const { records } = await openPostgresRecords(postgresOptions(config, postgres, parts))
  const corrections = createCorrections({ records, clock: systemClock })
  const bus = await openKafkaBus(kafkaOptions(config, kafka, parts)).catch(async (error: unknown) => {
    await records.destroy()
    throw error
  })
  try {
    const say = (line: string) => output.write(`${line}\n`)
    const done = await migrateMentions({
      ...elasticOptions(config, index, parts),
      bus,
      corrections,
      say,
      signal: stopping.signal,
      keepOld,
    })
    say(`${done.copied} copied from ${done.from} to ${done.to}, ${done.caughtUp} caught up from the bus`)
    return EXIT.done
  } finally {
    await bus.close()
    await records.destroy()
  }
}
