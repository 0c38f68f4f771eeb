import { generatePassword, type Users } from '../desk/users.js'
import { Failure } from '../runtime/failure.js'

const ADMIN = 'admin'

/** Makes the first user where there is none. Answers the password to print, if it was generated here. */
export async function ensureAdministrator(
  users: Users,
  givenPassword: string,
): Promise<{ username: string; password: string } | undefined> {
  if ((await users.list()).length > 0) return undefined
  const password = givenPassword === '' ? generatePassword() : givenPassword
  try {
    await users.add(ADMIN, password, 'administrator')
  } catch (error) {
    // Another desk on the same records was first: its password stands.
    if (error instanceof Failure && error.reason === 'conflict') return undefined
    throw error
  }
  return givenPassword === '' ? { username: ADMIN, password } : undefined
}
