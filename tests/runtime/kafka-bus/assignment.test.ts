import fc from 'fast-check'
import { expect, it } from 'vitest'
import { assignPartitions, decodeClaim, encodeClaim, type Claim } from '../../../runtime/kafka-bus/assignment.js'

const range = (count: number) => Array.from({ length: count }, (_, n) => n)

/** Members that partly remember a generation before, each at work on one of its partitions or on none. */
const groups = fc
  .record({
    partitions: fc.integer({ min: 1, max: 30 }),
    members: fc.array(
      fc.record({ generation: fc.integer({ min: -1, max: 4 }), takes: fc.array(fc.nat(29)), works: fc.boolean() }),
      { minLength: 1, maxLength: 12 },
    ),
  })
  .map(({ partitions, members }) => {
    const claims: Claim[] = members.map(({ generation, takes, works }, index) => {
      const owned = generation < 0 ? [] : [...new Set(takes.map((partition) => partition % partitions))]
      return { memberId: `m${index}`, topics: ['t'], generation, owned, busy: works ? owned[0] : undefined }
    })
    return { partitions: range(partitions), claims }
  })

it('gives every partition to one member, evenly, whatever was claimed', () => {
  fc.assert(
    fc.property(groups, ({ partitions, claims }) => {
      const shares = [...assignPartitions(claims, new Map([['t', partitions]])).values()].map((own) => own['t'] ?? [])
      expect(shares.flat().sort((a, b) => a - b)).toEqual(partitions)
      const sizes = shares.map((own) => own.length)
      expect(Math.max(...sizes) - Math.min(...sizes)).toBeLessThanOrEqual(1)
    }),
    { seed: 5, numRuns: 2_000 },
  )
})

it('leaves a partition with the member that is at work on it, unless a later generation claims it', () => {
  fc.assert(
    fc.property(groups, ({ partitions, claims }) => {
      const assignment = assignPartitions(claims, new Map([['t', partitions]]))
      for (const { memberId, busy, generation } of claims) {
        if (busy === undefined) continue
        const disputed = claims.some(
          (other) =>
            other.memberId !== memberId &&
            (other.generation > generation || (other.generation === generation && other.busy === busy)) &&
            (other.owned.includes(busy) || other.busy === busy),
        )
        if (!disputed) expect(assignment.get(memberId)?.['t']).toContain(busy)
      }
    }),
    { seed: 6, numRuns: 2_000 },
  )
})

it('moves no partition when nobody came or left', () => {
  const claims: Claim[] = [
    { memberId: 'a', topics: ['t'], generation: 3, owned: [0, 3], busy: undefined },
    { memberId: 'b', topics: ['t'], generation: 3, owned: [1, 2, 4], busy: 2 },
  ]
  const assignment = assignPartitions(claims, new Map([['t', range(5)]]))
  expect(Object.fromEntries([...assignment].map(([member, own]) => [member, [...(own['t'] ?? [])].sort()]))).toEqual({
    a: [0, 3],
    b: [1, 2, 4],
  })
})

it('gives a topic only to members that want it', () => {
  const none = { generation: -1, owned: [], busy: undefined }
  const claims: Claim[] = [
    { memberId: 'a', topics: ['t'], ...none },
    { memberId: 'b', topics: ['u'], ...none },
  ]
  const assignment = assignPartitions(claims, new Map(['t', 'u'].map((topic) => [topic, range(2)])))
  expect(Object.fromEntries(assignment)).toEqual({ a: { t: [0, 1] }, b: { u: [0, 1] } })
})

it('reads back a claim, and takes what is none for none', () => {
  const claim = { generation: 7, owned: [1, 5], busy: 5 }
  expect(decodeClaim(encodeClaim(claim))).toEqual(claim)
  const none = { generation: -1, owned: [], busy: undefined }
  for (const bytes of ['', 'x', 'null', '[]', '{"owned":1}', '7']) expect(decodeClaim(Buffer.from(bytes))).toEqual(none)
  expect(decodeClaim(null)).toEqual(none)
})
