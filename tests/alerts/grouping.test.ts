import { describe, expect, test } from 'vitest'
import { at, MINUTE, openHouse, partition, tell } from './house.js'

describe('one event rings once', () => {
  test('a bomb told by five people in their own words is one group', async () => {
    const house = await openHouse()
    for (const [n, minute] of [0, 3, 20, 70, 120].entries()) await house.write(tell({ id: `${n}`, minute }))
    const [alert, ...others] = await house.alerts()
    expect(others).toEqual([])
    expect(alert).toMatchObject({
      id: 'alert:x:0',
      count: 5,
      openedAt: at(0),
      lastAt: at(120),
      version: 5,
      lead: { mentionId: 'x:0' },
    })
    expect(new Set(house.rung().map((rung) => rung.rangAt)).size).toBe(1)
  })

  test('an hour and a half of silence later it is another event', async () => {
    const house = await openHouse()
    await house.write(tell({ id: 'a' }), tell({ id: 'b', minute: 91 }))
    expect(await house.alerts()).toHaveLength(2)
  })

  test('however long people talk, six hours after it began it rings anew', async () => {
    const house = await openHouse()
    for (let minute = 0; minute <= 420; minute += 60) await house.write(tell({ id: `${minute}`, minute }))
    expect((await house.alerts()).map((alert) => alert.count).sort()).toEqual([1, 7])
  })

  test('the same kind of event elsewhere, or who knows where, rings on its own', async () => {
    const house = await openHouse()
    await house.write(
      tell({ id: 'a' }),
      tell({ id: 'b', places: ['swat'] }),
      tell({ id: 'c', places: [] }),
      tell({ id: 'd', places: [] }),
    )
    expect(await house.alerts()).toHaveLength(4)
  })

  test('the place in the profile of a writer makes no same event', async () => {
    const house = await openHouse()
    const weak = tell({ id: 'b' })
    weak.tags.districts = [{ id: 'peshawar', confidence: 0.6, basis: 'author-place', evidence: [] }]
    await house.write(tell({ id: 'a' }), weak)
    const alerts = await house.alerts()
    expect(alerts).toHaveLength(2)
    expect(alerts.map((alert) => alert.districts)).toEqual([['peshawar'], ['peshawar']])
  })

  test('an ambiguous place is narrowed by who joins, and does not draw in the rest', async () => {
    const house = await openHouse()
    await house.write(
      tell({ id: 'dir', places: ['dir-lower', 'dir-upper', 'dir-central'] }),
      tell({ id: 'lower', minute: 1, places: ['dir-lower'] }),
    )
    expect(await house.alerts()).toHaveLength(1)
    await house.write(tell({ id: 'upper', minute: 2, places: ['dir-upper'] }))
    expect(partition(await house.alerts())).toEqual(['x:dir x:lower', 'x:upper'])
  })

  test('firing and a blast told within half an hour are one attack; the blast rings again', async () => {
    const house = await openHouse()
    await house.write(tell({ id: 'shots', category: 'violence' }))
    await house.clock.advance(5 * MINUTE)
    await house.write(tell({ id: 'blast', minute: 5 }))
    const [alert, ...others] = await house.alerts()
    expect(others).toEqual([])
    expect(alert).toMatchObject({ category: 'terrorism', rangAt: at(5), lead: { mentionId: 'x:blast' } })
    await house.write(tell({ id: 'murder', minute: 36, category: 'violence' }))
    expect(await house.alerts()).toHaveLength(2)
  })
})

describe('a personal crime has a victim each', () => {
  test.each(['extortion', 'harassment', 'direct_threat', 'missing', 'crime', 'misconduct'] as const)(
    'two of %s in one district are two',
    async (category) => {
      const house = await openHouse()
      await house.write(
        tell({ id: 'a', category, severity: 'high' }),
        tell({ id: 'b', minute: 1, category, severity: 'high' }),
      )
      expect(await house.alerts()).toHaveLength(2)
    },
  )

  test('two victims who write privately in nearly the same words are two', async () => {
    const house = await openHouse()
    const [a, b] = ['a', 'b'].map((id) =>
      tell({ id, category: 'extortion', public: false, copyOf: 'bhatta', words: 12 }),
    )
    if (a === undefined || b === undefined) throw new Error('both were told')
    b.tags.fingerprint = { simhash: flipOneBit(a.tags.fingerprint?.simhash ?? ''), tokens: 12 }
    await house.write(a, b)
    expect(await house.alerts()).toHaveLength(2)
  })

  test('three words from two private writers are two victims; a long text passed on is one', async () => {
    const house = await openHouse()
    const common = { category: 'extortion', public: false } as const
    await house.write(
      tell({ id: 'a', ...common, copyOf: 'help', words: 3 }),
      tell({ id: 'b', ...common, copyOf: 'help', words: 3 }),
    )
    expect(await house.alerts()).toHaveLength(2)
    await house.write(
      tell({ id: 'c', ...common, copyOf: 'chain', words: 40 }),
      tell({ id: 'd', ...common, copyOf: 'chain', words: 40 }),
    )
    expect(await house.alerts()).toHaveLength(3)
  })

  test('the same writer goes on: one group within two hours, and what is graver rings again', async () => {
    const house = await openHouse()
    const common = { category: 'extortion', author: 'zar', public: false } as const
    await house.write(tell({ id: 'a', severity: 'high', ...common }))
    await house.store.acknowledge('alert:whatsapp:a', 'duty', { districts: 'all' })
    await house.clock.advance(30 * MINUTE)
    await house.write(tell({ id: 'b', minute: 30, severity: 'high', places: [], ...common }))
    expect(await house.alerts()).toMatchObject([{ count: 2, status: 'acknowledged', rangAt: at(0) }])
    await house.write(tell({ id: 'c', minute: 30, severity: 'critical', ...common }))
    expect(await house.alerts()).toMatchObject([
      {
        count: 3,
        status: 'ringing',
        severity: 'critical',
        rangAt: at(30),
        acknowledgedAt: null,
        acknowledgedBy: null,
        lead: { mentionId: 'whatsapp:c' },
      },
    ])
    await house.write(tell({ id: 'd', minute: 151, severity: 'critical', ...common }))
    expect(await house.alerts()).toHaveLength(2)
  })

  test('the same writer telling of something else, or of somewhere else, rings on its own', async () => {
    const house = await openHouse()
    await house.write(
      tell({ id: 'a', author: 'page', category: 'extortion' }),
      tell({ id: 'b', author: 'page', category: 'missing', minute: 1 }),
      tell({ id: 'c', author: 'page', category: 'extortion', places: ['swat'], minute: 2 }),
    )
    expect(await house.alerts()).toHaveLength(3)
  })

  test('two writers whom the platform hides are not one writer', async () => {
    const house = await openHouse()
    const hidden = (id: string) => {
      const mention = tell({ id, category: 'extortion' })
      return {
        ...mention,
        channel: 'facebook' as const,
        conversation: 'facebook:post',
        author: { ...mention.author, id: null },
      }
    }
    await house.write(hidden('a'), hidden('b'))
    expect(await house.alerts()).toHaveLength(2)
  })

  test('a child taken, seen by many, is one; two families who write privately are two', async () => {
    const house = await openHouse()
    const taken = { category: 'kidnapping' } as const
    await house.write(tell({ id: 'seen', ...taken }), tell({ id: 'seen-too', minute: 2, ...taken }))
    expect(await house.alerts()).toHaveLength(1)
    await house.write(
      tell({ id: 'family', public: false, minute: 3, ...taken }),
      tell({ id: 'family-2', public: false, minute: 4, ...taken }),
    )
    expect(await house.alerts()).toHaveLength(3)
  })
})

describe('near-copies', () => {
  test('copies within a day are one, even where one of them names no place', async () => {
    const house = await openHouse()
    const copy = { copyOf: 'warning', category: 'crime', severity: 'high' } as const
    await house.write(
      tell({ id: 'a', ...copy }),
      tell({ id: 'b', minute: 700, places: [], ...copy }),
      tell({ id: 'c', minute: 1400, ...copy }),
    )
    expect(await house.alerts()).toMatchObject([{ count: 3 }])
  })

  test('the same sentence about two places is two dangers', async () => {
    const house = await openHouse()
    await house.write(tell({ id: 'a', copyOf: 'blast in' }), tell({ id: 'b', copyOf: 'blast in', places: ['swat'] }))
    expect(await house.alerts()).toHaveLength(2)
  })

  test('the same few words ten hours later are the next event', async () => {
    const house = await openHouse()
    await house.write(
      tell({ id: 'a', copyOf: 'blast', words: 4 }),
      tell({ id: 'b', copyOf: 'blast', words: 4, minute: 600 }),
    )
    expect(await house.alerts()).toHaveLength(2)
  })
})

test('a district that was not told before rings again', async () => {
  const house = await openHouse()
  await house.write(tell({ id: 'a' }))
  await house.clock.advance(4 * MINUTE)
  await house.write(tell({ id: 'b', minute: 4, places: ['peshawar', 'khyber'] }))
  expect(await house.alerts()).toMatchObject([{ districts: ['peshawar', 'khyber'], rangAt: at(4) }])
})

test('who comes late joins by when it was received', async () => {
  const house = await openHouse()
  await house.write(tell({ id: 'b', minute: 60 }), tell({ id: 'a', minute: 10 }), tell({ id: 'c', minute: 145 }))
  expect(await house.alerts()).toMatchObject([{ count: 3, openedAt: at(10), lastAt: at(145) }])
})

test('what arrived days ago still rings and is listed', async () => {
  const house = await openHouse()
  await house.clock.advance(5 * 1440 * MINUTE)
  await house.write(tell({ id: 'old' }), tell({ id: 'old-2', minute: 1 }))
  expect(await house.alerts()).toMatchObject([{ status: 'ringing', count: 2, openedAt: at(0), rangAt: at(5 * 1440) }])
  expect(house.rung()).toHaveLength(1)
})

test('no danger: nothing is written and nothing rings', async () => {
  const house = await openHouse()
  await house.write(
    tell({ id: 'a', alert: false, category: 'complaint' }),
    tell({ id: 'b', alert: false, category: 'terrorism' }),
  )
  expect(house.rung()).toEqual([])
  expect(await house.records.selectFrom('alert_mentions').selectAll().execute()).toEqual([])
})

test('only the first hundred members are named, all are counted', async () => {
  const house = await openHouse()
  await house.write(...Array.from({ length: 130 }, (_, n) => tell({ id: `${n}`, minute: n / 10 })))
  const [alert] = await house.alerts()
  expect(alert?.count).toBe(130)
  expect(alert?.mentionIds).toHaveLength(100)
})

const flipOneBit = (simhash: string) => (simhash.startsWith('0') ? `1${simhash.slice(1)}` : `0${simhash.slice(1)}`)
