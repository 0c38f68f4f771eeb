import { expect, it } from 'vitest'
import { createReopens, type OwnAccounts } from '../../ingest/reopen.js'
import { createMetrics } from '../../runtime/metrics.js'
import type { DeadLetter } from '../../schemas/dead-letter.js'
import type { Change } from '../../schemas/mention.js'
import { FakeClock } from '../support/fake-clock.js'
import { MemoryBus } from '../support/memory-bus.js'

const OWN: OwnAccounts = {
  x: [{ userId: '42', handle: 'KP_Police1' }],
  facebookPages: ['100'],
  android: { bySim: new Map([['1', '+923000000801']]) },
}

async function reopened(origin: string, value: unknown, own: OwnAccounts = OWN): Promise<Change[]> {
  const bus = new MemoryBus()
  const open = createReopens({ bus, clock: new FakeClock(), metrics: createMetrics(), own })(origin)
  const at = '2026-11-22T04:00:00.000Z'
  const letter: DeadLetter = { schema: 'rabta.dead-letter/1', id: 'l', origin, key: 'k', value, reason: 'unknown-shape', detail: '', attempts: 1, at } // prettier-ignore
  await open?.(letter)
  return bus.values('mentions.collected') as Change[]
}

const comment = (from: string) => ({
  object: 'page',
  entry: [
    {
      id: '100',
      time: 1795319900,
      changes: [
        {
          field: 'feed',
          value: {
            item: 'comment',
            verb: 'add',
            comment_id: '7_8',
            post_id: '100_7',
            parent_id: '100_7',
            from: { id: from, name: 'A' },
            message: 'words',
            created_time: 1795319900,
          },
        },
      ],
    },
  ],
})

it('a reopened letter is read as who we are: our own words are no mention', async () => {
  expect(await reopened('hooks/facebook', comment('100'))).toEqual([])
  expect(await reopened('hooks/facebook', comment('200'))).toHaveLength(1)
  const page = { data: [{ id: '9', text: '@KP_Police1 help', author_id: '1', created_at: '2026-11-22T03:00:00.000Z' }] }
  expect(await reopened('sources/x-mentions', page)).toMatchObject([{ mention: { account: 'KP_Police1' } }])
})

it('an SMS of a phone has the id and the number of ours that it had at the door', async () => {
  const event = {
    id: 'e1',
    event: 'sms:received',
    deviceId: 'd',
    payload: { messageId: 'abc', message: 'help', phoneNumber: '+923000000001', simNumber: 1, receivedAt: '2026-11-22T03:00:00.000Z' }, // prettier-ignore
  }
  expect(await reopened('hooks/sms-android', event)).toMatchObject([
    { mention: { account: '+923000000801', conversation: 'sms:+923000000801:+923000000001' } },
  ])
})

it('knows no door of what came by none', async () => {
  const parts = { bus: new MemoryBus(), clock: new FakeClock(), metrics: createMetrics(), own: OWN }
  expect(createReopens(parts)('archive/group')).toBeUndefined()
  expect(createReopens(parts)('sources/unknown')).toBeUndefined()
})
