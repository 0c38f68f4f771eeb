import { readFileSync } from 'node:fs'
import { EXIT } from '../exit-codes.js'
import type { Operations } from '../operations.js'

export async function userAdd(
  operations: Operations,
  output: NodeJS.WritableStream,
  username: string,
  passwordFile: string | undefined,
): Promise<number> {
  const given = passwordFile === undefined ? undefined : readFileSync(passwordFile, 'utf8').trim()
  const { user, password } = await operations.addUser(username, given)
  output.write(`${user.username} may sign in as ${user.role}\n`)
  if (password !== undefined) output.write(`password: ${password}\nIt is shown this once and kept nowhere.\n`)
  return EXIT.done
}

export async function userList(operations: Operations, output: NodeJS.WritableStream): Promise<number> {
  for (const { username, role, disabled } of await operations.users())
    output.write(`${username}\t${role}\t${disabled ? 'disabled' : 'active'}\n`)
  return EXIT.done
}

export async function userDisable(
  operations: Operations,
  output: NodeJS.WritableStream,
  username: string,
): Promise<number> {
  await operations.disableUser(username)
  output.write(`${username} may no longer sign in, and is signed out everywhere\n`)
  return EXIT.done
}
