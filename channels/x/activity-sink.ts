import type { Change } from '../../schemas/mention.js'
import { fields, label } from '../fields.js'
import type { Reading } from '../hook.js'
import { unread, type Unread } from '../unread.js'
import { accountName, type XAccount } from './accounts.js'

export interface ActivityContext {
  readonly source: string
  readonly receivedAt: string
  readonly accounts: readonly XAccount[]
}

/** Where the parts of a body go, and what each part is read with. */
export interface ActivitySink extends ActivityContext {
  readonly reading: { changes: Change[]; statuses: []; skipped: { reason: string }[]; unread: Unread[] }
  isOurs(userId: string | undefined): boolean
  /** Our account, as mentions carry it, of the user a subscription is for; null where none is said. */
  accountOf(userId: unknown): string | null
  skip(reason: string): void
  /** Kept as a body of its own, so that reading it again is the same call. */
  fail(body: unknown, detail: string): void
}

export function createActivitySink(context: ActivityContext): ActivitySink {
  const reading: ActivitySink['reading'] = { changes: [], statuses: [], skipped: [], unread: [] }
  const byId = new Map(context.accounts.map((account) => [account.userId, account]))
  return {
    ...context,
    reading,
    isOurs: (userId) => userId !== undefined && byId.has(userId),
    accountOf: (userId) => {
      const id = label(userId)
      const account = id === undefined ? undefined : byId.get(id)
      return account === undefined ? (id ?? null) : accountName(account)
    },
    skip: (reason) => void reading.skipped.push({ reason }),
    fail: (body, detail) => void reading.unread.push(unread(`hooks/${context.source}`, body, detail)),
  }
}

export const readingOf = ({ reading }: ActivitySink): Reading => reading

/** The user of that id in a map `{id: user}` or `{id: {data: user}}`. */
export function userIn(users: unknown, id: string | undefined) {
  const entry = id === undefined ? undefined : fields(fields(users)?.[id])
  return fields(entry?.['data']) ?? entry
}
