import { startPostgres } from './servers/postgres.js'

/** A PostgreSQL for the tests of all that stands on the records, or the one that RABTA_TEST_RECORDS names. */
export default async function setup(): Promise<() => Promise<void>> {
  if (process.env['RABTA_TEST_RECORDS'] !== undefined) return async () => undefined
  const server = await startPostgres()
  process.env['RABTA_TEST_RECORDS'] = server.address
  return () => server.remove()
}
