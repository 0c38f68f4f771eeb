import type { Outbound } from '../schemas/outbound.js'

const MAX_IN_FLIGHT = 8
/** Kept free for notifications, so that no pile of answers holds up what rings an officer. */
const RESERVED = 2

interface Wait {
  readonly untilMs: number
  readonly attempt: number
}

const recipientOf = ({ channel, to, mentionId, id }: Outbound) => `${channel} ${to ?? mentionId ?? id}`

/** Which message goes next: notifications first, each recipient's messages one after the other in their order, nobody waiting for somebody else's back-off. */
export class SendQueue {
  readonly #lanes = { notification: new Map<string, Outbound>(), other: new Map<string, Outbound>() }
  readonly #inFlight = new Map<string, string>()
  readonly #waits = new Map<string, Wait>()

  add(outbound: Outbound): void {
    if (!this.#inFlight.has(outbound.id)) this.#lane(outbound).set(outbound.id, outbound)
  }

  isInFlight(id: string): boolean {
    return this.#inFlight.has(id)
  }

  attemptOf(outbound: Outbound): number {
    return this.#waits.get(recipientOf(outbound))?.attempt ?? 0
  }

  /** Takes what may be sent now; each must be given back by `done` or `again`. */
  takeDue(nowMs: number): Outbound[] {
    const busy = new Set(this.#inFlight.values())
    const due: Outbound[] = []
    for (const [lane, slots] of [
      [this.#lanes.notification, MAX_IN_FLIGHT],
      [this.#lanes.other, MAX_IN_FLIGHT - RESERVED],
    ] as const) {
      for (const outbound of lane.values()) {
        if (this.#inFlight.size >= slots) break
        const recipient = recipientOf(outbound)
        if (busy.has(recipient) || (this.#waits.get(recipient)?.untilMs ?? 0) > nowMs) continue
        busy.add(recipient)
        lane.delete(outbound.id)
        this.#inFlight.set(outbound.id, recipient)
        due.push(outbound)
      }
    }
    return due
  }

  done(outbound: Outbound): void {
    this.#inFlight.delete(outbound.id)
    this.#waits.delete(recipientOf(outbound))
  }

  /** It was not sent: it goes back to the head of its line, and its recipient waits. */
  again(outbound: Outbound, untilMs: number): void {
    const lane = this.#lane(outbound)
    const rest = [...lane]
    this.#waits.set(recipientOf(outbound), { untilMs, attempt: this.attemptOf(outbound) + 1 })
    this.#inFlight.delete(outbound.id)
    lane.clear()
    lane.set(outbound.id, outbound)
    for (const [id, other] of rest) lane.set(id, other)
  }

  /** When the next back-off ends; undefined where nobody waits. */
  nextDueMs(nowMs: number): number | undefined {
    const untils = [...this.#waits.values()].map((wait) => wait.untilMs).filter((untilMs) => untilMs > nowMs)
    return untils.length === 0 ? undefined : Math.min(...untils)
  }

  #lane({ kind }: Outbound): Map<string, Outbound> {
    return kind === 'notification' ? this.#lanes.notification : this.#lanes.other
  }
}
