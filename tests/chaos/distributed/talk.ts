import { setTimeout as sleep } from 'node:timers/promises'
import { ORDINARY, SEARCH, type Peers } from '../stream.js'
import { dangerTexts } from './dangers.js'

export interface Danger {
  /** Of the mention it must become. */
  readonly id: string
  readonly saidAtMs: number
}

export interface TalkOptions {
  readonly peers: Peers
  readonly random: () => number
  /** How many mentions search finds, as far as is known: nobody says more than `window` more than that. */
  readonly found: () => number
  readonly window: number
  /** Of each thousand, how many are dangers. */
  readonly dangersPerMille: number
}

const TICK_MS = 50
/** Of X, a simulator looks through all its posts for every page: what comes there is fewer. */
const BY_X = 0.25

/** What the public says: ordinary things and dangers, on X and on WhatsApp. */
export class Talk {
  readonly sent: string[] = []
  readonly dangers: Danger[] = []
  /** How many may be said, and how many a second at most: moved on by the test. */
  mayReach = 0
  perSecond = 200
  readonly #options: TalkOptions
  readonly #dangers: string[]

  constructor(options: TalkOptions) {
    this.#options = options
    this.#dangers = dangerTexts().sort(() => options.random() - 0.5)
  }

  /** Goes on until the signal aborts. */
  async run(signal: AbortSignal): Promise<void> {
    const { found, window } = this.#options
    let owed = 0
    while (!signal.aborted) {
      owed = Math.min(owed + (this.perSecond * TICK_MS) / 1000, this.perSecond)
      while (owed >= 1 && this.sent.length < this.mayReach && this.sent.length - found() < window) {
        this.#sayNext()
        owed--
      }
      await sleep(TICK_MS)
    }
  }

  /** One danger more, by that channel; none is said twice. */
  danger(channel: 'x' | 'whatsapp' = this.#channel()): Danger {
    const text = this.#dangers.pop()
    if (text === undefined) throw new Error('there is no danger left to be told: say fewer')
    const danger = { id: this.#say(text, channel), saidAtMs: Date.now() }
    this.dangers.push(danger)
    return danger
  }

  #sayNext(): void {
    const { random, dangersPerMille } = this.#options
    // What a test says on purpose must be left over.
    if (random() * 1000 < dangersPerMille && this.#dangers.length > KEPT_DANGERS) this.danger()
    else this.#say(`${ORDINARY[this.sent.length % ORDINARY.length] ?? ''} (${this.sent.length})`, this.#channel())
  }

  #channel(): 'x' | 'whatsapp' {
    return this.#options.random() < BY_X ? 'x' : 'whatsapp'
  }

  #say(text: string, channel: 'x' | 'whatsapp'): string {
    const { peers } = this.#options
    const n = this.sent.length
    const number = `9230000${String(10_000 + (n % 89_973)).padStart(5, '0')}`
    const id =
      channel === 'x'
        ? `x:${peers.x.post({ author: { username: `chaos${n % 997}` }, text: `${text} ${SEARCH}` })}`
        : `whatsapp:${peers.whatsapp.receive({ from: { waId: number, name: `Chaos ${n}` }, type: 'text', body: text })}`
    this.sent.push(id)
    return id
  }
}

const KEPT_DANGERS = 40
