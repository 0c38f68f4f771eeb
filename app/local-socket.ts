import { chmodSync, lstatSync, rmSync } from 'node:fs'
import { createServer, request, type IncomingMessage, type Server } from 'node:http'
import { Failure } from '../runtime/failure.js'
import { FAILURE_REASONS, type FailureReason } from '../schemas/failure-reason.js'
import type { Operations } from './operations.js'

/** The operations by name: what travels is `[name, arguments]` one way and `{result}` or `{failure}` the other. */
const NAMES = [
  'takeIn',
  'beginImport',
  'takeImport',
  'lag',
  'deadLetters',
  'replayDead',
  'users',
  'addUser',
  'disableUser',
  'report',
  'sources',
  'districtTable',
  'listVocabulary',
  'addVocabulary',
  'retireVocabulary',
  'tryVocabulary',
] as const satisfies readonly (keyof Operations)[]
type Name = (typeof NAMES)[number]

const MAX_BODY_BYTES = 64 * 1024 * 1024

const tooLarge = () =>
  new Failure('too-large', `more than ${MAX_BODY_BYTES / 1024 / 1024} MiB at once for the local socket: ask for less`, {
    retryable: false,
  })

/** Reads to the end in any case, so that the answer finds somebody who listens. */
async function bodyOf(message: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = []
  let bytes = 0
  for await (const chunk of message as AsyncIterable<Buffer>) {
    bytes += chunk.length
    if (bytes <= MAX_BODY_BYTES) chunks.push(chunk)
  }
  if (bytes > MAX_BODY_BYTES) throw tooLarge()
  return Buffer.concat(chunks).toString('utf8')
}

const isName = (name: unknown): name is Name => NAMES.some((known) => known === name)

function readCall(body: string): readonly [Name, readonly unknown[]] {
  let call: unknown
  try {
    call = JSON.parse(body)
  } catch {
    call = undefined
  }
  if (!Array.isArray(call) || !Array.isArray(call[1]))
    throw new Failure('unknown-shape', 'a call is the name of an operation and its arguments', { retryable: false })
  const [name, parameters] = call as [unknown, unknown[]]
  if (!isName(name)) throw new Failure('unknown-shape', 'there is no such operation', { retryable: false })
  return [name, parameters]
}

async function answer(operations: Operations, message: IncomingMessage): Promise<string> {
  try {
    const [name, parameters] = readCall(await bodyOf(message))
    const byName = operations as unknown as Record<Name, (...given: unknown[]) => Promise<unknown>>
    // JSON writes a missing argument as null.
    const result = await byName[name](...parameters.map((value) => value ?? undefined))
    const document = JSON.stringify({ result: result ?? null })
    if (Buffer.byteLength(document) > MAX_BODY_BYTES) throw tooLarge()
    return document
  } catch (error) {
    const failure =
      error instanceof Failure
        ? { reason: error.reason, message: error.message, retryable: error.retryable }
        : { reason: 'unexpected', message: `an error nobody expected (${nameOf(error)})`, retryable: false }
    return JSON.stringify({ failure })
  }
}

const nameOf = (error: unknown) => (error instanceof Error ? error.name : typeof error)

/**
 * Listens for the commands of the same user on this machine; the socket file is readable by nobody else. Whoever calls owns the data folder,
 * so a file that is there was left by a process that was killed.
 */
export async function serveOperations(path: string, operations: Operations): Promise<{ close(): Promise<void> }> {
  rmSync(path, { force: true })
  const server: Server = createServer((message, reply) => {
    void answer(operations, message).then((document) =>
      reply.writeHead(200, { 'content-type': 'application/json' }).end(document),
    )
  })
  // A large file is taken in over many calls, and a report may take its time.
  server.requestTimeout = 0
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    // The file is made within the call; files that others make meanwhile must not get this mask.
    const before = process.umask(0o177)
    try {
      server.listen(path, resolve)
    } finally {
      process.umask(before)
    }
  })
  chmodSync(path, 0o600)
  return {
    close: () =>
      new Promise((resolve) => {
        server.closeAllConnections()
        server.close(() => {
          rmSync(path, { force: true })
          resolve()
        })
      }),
  }
}

interface Answer {
  readonly result?: unknown
  readonly failure?: { readonly reason: FailureReason; readonly message: string; readonly retryable: boolean }
}

function resultOf(body: string): unknown {
  const { result, failure } = JSON.parse(body) as Answer
  if (failure === undefined) return result ?? undefined
  throw new Failure(FAILURE_REASONS.includes(failure.reason) ? failure.reason : 'unexpected', failure.message, failure)
}

const NOBODY = new Set(['ENOENT', 'ECONNREFUSED', 'ENOTSOCK'])

/** Why nobody answered. */
function asFailure(cause: NodeJS.ErrnoException): Failure {
  if (NOBODY.has(cause.code ?? ''))
    return new Failure('unavailable', 'no rabta listens on this data folder', { retryable: true, cause })
  if (cause.code === 'EACCES' || cause.code === 'EPERM')
    return new Failure('forbidden', 'the rabta on this data folder runs as another user: call it as that one', {
      retryable: false,
      cause,
    })
  return new Failure('stopped', 'the rabta on this data folder went away before it answered: look whether it runs', {
    retryable: false,
    cause,
  })
}

/** A socket in a folder that everybody may write to could be anybody's, and is told passwords. */
function checkOwner(path: string): void {
  const owner = lstatSync(path, { throwIfNoEntry: false })?.uid
  if (owner !== undefined && owner !== process.getuid?.())
    throw new Failure('forbidden', `the socket ${path} belongs to another user: call it as that one`, {
      retryable: false,
    })
}

/**
 * The operations of the desk that listens at `path`. Each call throws a Failure: the desk's own; `unavailable` when nobody listens; `stopped` when
 * the desk went away meanwhile, and it is not known what it did.
 */
export function connectOperations(path: string): Operations {
  const call = async (name: Name, parameters: readonly unknown[]): Promise<unknown> => {
    const body = JSON.stringify([name, parameters])
    if (Buffer.byteLength(body) > MAX_BODY_BYTES) throw tooLarge()
    checkOwner(path)
    const answered = await new Promise<IncomingMessage>((resolve, reject) => {
      const sent = request({ socketPath: path, method: 'POST', path: '/', agent: false }, resolve)
      // The end of a large body may be reported after its answer, when the desk has hung up: heard here, it ends nothing.
      sent.on('error', (cause) => reject(asFailure(cause)))
      sent.end(body)
    })
    return resultOf(
      await bodyOf(answered).catch((cause: unknown) => {
        throw cause instanceof Failure ? cause : asFailure(cause as NodeJS.ErrnoException)
      }),
    )
  }
  const operations = Object.fromEntries(
    NAMES.map((name) => [name, (...parameters: unknown[]) => call(name, parameters)]),
  )
  return operations as unknown as Operations
}
