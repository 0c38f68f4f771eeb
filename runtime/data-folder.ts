import { chmodSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createHash } from 'node:crypto'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { Failure } from './failure.js'
import { Sqlite } from './sqlite.js'

export interface OwnedFolder {
  readonly path: string
  /** Gives the folder free; the system does so too when the process dies. */
  release(): void
}

/** Unix socket names hold about 100 bytes. */
const MAX_SOCKET_PATH = 100

/** Where the owner of a data folder listens for the commands meant for a running desk. */
export function localSocketPath(folder: string): string {
  const beside = join(resolve(folder), 'rabta.sock')
  if (Buffer.byteLength(beside) <= MAX_SOCKET_PATH) return beside
  return join(tmpdir(), `rabta-${createHash('sha256').update(resolve(folder)).digest('hex').slice(0, 24)}.sock`)
}

/**
 * Makes this process the one owner of a data folder, creating it (readable by its user alone) if need be. The claim is a lock that the operating
 * system holds, so it ends with the process however that dies. Throws a Failure `conflict` when another process owns it.
 */
export function ownDataFolder(folder: string): OwnedFolder {
  const path = resolve(folder)
  mkdirSync(path, { recursive: true, mode: 0o700 })
  chmodSync(path, 0o700)
  const pidFile = join(path, 'owner.pid')
  const lock = takeLock(join(path, 'owner.lock'), () => ownerOf(pidFile), path)
  try {
    writeFileSync(pidFile, `${process.pid}\n`, { mode: 0o600 })
  } catch {
    // A full disk must not keep the desk from starting: the pid is only for the words of a refusal.
  }
  return {
    path,
    release: () => {
      rmSync(pidFile, { force: true })
      lock.close()
    },
  }
}

function takeLock(file: string, owner: () => string, path: string): Sqlite {
  const lock = new Sqlite(file, { lockOnly: true })
  try {
    lock.exec('PRAGMA locking_mode = EXCLUSIVE; BEGIN EXCLUSIVE')
    return lock
  } catch (error) {
    lock.close()
    if (error instanceof Failure && error.reason === 'unavailable') {
      throw new Failure(
        'conflict',
        `the data folder ${path} belongs to a running rabta${owner()}: stop it first, or set RABTA_DATA to another folder`,
        {
          retryable: false,
          cause: error,
        },
      )
    }
    throw error
  }
}

function ownerOf(pidFile: string): string {
  try {
    return ` (process ${readFileSync(pidFile, 'utf8').trim()})`
  } catch {
    return ''
  }
}
