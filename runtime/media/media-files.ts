import { createHash, randomBytes } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { mkdir, open, readdir, rename, rm, stat, statfs, type FileHandle } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import type { Readable } from 'node:stream'
import { Failure } from '../failure.js'
import { SAMPLE_BYTES } from './content-type.js'

/** A file on its way in: written piece by piece, named only once all of it is safe on the disk. */
export interface IncomingFile {
  readonly bytes: number
  /** Throws a Failure: `too-large` above the limit it was opened with, `storage-full` where the disk takes no more. */
  write(chunk: Uint8Array): Promise<void>
  /** Writes it through to the disk; nothing can be added afterwards. Throws a Failure `storage-full` as `write` does. */
  finish(): Promise<{ readonly sha256: string; readonly bytes: number; readonly head: Uint8Array }>
  /** Gives the finished file its name, its hash; a file that is there already stays. */
  keep(): Promise<void>
  /** Takes back what was not kept; may be called at any time, more than once. */
  discard(): Promise<void>
}

/**
 * Files named by the SHA-256 of their content, `ab/cd/<sha256>`, readable by the process's user alone. One process writes to the folder.
 * A file with a name is whole: it was written elsewhere, brought to the disk, and renamed.
 */
export interface MediaFiles {
  receive(maxBytes: number): Promise<IncomingFile>
  /** In bytes, or undefined where there is none. */
  size(sha256: string): Promise<number | undefined>
  /** The bytes from `start` to `end`, both counted in. The stream errors where the file is gone. */
  read(sha256: string, range: { readonly start: number; readonly end: number }): Readable
  remove(sha256: string): Promise<void>
  /** Removes what a killed process left half written. Only for a start, before anything is received. */
  clear(): Promise<void>
  freeBytes(): Promise<number>
}

const HASH = /^[0-9a-f]{64}$/

function diskFailure(error: unknown): unknown {
  const code = (error as { code?: unknown }).code
  if (code !== 'ENOSPC' && code !== 'EDQUOT') return error
  return new Failure('storage-full', 'the disk of the media folder is full: free some space', {
    retryable: true,
    cause: error,
  })
}

async function syncFolder(path: string): Promise<void> {
  const handle = await open(path, 'r')
  try {
    await handle.sync()
  } finally {
    await handle.close()
  }
}

export async function openMediaFiles({ folder }: { readonly folder: string }): Promise<MediaFiles> {
  const incoming = join(folder, 'incoming')
  await mkdir(incoming, { recursive: true, mode: 0o700 })

  const pathOf = (sha256: string): string => {
    if (!HASH.test(sha256)) throw new Failure('invalid-payload', 'no SHA-256 in hex', { retryable: false })
    return join(folder, sha256.slice(0, 2), sha256.slice(2, 4), sha256)
  }
  const size = async (sha256: string) => {
    const found = await stat(pathOf(sha256)).catch(() => undefined)
    return found?.isFile() === true ? found.size : undefined
  }

  return {
    size,
    receive: async (maxBytes) => {
      const path = join(incoming, randomBytes(16).toString('hex'))
      const handle = await open(path, 'wx', 0o600).catch((error: unknown) => {
        throw diskFailure(error)
      })
      return new Incoming({ path, handle, maxBytes, pathOf, size })
    },
    read: (sha256, { start, end }) => createReadStream(pathOf(sha256), { start, end, highWaterMark: 256 * 1024 }),
    remove: async (sha256) => {
      await rm(pathOf(sha256), { force: true })
    },
    clear: async () => {
      for (const name of await readdir(incoming)) await rm(join(incoming, name), { force: true })
    },
    freeBytes: async () => {
      const { bavail, bsize } = await statfs(folder)
      return bavail * bsize
    },
  }
}

interface IncomingParts {
  readonly path: string
  readonly handle: FileHandle
  readonly maxBytes: number
  readonly pathOf: (sha256: string) => string
  readonly size: (sha256: string) => Promise<number | undefined>
}

class Incoming implements IncomingFile {
  bytes = 0
  readonly #parts: IncomingParts
  readonly #hash = createHash('sha256')
  #head: Buffer = Buffer.alloc(0)
  #sha256: string | undefined
  #state: 'open' | 'finished' | 'over' = 'open'
  /** What is being written now: closing under it would leave a descriptor to a stranger. */
  #writing: Promise<void> = Promise.resolve()

  constructor(parts: IncomingParts) {
    this.#parts = parts
  }

  async write(chunk: Uint8Array): Promise<void> {
    if (this.#state !== 'open') throw new Failure('stopped', 'the file is not taken any more', { retryable: true })
    this.bytes += chunk.length
    if (this.bytes > this.#parts.maxBytes)
      throw new Failure('too-large', `the file is larger than ${this.#parts.maxBytes} bytes`, { retryable: false })
    const work = this.#writeAll(chunk)
    this.#writing = work.catch(() => undefined)
    await work
  }

  async #writeAll(chunk: Uint8Array): Promise<void> {
    this.#hash.update(chunk)
    if (this.#head.length < SAMPLE_BYTES)
      this.#head = Buffer.concat([this.#head, chunk.subarray(0, SAMPLE_BYTES - this.#head.length)])
    let written = 0
    while (written < chunk.length) {
      const { bytesWritten } = await this.#parts.handle
        .write(chunk, written, chunk.length - written)
        .catch((error: unknown) => {
          throw diskFailure(error)
        })
      written += bytesWritten
    }
  }

  async finish(): Promise<{ sha256: string; bytes: number; head: Uint8Array }> {
    if (this.#state !== 'open') throw new Failure('stopped', 'the file is not taken any more', { retryable: true })
    await this.#writing
    this.#state = 'finished'
    try {
      await this.#parts.handle.sync()
    } catch (error) {
      throw diskFailure(error)
    } finally {
      await this.#parts.handle.close()
    }
    this.#sha256 = this.#hash.digest('hex')
    return { sha256: this.#sha256, bytes: this.bytes, head: this.#head }
  }

  async keep(): Promise<void> {
    if (this.#state !== 'finished' || this.#sha256 === undefined) throw new Error('a file is kept once it is finished')
    this.#state = 'over'
    const target = this.#parts.pathOf(this.#sha256)
    // The same content, of the same length: what is there already was as whole.
    if ((await this.#parts.size(this.#sha256)) === this.bytes) {
      await rm(this.#parts.path, { force: true })
      return
    }
    const folder = dirname(target)
    await mkdir(folder, { recursive: true, mode: 0o700 }).catch((error: unknown) => {
      throw diskFailure(error)
    })
    await rename(this.#parts.path, target)
    // Each folder may be new: its own name must be as safe as the file's.
    for (const made of [folder, dirname(folder), dirname(dirname(folder))]) await syncFolder(made)
  }

  async discard(): Promise<void> {
    const state = this.#state
    if (state === 'over') return
    this.#state = 'over'
    if (state === 'open') {
      await this.#writing
      await this.#parts.handle.close().catch(() => undefined)
    }
    await rm(this.#parts.path, { force: true })
  }
}
