import { systemClock } from '../../../runtime/clock.js'
import { openPostgresRecords } from '../../../runtime/records/postgres.js'

/** A process of its own that takes the turn `killed`, says so, and keeps it until it is killed. */
const [url = '', schema = ''] = process.argv.slice(-2)
const quiet = { info: () => undefined, warn: () => undefined, error: () => undefined }

const { alone } = await openPostgresRecords({
  url,
  password: undefined,
  ca: undefined,
  schema,
  poolSize: 2,
  clock: systemClock,
  log: quiet,
})
const keep = async () => {
  console.log('mine')
  for (;;) await systemClock.sleep(1000)
}
void alone.hold('killed', keep, new AbortController().signal)
