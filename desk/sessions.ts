import { createHash, randomBytes } from 'node:crypto'
import type { Clock } from '../runtime/clock.js'
import type { Records } from '../runtime/records/tables.js'
import type { Permission, Role, Scope, User } from '../schemas/user.js'
import { PERMISSIONS } from '../schemas/user.js'

/** A shift. */
const SESSION_MS = 12 * 60 * 60 * 1000

export interface SignedIn {
  readonly user: User
  readonly permissions: ReadonlySet<Permission>
  readonly scope: Scope
}

const PERMISSIONS_OF: Readonly<Record<Role, readonly Permission[]>> = { administrator: PERMISSIONS }

/** Who is signed in. The cookie holds 256 random bits; stored is their SHA-256 alone. */
export interface Sessions {
  /** The token for the cookie, and when it ends. */
  open(user: User): Promise<{ token: string; expiresAt: Date }>
  find(token: string): Promise<SignedIn | undefined>
  close(token: string): Promise<void>
}

const idOf = (token: string) => createHash('sha256').update(token).digest('hex')

export function createSessions({ records, clock }: { records: Records; clock: Clock }): Sessions {
  return {
    open: async (user) => {
      const token = randomBytes(32).toString('base64url')
      const now = clock.now()
      const expiresAt = new Date(now + SESSION_MS)
      await records.deleteFrom('sessions').where('expires_at', '<', clock.iso()).execute()
      await records
        .insertInto('sessions')
        .values({
          id: idOf(token),
          user_id: user.id,
          created_at: clock.iso(),
          seen_at: clock.iso(),
          expires_at: expiresAt.toISOString(),
        })
        .execute()
      return { token, expiresAt }
    },

    find: async (token) => {
      const row = await records
        .selectFrom('sessions')
        .innerJoin('users', 'users.id', 'sessions.user_id')
        .select(['users.id', 'users.username', 'users.role', 'users.disabled', 'sessions.expires_at'])
        .where('sessions.id', '=', idOf(token))
        .executeTakeFirst()
      if (row === undefined || row.disabled === 1 || row.expires_at <= clock.iso()) return undefined
      const role = row.role as Role
      return {
        user: { id: row.id, username: row.username, role, disabled: false },
        permissions: new Set(PERMISSIONS_OF[role]),
        scope: { districts: 'all' },
      }
    },

    close: async (token) => {
      await records.deleteFrom('sessions').where('id', '=', idOf(token)).execute()
    },
  }
}
