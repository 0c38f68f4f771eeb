import { hash, verify } from '@node-rs/argon2'
import { randomBytes, randomUUID } from 'node:crypto'
import type { Clock } from '../runtime/clock.js'
import { Failure } from '../runtime/failure.js'
import type { Records } from '../runtime/records/tables.js'
import { inTransaction } from '../runtime/records/transact.js'
import type { Role, User } from '../schemas/user.js'

const MIN_PASSWORD = 12
const MAX_PASSWORD = 256
/** OWASP's least for Argon2id. */
const COST = { memoryCost: 19_456, timeCost: 2, parallelism: 1 }
const USERNAME = /^[a-z0-9][a-z0-9._-]{1,62}$/

/** Who may sign in. Passwords are kept as Argon2id hashes alone. */
export interface Users {
  list(): Promise<readonly User[]>
  /** Throws a Failure `invalid-payload` or `conflict`. */
  add(username: string, password: string, role: Role): Promise<User>
  /** Ends the user's sessions too. Throws a Failure `not-found`. */
  disable(username: string): Promise<void>
  /** The user, if name and password are right and the user is not disabled; takes equally long where nobody has that name. */
  verify(username: string, password: string): Promise<User | undefined>
}

/** Keyboards spell the same letters with different code points, in Urdu above all. */
const typed = (password: string) => password.normalize('NFKC')

const toUser = (row: { id: string; username: string; role: string; disabled: number }): User => ({
  id: row.id,
  username: row.username,
  role: row.role as Role,
  disabled: row.disabled === 1,
})

/** A password that a person can type: 20 letters and digits without look-alikes, about 98 bits. */
export function generatePassword(): string {
  const alphabet = 'abcdefghjkmnpqrstuvwxyz23456789'
  const letters: string[] = []
  while (letters.length < 20) {
    for (const byte of randomBytes(32))
      if (byte < 248 && letters.length < 20) letters.push(alphabet[byte % alphabet.length] ?? '')
  }
  return [0, 5, 10, 15].map((start) => letters.slice(start, start + 5).join('')).join('-')
}

export async function createUsers({ records, clock }: { records: Records; clock: Clock }): Promise<Users> {
  const nobody = await hash(randomBytes(16).toString('hex'), COST)
  return {
    list: async () => (await records.selectFrom('users').selectAll().orderBy('username').execute()).map(toUser),

    add: async (name, password, role) => {
      const username = name.trim().toLowerCase()
      if (!USERNAME.test(username)) {
        throw new Failure('invalid-payload', 'a username has 2 to 63 letters, digits, dots, dashes or underscores', {
          retryable: false,
        })
      }
      if (password.length < MIN_PASSWORD || password.length > MAX_PASSWORD) {
        throw new Failure('invalid-payload', `a password has ${MIN_PASSWORD} to ${MAX_PASSWORD} characters`, {
          retryable: false,
        })
      }
      const row = {
        id: randomUUID(),
        username,
        role,
        password_hash: await hash(typed(password), COST),
        disabled: 0,
        created_at: clock.iso(),
      }
      const inserted = await records
        .insertInto('users')
        .values(row)
        .onConflict((conflict) => conflict.column('username').doNothing())
        .executeTakeFirst()
      if (inserted.numInsertedOrUpdatedRows === 0n)
        throw new Failure('conflict', `there is a user ${username} already`, { retryable: false })
      return toUser(row)
    },

    disable: async (username) => {
      const row = await records
        .selectFrom('users')
        .selectAll()
        .where('username', '=', username.trim().toLowerCase())
        .executeTakeFirst()
      if (row === undefined) throw new Failure('not-found', `there is no user ${username}`, { retryable: false })
      await inTransaction(records, async (transaction) => {
        await transaction.updateTable('users').set({ disabled: 1 }).where('id', '=', row.id).execute()
        await transaction.deleteFrom('sessions').where('user_id', '=', row.id).execute()
      })
    },

    verify: async (username, password) => {
      const row = await records
        .selectFrom('users')
        .selectAll()
        .where('username', '=', username.trim().toLowerCase())
        .executeTakeFirst()
      const right = password.length <= MAX_PASSWORD && (await verify(row?.password_hash ?? nobody, typed(password)))
      return row !== undefined && right && row.disabled === 0 ? toUser(row) : undefined
    },
  }
}
