import { setTimeout as sleep } from 'node:timers/promises'
import type { MentionPage } from '../../../schemas/search.js'
import { freePort } from '../../support/rabta-process.js'
import { startFleet, type Fleet } from '../../support/rabta-fleet.js'
import { temporaryFolder } from '../../support/temporary-folder.js'
import { startPeers, type Peers } from '../stream.js'
import { signInWithin, type DeskClient } from './desk-client.js'
import { startEngines, type Engines } from './engines.js'
import { openConsole, type Console } from './live.js'

export const STAGES = ['ingest', 'enrich', 'index', 'alerts', 'cases', 'send', 'reports', 'desk'] as const

/** Rabta as it runs for a province, on engines of its own: every stage a process, the public on simulators, an officer at the desk. */
export interface House {
  readonly engines: Engines
  readonly peers: Peers
  readonly fleet: Fleet
  readonly desk: DeskClient
  readonly console: Console
  /** The settings that every process has. */
  readonly settings: Readonly<Record<string, string>>
  /** How many mentions search finds, asked again and again until the signal aborts; the last answer while there is none. */
  followFound(signal: AbortSignal): () => number
  close(): Promise<void>
}

const PASSWORD = 'chaos-only-password'
const ASK_EVERY_MS = 400
/** What a test with engines takes to begin. */
export const BEGINS_WITHIN_MS = 300_000

export async function openHouse(own: Readonly<Record<string, string>> = {}): Promise<House> {
  const folder = temporaryFolder()
  const closing: (() => Promise<void> | void)[] = [() => folder.remove()]
  const close = async () => {
    for (let step = closing.pop(); step !== undefined; step = closing.pop()) await step()
  }
  try {
    const port = await freePort()
    const engines = await startEngines()
    closing.push(() => engines.close())
    const peers = await startPeers(port, folder.path, PASSWORD)
    closing.push(() => peers.close())
    const settings = { ...peers.settings, ...engines.settings, ...own }
    const fleet = startFleet(settings)
    closing.push(() => fleet.end())
    await Promise.all(STAGES.map((stage) => fleet.add(stage, stage)))
    const url = `http://127.0.0.1:${port}`
    await peers.whatsapp.connect(`${url}/hooks/whatsapp`)
    const desk = await signInWithin(url, PASSWORD)
    const console = openConsole(url, desk.cookie)
    closing.push(() => console.close())
    return { engines, peers, fleet, desk, console, settings, followFound: (signal) => followFound(desk, signal), close }
  } catch (error) {
    await close()
    throw error
  }
}

function followFound(desk: DeskClient, signal: AbortSignal): () => number {
  let found = 0
  const follow = async () => {
    while (!signal.aborted) {
      const page = await desk.get<MentionPage>('/api/mentions?limit=1').catch(() => undefined)
      found = page?.total ?? found
      await sleep(ASK_EVERY_MS)
    }
  }
  void follow()
  return () => found
}
