import type { Clock } from '../clock.js'
import { backOffMs } from '../back-off.js'
import type { Log } from '../log.js'
import { assignPartitions, decodeClaim, encodeClaim, type Claim } from './assignment.js'
import { MemberAssignment, MemberMetadata, within } from './client.js'
import { asKafkaFailure, kafkaErrorType } from './failures.js'
import type { Health } from './health.js'
import type { InnerBroker, Link, SharedLink } from './link.js'

export interface GroupMemberParts {
  readonly link: SharedLink
  readonly groupId: string
  /** As the brokers call it. */
  readonly topic: string
  /** The partition on which a handler is at work. */
  readonly busy: () => number | undefined
  /** What this member may read from now on; partitions that are not in it are another's. Called with none when the group may have dropped this member. */
  readonly onAssigned: (partitions: readonly number[]) => void
  /** Resolves once no handler runs: a member that was dropped must not read beside its own past. */
  readonly idle: () => Promise<void>
  readonly clock: Clock
  readonly log: Log
  readonly health: Health
}

interface Membership {
  readonly memberId: string
  readonly generation: number
  readonly partitions: readonly number[]
}

/** A member that is silent for so long is dropped by the group, and its partitions go to the others. */
export const SESSION_MS = 8_000
const HEARTBEAT_MS = 500
const REBALANCE_MS = 10_000
const LEAVE_MS = 1_500
/** A join waits for a sign of life of the others. Breaking it off would leave a member that nobody is, with partitions that nobody reads, for a session. */
const LEAVE_JOINING_MS = 4_000
const MAX_BACK_OFF_MS = 3_000
const PROTOCOL = 'rabta-busy-stays'
const DROPPED = new Set(['UNKNOWN_MEMBER_ID', 'ILLEGAL_GENERATION', 'FENCED_INSTANCE_ID', 'FENCED_MEMBER_EPOCH'])

/**
 * One member of a consumer group, for one topic: joins, says twice a second that it lives, rejoins when others come and go, through any outage.
 * It rejoins while a handler is at work, which is safe because the partition of the handler is claimed as busy and stays (assignment.ts).
 */
export class GroupMember {
  readonly #parts: GroupMemberParts
  readonly #stopping = new AbortController()
  #membership: Membership | undefined
  #memberId = ''
  /** What was held in the generation before, said when rejoining; empty once it may be another's. */
  #held: { generation: number; owned: readonly number[] } = { generation: -1, owned: [] }
  #heardAt = 0
  #partitionsOfTopic = 0
  #settled: (() => void)[] = []

  constructor(parts: GroupMemberParts) {
    this.#parts = parts
  }

  /** Whether this member has its place in the present generation, so that new work may begin. */
  get settled(): boolean {
    return this.#membership !== undefined
  }

  /** Resolves when it has, when it was dropped, or when it is stopped: look again. */
  whenSettled(): Promise<void> {
    if (this.settled || this.#stopping.signal.aborted) return Promise.resolve()
    return new Promise((resolve) => this.#settled.push(resolve))
  }

  /** Runs until `stop`. Never throws. */
  async run(): Promise<void> {
    const { link, clock, groupId, health } = this.#parts
    const { signal } = this.#stopping
    let failures = 0
    while (!signal.aborted) {
      let used: Link | undefined
      try {
        used = await link.get()
        if (this.#membership === undefined) await this.#join(used)
        else await this.#beat(used)
        this.#heardAt = clock.now()
        failures = 0
        health.well(`group ${groupId}`)
        if (this.settled) await clock.sleep(HEARTBEAT_MS, signal)
      } catch (error) {
        if (signal.aborted) return
        await this.#mend(error, used, failures++)
      }
    }
  }

  /** Commits the position of a partition that is this member's now. Throws what the brokers say. */
  async commit(partition: number, next: number): Promise<void> {
    const { link, groupId, topic } = this.#parts
    const membership = this.#membership
    if (membership === undefined) throw new Error('not a member now')
    const used = await link.get()
    try {
      await used.coordinate(groupId, (coordinator) =>
        coordinator.offsetCommit({
          groupId,
          groupGenerationId: membership.generation,
          memberId: membership.memberId,
          topics: [{ topic, partitions: [{ partition, offset: String(next) }] }],
        }),
      )
    } catch (error) {
      if (!this.#isOfGroup(error)) used.kill()
      throw error
    }
  }

  /** Ends `run` and leaves the group, so that the others need not wait for the session to run out; within four seconds, heard or not. */
  async leave(): Promise<void> {
    const { link, groupId, clock } = this.#parts
    this.#stopping.abort(new Error('the member leaves'))
    this.#wake()
    const left = link.get().then((used) =>
      // Behind a join that is under way, which may give this member its id only now.
      used.coordinate(groupId, async (coordinator) => {
        if (this.#memberId !== '') await coordinator.leaveGroup({ groupId, memberId: this.#memberId })
      }),
    )
    await within(clock, this.settled ? LEAVE_MS : LEAVE_JOINING_MS, left).catch(() => undefined)
    link.close()
  }

  async #join(link: Link): Promise<void> {
    const { groupId, topic, busy, log } = this.#parts
    this.#partitionsOfTopic = (await link.partitions(topic, true)).length
    const membership = await link.coordinate(groupId, async (coordinator) => {
      const userData = encodeClaim({ ...this.#held, busy: this.#held.generation < 0 ? undefined : busy() })
      const joined = await coordinator.joinGroup({
        groupId,
        sessionTimeout: SESSION_MS,
        rebalanceTimeout: REBALANCE_MS,
        memberId: this.#memberId,
        groupProtocols: [
          { name: PROTOCOL, metadata: MemberMetadata.encode({ version: 1, topics: [topic], userData }) },
        ],
      })
      this.#memberId = joined.memberId
      return this.#sync(coordinator, joined, link)
    })
    if (this.#stopping.signal.aborted) return
    this.#membership = membership
    this.#held = { generation: membership.generation, owned: membership.partitions }
    this.#parts.onAssigned(membership.partitions)
    this.#wake()
    log.info('kafka group joined', { group: groupId, topic, partitions: membership.partitions.join(' ') })
  }

  async #sync(
    coordinator: InnerBroker,
    joined: Awaited<ReturnType<InnerBroker['joinGroup']>>,
    link: Link,
  ): Promise<Membership> {
    const { groupId, topic } = this.#parts
    const { generationId: generation, memberId, leaderId, members } = joined
    const claims = memberId === leaderId ? members.flatMap(claimOf) : []
    const answer = await coordinator.syncGroup({
      groupId,
      generationId: generation,
      memberId,
      groupAssignment: claims.length === 0 ? [] : await this.#assign(claims, link),
    })
    const assigned = answer.memberAssignment.length === 0 ? null : MemberAssignment.decode(answer.memberAssignment)
    return { memberId, generation, partitions: assigned?.assignment[topic] ?? [] }
  }

  async #assign(claims: readonly Claim[], link: Link): Promise<{ memberId: string; memberAssignment: Buffer }[]> {
    const partitions = new Map<string, readonly number[]>()
    for (const topic of new Set(claims.flatMap(({ topics }) => topics)))
      partitions.set(topic, await link.partitionsWithin(topic))
    return [...assignPartitions(claims, partitions)].map(([memberId, topics]) => ({
      memberId,
      memberAssignment: MemberAssignment.encode({
        version: 1,
        assignment: Object.fromEntries(Object.entries(topics).map(([topic, ids]) => [topic, [...ids]])),
        userData: Buffer.alloc(0),
      }),
    }))
  }

  async #beat(link: Link): Promise<void> {
    const { groupId, topic } = this.#parts
    const membership = this.#membership
    if (membership === undefined) return
    await link.coordinate(groupId, (coordinator) =>
      coordinator.heartbeat({ groupId, groupGenerationId: membership.generation, memberId: membership.memberId }),
    )
    const partitions = await link.partitions(topic)
    // Somebody added partitions: joining again has them given out.
    if (partitions.length !== this.#partitionsOfTopic) this.#membership = undefined
  }

  async #mend(error: unknown, link: Link | undefined, failures: number): Promise<void> {
    const { groupId, clock, log, health } = this.#parts
    const type = kafkaErrorType(error)
    if (type === 'REBALANCE_IN_PROGRESS') {
      this.#membership = undefined
      return
    }
    if (DROPPED.has(type)) {
      log.warn('kafka group went on without this member, which joins anew', { group: groupId, detail: type })
      if (type === 'UNKNOWN_MEMBER_ID') this.#memberId = ''
      return this.#drop()
    }
    link?.kill()
    const failure = asKafkaFailure(error, `the group ${groupId} cannot be reached`)
    if (failures > 0) health.failed(`group ${groupId}`, failure.message)
    if (failures === 1) log.warn('kafka group out of reach, trying again', { group: groupId, detail: failure.message })
    if (this.#held.generation >= 0 && clock.now() - this.#heardAt > SESSION_MS) await this.#drop()
    const waitMs = backOffMs(failures, Math.random, 100, MAX_BACK_OFF_MS)
    await clock.sleep(waitMs, this.#stopping.signal).catch(() => undefined)
  }

  /** The partitions may be another's by now: nothing is claimed, and no work begins before what is at work has ended. */
  async #drop(): Promise<void> {
    this.#membership = undefined
    this.#held = { generation: -1, owned: [] }
    this.#parts.onAssigned([])
    // A commit that waits for its turn must see that the partition is gone, or both would wait for each other.
    this.#wake()
    await this.#parts.idle()
  }

  #isOfGroup(error: unknown): boolean {
    const type = kafkaErrorType(error)
    return type === 'REBALANCE_IN_PROGRESS' || DROPPED.has(type)
  }

  #wake(): void {
    for (const settled of this.#settled.splice(0)) settled()
  }
}

function claimOf(member: { readonly memberId: string; readonly memberMetadata: Buffer }): Claim[] {
  const said = MemberMetadata.decode(member.memberMetadata)
  return said === null ? [] : [{ memberId: member.memberId, topics: said.topics, ...decodeClaim(said.userData) }]
}
