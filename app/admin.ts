import { generatePassword, type Users } from '../desk/users.js'

const ADMIN = 'admin'

/** Makes the first user where there is none. Answers the password to print, if it was generated here. */
export async function ensureAdministrator(
  users: Users,
  givenPassword: string,
): Promise<{ username: string; password: string } | undefined> {
  if ((await users.list()).length > 0) return undefined
  const password = givenPassword === '' ? generatePassword() : givenPassword
  await users.add(ADMIN, password, 'administrator')
  return givenPassword === '' ? { username: ADMIN, password } : undefined
}
