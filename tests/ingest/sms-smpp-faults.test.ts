import fc from 'fast-check'
import { expect, it } from 'vitest'
import { Failure } from '../../runtime/failure.js'
import type { SmscFault } from '../../simulators/smsc/faults.js'
import { startHouse, until } from './sms-smpp-house.js'

const faults: readonly SmscFault[] = [
  { on: 'deliver', kind: 'drop' },
  { on: 'deliver', kind: 'duplicate' },
  { on: 'bind', kind: 'refuse' },
  { on: 'submit', kind: 'throttle', times: 2 },
  { on: 'submit', kind: 'drop' },
  { on: 'submit', kind: 'drop-before' },
  { on: 'submit', kind: 'slow', waitMs: 50 },
]
const LONG = 'دریا کا پانی سڑک پر آ گیا ہے اور لوگ چھتوں پر پھنسے ہوئے ہیں، جلدی کریں۔ 😀 '

it('through random faults every message comes in once, goes out at most once, and receipts match', async () => {
  const signal = new AbortController().signal
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.constantFrom(...faults, 'bus' as const, 'cut' as const), { maxLength: 8 }),
      async (planned) => {
        const house = await startHouse({
          smsc: { ids: { answer: 'hex', receipt: 'decimal' } },
          link: { confirmMs: 300_000 },
        })
        try {
          await house.ready()
          const wanted: string[] = []
          const accepted: { platformId: string; text: string }[] = []
          for (const [index, fault] of [...planned, undefined].entries()) {
            if (fault === 'bus') house.shelf.failing += 1
            else if (fault === 'cut') house.smsc.dropLinks()
            else if (fault !== undefined) house.smsc.fail(fault)
            const text = `${index} ${LONG.repeat((index % 3) + 1)}`
            wanted.push(text)
            house.smsc.receive({ from: `92300000000${index}`, to: '8333', text })
            const answer = `answer ${index} ${LONG.repeat(index % 2)}`
            await house.client
              .send({ from: '8333', to: `+92300000000${index}`, text: answer, id: `o${index}` }, signal)
              .then(({ platformId }) => accepted.push({ platformId, text: answer }))
              .catch((error: unknown) => expect(error).toBeInstanceOf(Failure))
          }
          house.smsc.heal()
          await house.smsc.idle()
          await until(() => wanted.every((text) => house.shelf.texts().includes(text)), 'every message')
          await until(
            () => accepted.every(({ platformId }) => house.shelf.statuses.get(platformId) === 'delivered'),
            'receipts',
          )
          expect(house.shelf.texts().sort()).toEqual([...wanted].sort())
          const sent = house.smsc.sent().map((sms) => sms.text)
          expect(new Set(sent).size).toBe(sent.length)
          for (const { text } of accepted) expect(sent).toContain(text)
        } finally {
          await house.stop()
        }
      },
    ),
    { seed: 5, numRuns: 12 },
  )
}, 120_000)
