import { createServer, request } from 'node:http'
import { connect } from 'node:net'
import { existsSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { once } from 'node:events'
import { spawn } from 'node:child_process'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { connectOperations, serveOperations } from '../../app/local-socket.js'
import type { Operations } from '../../app/operations.js'
import type { Intake } from '../../ingest/publish.js'
import { Failure } from '../../runtime/failure.js'
import { FAILURE_REASONS } from '../../schemas/failure-reason.js'
import { makeMention } from '../support/mentions.js'
import { temporaryFolder } from '../support/temporary-folder.js'

const folder = { path: '', remove: (): void => undefined }
let path: string
let calls: { name: string; given: unknown[] }[]
let served: { close(): Promise<void> }
let next: () => unknown

/** Remembers what it was asked, and answers as the test says. */
const operations = new Proxy({} as Operations, {
  get:
    (_target, name: string) =>
    async (...given: unknown[]) => {
      calls.push({ name, given })
      return next()
    },
})

beforeEach(async () => {
  Object.assign(folder, temporaryFolder())
  path = join(folder.path, 'rabta.sock')
  calls = []
  next = () => undefined
  served = await serveOperations(path, operations)
})
afterEach(async () => {
  await served.close()
  folder.remove()
})

/** What comes back for these bytes. */
async function raw(body: string): Promise<unknown> {
  const sent = request({ socketPath: path, method: 'POST', path: '/', agent: false })
  sent.on('error', () => undefined)
  sent.end(body)
  const [answer] = (await once(sent, 'response')) as [AsyncIterable<Buffer>]
  const chunks: Buffer[] = []
  for await (const chunk of answer) chunks.push(chunk)
  return JSON.parse(Buffer.concat(chunks).toString())
}

describe('the local socket', () => {
  it('is of its user alone, and leaves the mask of other files as it was', () => {
    expect(statSync(path).mode & 0o777).toBe(0o600)
    expect(statSync(path).isSocket()).toBe(true)
    const other = join(folder.path, 'other')
    const before = process.umask()
    writeFileSync(other, '')
    expect(statSync(other).mode & 0o777).toBe(0o666 & ~before)
  })

  it('is taken over where a killed process left it, and gone after a clean stop', async () => {
    await served.close()
    expect(existsSync(path)).toBe(false)
    const killed = spawn(process.execPath, ['-e', `require('net').createServer().listen(${JSON.stringify(path)}, () => console.log('up'))`]) // prettier-ignore
    await once(killed.stdout, 'data')
    killed.kill('SIGKILL')
    await once(killed, 'exit')
    expect(existsSync(path)).toBe(true)
    await expect(connectOperations(path).lag()).rejects.toMatchObject({ reason: 'unavailable' })
    served = await serveOperations(path, operations)
    next = () => ({ index: 3 })
    expect(await connectOperations(path).lag()).toEqual({ index: 3 })
  })

  it('carries arguments and answers, also those that are not there', async () => {
    const client = connectOperations(path)
    expect(await client.addUser('someone', undefined)).toBeUndefined()
    next = () => ({ replayed: 2, failed: [] })
    expect(await client.replayDead(['ایک', 'b'])).toEqual({ replayed: 2, failed: [] })
    await client.replayDead(undefined)
    expect(calls).toEqual([
      { name: 'addUser', given: ['someone', undefined] },
      { name: 'replayDead', given: [['ایک', 'b']] },
      { name: 'replayDead', given: [undefined] },
    ])
  })

  it('carries a chunk of a replay of 20 MB whole', async () => {
    const text = 'پشاور '.repeat(15_000)
    const changes = Array.from({ length: 120 }, (_, n) => ({
      type: 'written' as const,
      mention: makeMention({ id: `whatsapp:${n}`, text }),
    }))
    await connectOperations(path).takeIn({ changes, unread: [] })
    expect((calls[0]?.given[0] as Intake).changes).toEqual(changes)
  })

  it('refuses more than it carries in words, in both directions', async () => {
    const huge = 'x'.repeat(65 * 1024 * 1024)
    await expect(connectOperations(path).disableUser(huge)).rejects.toMatchObject({ reason: 'too-large' })
    expect(calls).toEqual([])
    next = () => huge
    await expect(connectOperations(path).lag()).rejects.toMatchObject({ reason: 'too-large' })
    expect(await raw(`["lag",["${huge}"]]`)).toMatchObject({ failure: { reason: 'too-large' } })
  })

  it.each(FAILURE_REASONS)('carries the failure %s with its words', async (reason) => {
    next = () => {
      throw new Failure(reason, 'what to do', { retryable: true })
    }
    const failure = await connectOperations(path)
      .lag()
      .catch((error: unknown) => error)
    expect(failure).toBeInstanceOf(Failure)
    expect(failure).toMatchObject({ reason, message: 'what to do', retryable: true })
  })

  it('tells of an error that nobody expected only its name', async () => {
    next = () => {
      throw new TypeError('with the words of a message')
    }
    await expect(connectOperations(path).lag()).rejects.toMatchObject({ reason: 'unexpected', message: 'an error nobody expected (TypeError)' }) // prettier-ignore
  })

  it.each([
    '["constructor",[]]',
    '["__proto__",[]]',
    '["toString",[]]',
    '["takeInn",[]]',
    '[]',
    '{}',
    'null',
    '"lag"',
    '["lag"]',
    '["lag",7]',
    'junk',
    '',
  ])('does nothing for %j', async (body) => {
    expect(await raw(body)).toMatchObject({ failure: { reason: 'unknown-shape' } })
    expect(calls).toEqual([])
  })

  it('goes on after somebody hung up in the middle', async () => {
    const socket = connect(path)
    await once(socket, 'connect')
    socket.write('POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 100\r\n\r\n["lag",')
    socket.destroy()
    await once(socket, 'close')
    next = () => ({})
    expect(await connectOperations(path).lag()).toEqual({})
  })
})

describe('whoever asks', () => {
  it('hears that nobody listens', async () => {
    await expect(connectOperations(join(folder.path, 'none.sock')).lag()).rejects.toMatchObject({ reason: 'unavailable', retryable: true }) // prettier-ignore
  })

  it('hears that the desk went away, which is not the same as that none was there', async () => {
    const other = join(folder.path, 'other.sock')
    const server = createServer((message) => message.socket.destroy()).listen(other)
    await once(server, 'listening')
    await expect(connectOperations(other).lag()).rejects.toMatchObject({ reason: 'stopped', retryable: false })
    server.close()
  })

  it.runIf(process.getuid?.() === 0)('tells nothing to a socket of another user', async () => {
    const { chownSync } = await import('node:fs')
    chownSync(path, 65534, 65534)
    await expect(connectOperations(path).addUser('a', 'a password for nobody')).rejects.toMatchObject({ reason: 'forbidden' }) // prettier-ignore
    expect(calls).toEqual([])
  })
})
