import { once } from 'node:events'
import { connect, createServer, type Server, type Socket } from 'node:net'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { startFaultProxy, type FaultProxy } from './fault-proxy.js'

let server: Server
let proxy: FaultProxy
let asked: string
const clients: Socket[] = []
const accepted: Socket[] = []

/** Answers every line with itself in capitals, in one piece. */
beforeEach(async () => {
  asked = ''
  server = createServer((socket) => {
    accepted.push(socket)
    socket.on('error', () => undefined)
    socket.on('data', (piece) => {
      asked += piece.toString()
      socket.write(piece.toString().toUpperCase())
    })
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  proxy = await startFaultProxy({ host: '127.0.0.1', port: (server.address() as { port: number }).port })
})

afterEach(async () => {
  for (const client of [...clients.splice(0), ...accepted.splice(0)]) client.destroy()
  await proxy.close()
  server.close()
})

/** Ends with the test, however it ends. */
function raw(port: number, onConnect: (socket: Socket) => void): Socket {
  const socket = connect(port, '127.0.0.1', () => onConnect(socket))
  socket.on('error', () => undefined)
  clients.push(socket)
  return socket
}

async function open(): Promise<{ say(text: string): void; heard(): string; ended(): Promise<string> }> {
  const socket = raw(proxy.port, () => undefined)
  let heard = ''
  let end = ''
  socket.on('data', (piece) => (heard += piece.toString()))
  socket.on('error', (error: NodeJS.ErrnoException) => (end = error.code ?? 'error'))
  const closed = once(socket, 'close').catch(() => undefined)
  await once(socket, 'connect')
  return {
    say: (text) => void socket.write(text),
    heard: () => heard,
    ended: async () => {
      await closed
      return end === '' ? 'closed' : end
    },
  }
}

const refused = () =>
  new Promise<string | undefined>((resolve) => {
    raw(proxy.port, () => resolve(undefined)).once('error', (error: NodeJS.ErrnoException) => resolve(error.code))
  })

test('in good order it passes what comes, both ways, and ends with either end', async () => {
  const client = await open()
  client.say('salam')
  await vi.waitFor(() => expect(client.heard()).toBe('SALAM'))
  expect(proxy.stats()).toEqual({ accepted: 1, open: 1, asked: 5, answered: 5, halved: 0 })
  accepted[0]?.end()
  expect(await client.ended()).toBe('closed')
  await vi.waitFor(() => expect(proxy.stats().open).toBe(0))
})

test('passes many megabytes whole', async () => {
  const client = await open()
  const text = 'peshawar'.repeat(500_000)
  client.say(text)
  await vi.waitFor(() => expect(client.heard().length).toBe(text.length), 10_000)
  expect(client.heard()).toBe(text.toUpperCase())
})

test('cut: what is open is reset, what is new is refused; mended, it is there again on the same port', async () => {
  const client = await open()
  client.say('a')
  await vi.waitFor(() => expect(client.heard()).toBe('A'))
  const { port } = proxy
  await proxy.cut()
  expect(await client.ended()).toBe('ECONNRESET')
  expect(await refused()).toBe('ECONNREFUSED')
  await proxy.mend()
  expect(proxy.port).toBe(port)
  const again = await open()
  again.say('b')
  await vi.waitFor(() => expect(again.heard()).toBe('B'))
})

test('hold: nothing passes though it is accepted, and all of it passes when mended', async () => {
  const client = await open()
  await proxy.hold()
  client.say('first ')
  const late = await open()
  late.say('late')
  // A whole exchange with another proxy takes longer than a byte would have taken through this one.
  const other = await startFaultProxy({ host: '127.0.0.1', port: (server.address() as { port: number }).port })
  await new Promise<void>((resolve) => {
    raw(other.port, (socket) => socket.write('x')).once('data', () => resolve())
  })
  await other.close()
  expect(asked).toBe('x')
  expect([client.heard(), late.heard()]).toEqual(['', ''])
  await proxy.mend()
  await vi.waitFor(() => expect([client.heard(), late.heard()]).toEqual(['FIRST ', 'LATE']))
})

test('hold answers: the server hears, the client does not', async () => {
  const client = await open()
  await proxy.hold('answers')
  client.say('done?')
  await vi.waitFor(() => expect(asked).toBe('done?'))
  expect(client.heard()).toBe('')
  await proxy.mend()
  await vi.waitFor(() => expect(client.heard()).toBe('DONE?'))
})

test('a client that went away during a hold is gone for the server too, once mended', async () => {
  const client = await open()
  client.say('x')
  await vi.waitFor(() => expect(client.heard()).toBe('X'))
  await proxy.hold()
  const ended = new Promise((resolve) => accepted[0]?.once('close', resolve))
  for (const socket of clients) socket.resetAndDestroy()
  await proxy.mend()
  await ended
  await vi.waitFor(() => expect(proxy.stats().open).toBe(0))
})

test('delay: every piece comes later, in order', async () => {
  const client = await open()
  await proxy.delay(30)
  const before = performance.now()
  client.say('one')
  await vi.waitFor(() => expect(client.heard()).toBe('ONE'))
  expect(performance.now() - before).toBeGreaterThanOrEqual(59)
})

test('halve: the server did it, half of its answer arrives, and the connection ends; also on a new one', async () => {
  const client = await open()
  await proxy.halve()
  client.say('12345678')
  expect(await client.ended()).toBe('closed')
  expect(client.heard()).toBe('1234')
  const next = await open()
  next.say('abcd')
  await next.ended()
  expect(next.heard()).toBe('AB')
  expect(asked).toBe('12345678abcd')
  expect(proxy.stats().halved).toBe(2)
})

test('a target may be named later: connections wait for it', async () => {
  const early = await startFaultProxy()
  const socket = raw(early.port, (connected) => connected.write('early'))
  const heard = once(socket, 'data') as Promise<[Buffer]>
  await vi.waitFor(() => expect(early.stats().accepted).toBe(1))
  early.aim({ host: '127.0.0.1', port: (server.address() as { port: number }).port })
  expect((await heard)[0].toString()).toBe('EARLY')
  await early.close()
})

test('a target that is not there: the client sees its connection reset', async () => {
  await once(server.close(), 'close')
  const client = await open()
  client.say('anybody?')
  expect(await client.ended()).toBe('ECONNRESET')
})
