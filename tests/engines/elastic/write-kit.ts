import { randomBytes } from 'node:crypto'
import { Client } from '@elastic/elasticsearch'
import { inject } from 'vitest'
import {
  openElasticMentionIndex,
  type ElasticMentionIndex,
  type ElasticMentionIndexOptions,
} from '../../../index/elastic/elastic-mention-index.js'
import { systemClock } from '../../../runtime/clock.js'
import type { Log } from '../../../runtime/log.js'

export const silent: Log = { info: () => undefined, warn: () => undefined, error: () => undefined }

/** Options of an index of its own name on the engine of this run. */
export const freshOptions = (): ElasticMentionIndexOptions => ({
  nodes: [inject('engines').elastic],
  auth: undefined,
  ca: undefined,
  name: `elasticwrite-${randomBytes(5).toString('hex')}`,
  shards: 1,
  replicas: 0,
  clock: systemClock,
  log: silent,
})

/** The engine itself, for what a test plants and looks at. */
export const rawClient = (): Client => new Client({ node: inject('engines').elastic })

export async function removeAll(client: Client, name: string): Promise<void> {
  const found = Object.keys(await client.indices.get({ index: `${name}-*`, expand_wildcards: 'all' }))
  if (found.length > 0) await client.indices.delete({ index: found })
  const { index_templates: templates } = await client.indices.getIndexTemplate({ name: `${name}-*` })
  for (const { name: template } of templates) await client.indices.deleteIndexTemplate({ name: template })
}

export interface OpenIndex {
  readonly index: ElasticMentionIndex
  readonly options: ElasticMentionIndexOptions
  readonly client: Client
  destroy(): Promise<void>
}

export async function openFresh(overrides: Partial<ElasticMentionIndexOptions> = {}): Promise<OpenIndex> {
  const options = { ...freshOptions(), ...overrides }
  const index = await openElasticMentionIndex(options)
  const client = rawClient()
  return {
    index,
    options,
    client,
    destroy: async () => {
      await index.close()
      await removeAll(client, options.name)
      await client.close()
    },
  }
}
