import { MemberDays } from './member-days.js'

/** What the handlers of one active member share: the members it keeps in mind, and whose turn it is to change them. */
export class AlertsMemory {
  readonly days = new MemberDays()
  #last: Promise<unknown> = Promise.resolve()

  /** One after the other: two at once would each not see the groups that the other opens. What throws may have left memory and records apart. */
  inTurn<Result>(work: () => Promise<Result>): Promise<Result> {
    const next = this.#last.then(work, work).catch((error: unknown) => {
      this.days.forget()
      throw error
    })
    this.#last = next.catch(() => undefined)
    return next
  }
}
