import { spawn, type ChildProcess } from 'node:child_process'
import { existsSync, writeFileSync } from 'node:fs'
import { connect, createServer, type AddressInfo } from 'node:net'
import { join } from 'node:path'
import { systemClock } from '../../../runtime/clock.js'

const PROGRAMS = ['/usr/sbin/bearerbox', '/usr/sbin/smsbox'] as const

/** Why the real Kannel cannot be run here; undefined where it can. */
export function missingKannel(): string | undefined {
  const missing = PROGRAMS.filter((path) => !existsSync(path))
  return missing.length === 0 ? undefined : `${missing.join(' and ')} not installed: apt-get install kannel`
}

export interface KannelOptions {
  readonly folder: string
  readonly smscPort: number
  /** The whole get-url. */
  readonly getUrl: string
  readonly username: string
  readonly password: string
  readonly recodes: boolean
}

export interface Kannel {
  readonly sendsmsUrl: string
  stop(): Promise<void>
}

export async function freePort(): Promise<number> {
  const server = createServer()
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  await new Promise((resolve) => server.close(resolve))
  return port
}

/** Bearerbox and smsbox in a folder of their own, on free ports, bound to an SMSC by SMPP. */
export async function startKannel(options: KannelOptions): Promise<Kannel> {
  const [adminPort, boxPort, sendsmsPort] = [await freePort(), await freePort(), await freePort()]
  const file = join(options.folder, 'kannel.conf')
  writeFileSync(file, configuration(options, { adminPort, boxPort, sendsmsPort }))
  const running: ChildProcess[] = []
  const start = (path: string): void => void running.push(spawn(path, [file], { cwd: options.folder, stdio: 'ignore' }))
  const stop = async () => {
    for (const child of [...running].reverse()) await ended(child)
  }
  try {
    start(PROGRAMS[0])
    await listening(boxPort)
    start(PROGRAMS[1])
    await listening(sendsmsPort)
    await routed(`http://127.0.0.1:${adminPort}/status.txt?password=${options.password}`)
  } catch (error) {
    await stop()
    throw error
  }
  return { sendsmsUrl: `http://127.0.0.1:${sendsmsPort}`, stop }
}

function configuration(
  { folder, smscPort, getUrl, username, password, recodes }: KannelOptions,
  ports: { adminPort: number; boxPort: number; sendsmsPort: number },
): string {
  return `group = core
admin-port = ${ports.adminPort}
admin-interface = 127.0.0.1
admin-password = ${password}
smsbox-port = ${ports.boxPort}
smsbox-interface = 127.0.0.1
box-allow-ip = 127.0.0.1
box-deny-ip = "*.*.*.*"
log-file = "${folder}/bearerbox.log"
log-level = 1
store-type = file
store-location = "${folder}/kannel.store"
dlr-storage = internal
sms-combine-concatenated-mo = true

group = smsc
smsc = smpp
smsc-id = simulated
host = 127.0.0.1
port = ${smscPort}
transceiver-mode = true
smsc-username = kannel
smsc-password = secret
system-type = ""
max-pending-submits = 50

group = smsbox
bearerbox-host = 127.0.0.1
sendsms-port = ${ports.sendsmsPort}
sendsms-interface = 127.0.0.1
log-file = "${folder}/smsbox.log"
log-level = 1
mo-recode = ${recodes ? 'true' : 'false'}
http-request-retry = 1000
http-queue-delay = 1

group = sendsms-user
username = ${username}
password = ${password}
max-messages = 10
concatenation = true

group = sms-service
keyword = default
catch-all = true
max-messages = 0
omit-empty = true
concatenation = true
get-url = "${getUrl}"
`
}

/** What arrives before bearerbox knows the smsbox waits there for a minute. */
async function routed(statusUrl: string): Promise<void> {
  for (let turn = 0; turn < 400; turn++) {
    const status = await fetch(statusUrl)
      .then((response) => response.text())
      .catch(() => '')
    if (/\bsmsbox:/.test(status)) return
    await systemClock.sleep(25)
  }
  throw new Error('bearerbox does not know the smsbox')
}

async function listening(port: number): Promise<void> {
  for (let turn = 0; turn < 400; turn++) {
    const isOpen = await new Promise<boolean>((resolve) => {
      const socket = connect(port, '127.0.0.1')
      socket.once('connect', () => (socket.destroy(), resolve(true)))
      socket.once('error', () => resolve(false))
    })
    if (isOpen) return
    await systemClock.sleep(25)
  }
  throw new Error(`Kannel does not listen on port ${port}`)
}

async function ended(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return
  const exit = new Promise((resolve) => child.once('exit', resolve))
  child.kill('SIGTERM')
  const late = new AbortController()
  await Promise.race([exit, systemClock.sleep(10_000, late.signal).catch(() => undefined)])
  late.abort()
  if (child.exitCode === null && child.signalCode === null) child.kill('SIGKILL')
  await exit
}
