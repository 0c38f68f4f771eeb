import { describe } from 'vitest'
import {
  openElasticMentionIndex,
  type ElasticMentionIndexOptions,
} from '../../../index/elastic/elastic-mention-index.js'
import type { IndexUnderTest } from '../../contracts/mention-index-kit.js'
import { mentionIndexContract } from '../../contracts/mention-index.contract.js'
import { freshOptions, rawClient, removeAll } from './write-kit.js'

async function open(options: ElasticMentionIndexOptions = freshOptions()): Promise<IndexUnderTest> {
  const index = await openElasticMentionIndex(options)
  return {
    index,
    search: index,
    reopen: async () => {
      await index.close()
      return open(options)
    },
    destroy: async () => {
      await index.close()
      const client = rawClient()
      await removeAll(client, options.name)
      await client.close()
    },
  }
}

describe('the index in Elasticsearch', () => mentionIndexContract(() => open()))
