import type { TestProject } from 'vitest/node'
import { startElasticsearch } from './servers/elasticsearch.js'
import { startKafka } from './servers/kafka.js'
import { startPostgres } from './servers/postgres.js'
import type { Server } from './servers/server.js'

declare module 'vitest' {
  export interface ProvidedContext {
    /** Addresses: `host:port`, `http://…`, `postgres://…`. Shared by all tests of a run: make names of your own in them. */
    engines: { kafka: string; elastic: string; postgres: string }
  }
}

/** One of each for the whole run, or those that RABTA_TEST_KAFKA, RABTA_TEST_ELASTIC and RABTA_TEST_POSTGRES name. */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const started: Server[] = []
  const addressOf = async (named: string | undefined, start: () => Promise<Server>) => {
    if (named !== undefined && named !== '') return named
    const server = await start()
    started.push(server)
    return server.address
  }
  const end = async () => {
    await Promise.all(started.map((server) => server.remove()))
  }
  const addresses = await Promise.allSettled([
    addressOf(process.env['RABTA_TEST_KAFKA'], startKafka),
    addressOf(process.env['RABTA_TEST_ELASTIC'], startElasticsearch),
    addressOf(process.env['RABTA_TEST_POSTGRES'], startPostgres),
  ])
  const [kafka, elastic, postgres] = addresses.map((address) => (address.status === 'fulfilled' ? address.value : ''))
  const failures = addresses.flatMap((address) => (address.status === 'rejected' ? [address.reason as Error] : []))
  if (failures.length > 0) {
    await end()
    throw new AggregateError(failures, failures.map(({ message }) => message).join('\n'))
  }
  project.provide('engines', { kafka: kafka ?? '', elastic: elastic ?? '', postgres: postgres ?? '' })
  return end
}
