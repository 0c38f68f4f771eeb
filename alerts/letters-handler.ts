import { CHANNELS, type Channel } from '../schemas/mention.js'
import type { DeadLetter } from '../schemas/dead-letter.js'
import type { Bus } from '../runtime/bus.js'
import type { Clock } from '../runtime/clock.js'
import type { Records } from '../runtime/records/tables.js'
import { inTransaction } from '../runtime/records/transact.js'
import type { StageHandler } from '../runtime/stage.js'
import { announce } from './announce.js'
import { GroupBook, memberRows } from './group-book.js'
import { join, openGroup, type Member } from './group.js'
import { MemberDays } from './member-days.js'
import { unjudgedFiring } from './rules/unjudged.js'

/** In `alert_mentions` and `mentionIds`, what is no mention but a dead letter. */
export const LETTER_PREFIX = 'dead:'

const mayHoldAMessage = ({ origin }: DeadLetter) => origin.startsWith('hooks/') || origin.startsWith('mentions.')

/** The channel it came by, from where it was refused or from what it is; `news` where nothing tells (nobody will try to answer it). */
function channelOf({ origin, key, value }: DeadLetter): Channel {
  const change = value as { channel?: unknown; mention?: { channel?: unknown } } | null
  const hints = [origin.split('/')[1], change?.mention?.channel, change?.channel, key.split(':')[0]]
  return CHANNELS.find((channel) => hints.includes(channel)) ?? 'news'
}

function memberOf(letter: DeadLetter): Member {
  return {
    id: `${LETTER_PREFIX}${letter.id}`,
    channel: channelOf(letter),
    lang: 'en',
    text: `Something from ${letter.origin} could not be read (${letter.reason}: ${letter.detail}). It may hold a message: look at the dead letters.`,
    writtenAt: letter.at,
    receivedAt: letter.at,
  }
}

/** Rings, after the same wait as any other unjudged message, for dead letters that may hold a citizen's message. Once a letter. */
export function createLettersHandler(parts: {
  records: Records
  bus: Bus
  clock: Clock
}): StageHandler<'mentions.dead'> {
  const { records, bus, clock } = parts
  return async (batch) => {
    const members = batch
      .map((record) => record.value)
      .filter(mayHoldAMessage)
      .map(memberOf)
    if (members.length === 0) return
    const groups = await inTransaction(records, async (transaction) => {
      const book = new GroupBook(
        transaction,
        await memberRows(
          transaction,
          members.map((member) => member.id),
        ),
        new MemberDays(),
      )
      const touched = new Set<string>()
      for (const member of members) touched.add(await enter(book, member, clock.iso()))
      await book.save()
      return (await Promise.all([...touched].map((id) => book.group(id)))).filter((group) => group !== undefined)
    })
    await announce(bus, groups)
  }
}

async function enter(book: GroupBook, member: Member, now: string): Promise<string> {
  const known = book.member(member.id)
  if (known !== undefined) return known.alert_id
  const firing = unjudgedFiring('letters', member.receivedAt, [])
  const id = `alert:${firing.group ?? member.id}`
  const group = await book.group(id)
  book.setGroup(group === undefined ? openGroup(id, member, firing, now) : join(group, member, firing, now))
  book.setMember({
    mention_id: member.id,
    alert_id: id,
    version: 1,
    simhash: '',
    tokens: 0,
    author: '',
    at: member.receivedAt,
  })
  return id
}
