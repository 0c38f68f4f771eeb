/** What a member says of itself when it joins: what it had in the generation before, and which partition its handler is at work on. */
export interface Claim {
  readonly memberId: string
  readonly topics: readonly string[]
  readonly generation: number
  readonly owned: readonly number[]
  readonly busy: number | undefined
}

export type Assignment = ReadonlyMap<string, Readonly<Record<string, readonly number[]>>>

/**
 * Who reads which partition. Every partition of a topic goes to exactly one member that wants the topic, the numbers of any two differ by one at most;
 * a partition on which a member is at work stays with it, and of the rest as much as evenness lets stay where it was. So a handler is never
 * broken off because somebody joined or left, however slow it is.
 */
export function assignPartitions(
  claims: readonly Claim[],
  partitions: ReadonlyMap<string, readonly number[]>,
): Assignment {
  const assignment = new Map<string, Record<string, readonly number[]>>()
  for (const { memberId } of claims) assignment.set(memberId, {})
  for (const [topic, ids] of partitions) {
    const members = claims.filter((claim) => claim.topics.includes(topic))
    for (const [memberId, own] of assignTopic(members, ids)) {
      const topics = assignment.get(memberId)
      if (topics !== undefined && own.length > 0) topics[topic] = own
    }
  }
  return assignment
}

interface Share {
  readonly memberId: string
  readonly busy: number | undefined
  readonly kept: number[]
}

/** Two can claim one partition when one of them was away for a while: the later generation is right. */
function strongestOn(members: readonly Claim[], partition: number): Claim | undefined {
  const strength = (claim: Claim) => claim.generation * 2 + (claim.busy === partition ? 1 : 0)
  return members
    .filter((claim) => claim.busy === partition || claim.owned.includes(partition))
    .sort((a, b) => strength(b) - strength(a) || a.memberId.localeCompare(b.memberId))[0]
}

function assignTopic(members: readonly Claim[], partitions: readonly number[]): Map<string, number[]> {
  const shares: Share[] = members.map(({ memberId, busy }) => ({
    memberId,
    busy: busy !== undefined && strongestOn(members, busy)?.memberId === memberId ? busy : undefined,
    kept: [],
  }))
  for (const partition of partitions) {
    const owner = strongestOn(members, partition)?.memberId
    const share = shares.find(({ memberId }) => memberId === owner)
    if (share !== undefined) share.kept.splice(share.busy === partition ? 0 : share.kept.length, 0, partition)
  }
  shares.sort(
    (a, b) =>
      Number(b.busy !== undefined) - Number(a.busy !== undefined) ||
      b.kept.length - a.kept.length ||
      a.memberId.localeCompare(b.memberId),
  )
  const least = Math.floor(partitions.length / Math.max(1, shares.length))
  const withOneMore = largerShares(shares, least, partitions.length - least * shares.length)
  const assigned = new Map<string, number[]>()
  const taken = new Set<number>()
  for (const share of shares) {
    const own = share.kept.slice(0, least + Number(withOneMore.has(share.memberId)))
    for (const partition of own) taken.add(partition)
    assigned.set(share.memberId, own)
  }
  const free = partitions.filter((partition) => !taken.has(partition))
  for (const { memberId } of shares) {
    const own = assigned.get(memberId) ?? []
    own.push(...free.splice(0, least + Number(withOneMore.has(memberId)) - own.length))
  }
  return assigned
}

/** Who gets one more than the least: first who would lose its busy partition otherwise, then who has most. */
function largerShares(shares: readonly Share[], least: number, count: number): ReadonlySet<string> {
  const byNeed = least === 0 ? shares : [...shares].sort((a, b) => b.kept.length - a.kept.length)
  return new Set(byNeed.slice(0, count).map(({ memberId }) => memberId))
}

/** The claim as it travels in the join request. */
export function encodeClaim(claim: Pick<Claim, 'generation' | 'owned' | 'busy'>): Buffer {
  return Buffer.from(JSON.stringify({ generation: claim.generation, owned: claim.owned, busy: claim.busy ?? null }))
}

/** A claim that cannot be read is none: its member starts with nothing. */
export function decodeClaim(bytes: Buffer | null): Pick<Claim, 'generation' | 'owned' | 'busy'> {
  const none = { generation: -1, owned: [], busy: undefined }
  if (bytes === null || bytes.length === 0) return none
  try {
    const said = JSON.parse(bytes.toString()) as { generation?: unknown; owned?: unknown; busy?: unknown } | null
    if (said === null || typeof said !== 'object' || !Array.isArray(said.owned)) return none
    return {
      generation: Number.isSafeInteger(said.generation) ? (said.generation as number) : -1,
      owned: said.owned.filter((partition): partition is number => Number.isSafeInteger(partition)),
      busy: Number.isSafeInteger(said.busy) ? (said.busy as number) : undefined,
    }
  } catch {
    return none
  }
}
