import type { ConnectionOptions } from 'node:tls'
import type { Clock } from '../../../runtime/clock.js'
import { Failure } from '../../../runtime/failure.js'
import { requireLoopback } from '../../loopback.js'
import { bindFailure, linkFailure, mayHaveBeenSent, notBound, STATUS, submitFailure } from './failures.js'
import { textField, type Pdu } from './pdu.js'
import { openSession, Unanswered, type PeerRequest, type Session } from './session.js'

export interface SmppLinkOptions {
  readonly host: string
  readonly port: number
  readonly tls?: ConnectionOptions
  readonly systemId: string
  readonly password: string
  readonly systemType?: string
  /** One session for both ways, or one for each, as the operator wants it. */
  readonly bind?: 'transceiver' | 'receiver-transmitter'
  readonly addressRange?: string
  readonly clock: Clock
  /** Refuses every address that is not this machine. */
  readonly loopbackOnly?: boolean
  /** Asked after so long a silence whether the peer is still there. */
  readonly enquireMs?: number
  /** Asked so soon after an answer of ours, to know that the peer has it. */
  readonly confirmMs?: number
  /** A peer that says nothing for so long after being asked is dead. */
  readonly answerLimitMs?: number
  readonly submitLimitMs?: number
}

/** One `deliver_sm` or `data_sm`: to be answered exactly once. */
export interface Delivery {
  /** Undefined where its octets make no sound PDU. */
  readonly pdu: Pdu | undefined
  readonly frame: Buffer
  /** It is stored. `token` comes back by `onConfirmed` once the SMSC certainly has this answer, unless the answer came so late that it may have given up. */
  accept(token?: string): void
  /** It could not be stored: a temporary error, so that the SMSC brings it again. */
  refuse(): void
}

export interface LinkHandlers {
  onBound(): void
  /** Something was heard from the peer since it was last called. */
  onAlive(): void
  onDelivery(delivery: Delivery): void
  onConfirmed(tokens: readonly string[]): void
}

/** The one connection to an SMSC, shared by the source that runs it and the client that sends by it. */
export interface SmppLink {
  /**
   * Connects, signs in and holds the connection until the signal is aborted, then signs off and resolves. Throws a Failure where it cannot be made or ends
   * (`unauthorized` where the sign-in is refused); calling again connects again. One call at a time.
   */
  receive(handlers: LinkHandlers, signal: AbortSignal): Promise<void>
  /**
   * Hands over one `submit_sm` and resolves with the SMSC's id for it (empty where it gave none). Throws a Failure: `unavailable` and `rate-limited` with
   * `retryable: true` (certainly not sent), `timeout` with `retryable: false` (it may have been sent), else the SMSC's refusal.
   */
  submit(fields: Readonly<Record<string, unknown>>, signal: AbortSignal): Promise<{ readonly messageId: string }>
}

const ENQUIRE_MS = 30_000
const CONFIRM_MS = 5_000
const ANSWER_LIMIT_MS = 10_000
const SUBMIT_LIMIT_MS = 30_000
const CONNECT_LIMIT_MS = 15_000
const UNBIND_LIMIT_MS = 2_000
/** An SMSC may give up on an answer after so long, and bring the message again though the answer comes. */
const PROMPT_MS = 5_000
const DELIVER_SM = 0x05
const DATA_SM = 0x103

export function createSmppLink(options: SmppLinkOptions): SmppLink {
  const { host, port, clock } = options
  const { enquireMs = ENQUIRE_MS, confirmMs = CONFIRM_MS, answerLimitMs = ANSWER_LIMIT_MS } = options
  const { submitLimitMs = SUBMIT_LIMIT_MS } = options
  let transmitter: Session | undefined

  async function bound(command: string, handlers: LinkHandlers, signal: AbortSignal): Promise<Held> {
    const tokens: string[] = []
    const calls: { session?: Session } = {}
    const early: PeerRequest[] = []
    const onRequest = (request: PeerRequest) => {
      const { session } = calls
      if (session === undefined) early.push(request)
      else serve(session, request, tokens, handlers)
    }
    const session = await openSession(
      {
        host,
        port,
        clock,
        connectLimitMs: CONNECT_LIMIT_MS,
        signal,
        ...(options.tls === undefined ? {} : { tls: options.tls }),
      },
      onRequest,
    )
    calls.session = session
    for (const request of early) serve(session, request, tokens, handlers)
    const onAbort = () => session.end('we stop')
    signal.addEventListener('abort', onAbort, { once: true })
    const answer = await session
      .request(
        command,
        {
          system_id: options.systemId,
          password: options.password,
          system_type: options.systemType ?? '',
          interface_version: 0x34,
          address_range: options.addressRange ?? '',
        },
        answerLimitMs,
      )
      .catch((error: unknown) => {
        session.end('the sign-in was not answered')
        throw error instanceof Failure ? error : linkFailure('the sign-in was not answered', error)
      })
      .finally(() => signal.removeEventListener('abort', onAbort))
    if (answer.command_status !== STATUS.ok) {
      session.end('the sign-in was refused')
      throw bindFailure(answer.command_status)
    }
    return { session, tokens }
  }

  function serve(session: Session, request: PeerRequest, tokens: string[], handlers: LinkHandlers): void {
    const { header, pdu } = request
    if (header.commandId === DELIVER_SM || header.commandId === DATA_SM) {
      handlers.onDelivery(deliveryOf(session, request, tokens))
      return
    }
    const command = pdu?.command
    if (command === 'enquire_link') session.answer('enquire_link_resp', header.sequence, STATUS.ok)
    else if (command === 'unbind') {
      session.answer('unbind_resp', header.sequence, STATUS.ok)
      session.end('the SMSC signed us off')
    } else if (command !== 'alert_notification' && command !== 'outbind') {
      session.answer('generic_nack', header.sequence, STATUS.invalidCommand)
    }
  }

  function deliveryOf(session: Session, { header, pdu, frame }: PeerRequest, tokens: string[]): Delivery {
    const arrivedAt = clock.now()
    const response = header.commandId === DELIVER_SM ? 'deliver_sm_resp' : 'data_sm_resp'
    return {
      pdu,
      frame,
      accept: (token) => {
        session.answer(response, header.sequence, STATUS.ok)
        if (token !== undefined && clock.now() - arrivedAt <= PROMPT_MS) tokens.push(token)
      },
      refuse: () => session.answer(response, header.sequence, STATUS.tryAgain),
    }
  }

  /** Asks now and then whether the peer is there; its answer also proves that it read what we answered before. Ends with the session. */
  async function keepAlive({ session, tokens }: Held, handlers: LinkHandlers, signal: AbortSignal): Promise<never> {
    let toldAt = session.heardAt
    for (;;) {
      await clock.sleep(Math.min(confirmMs, enquireMs), signal)
      if (session.heardAt > toldAt) {
        toldAt = session.heardAt
        handlers.onAlive()
      }
      if (tokens.length === 0 && clock.now() - session.heardAt < enquireMs) continue
      const known = tokens.splice(0)
      const askedAt = clock.now()
      try {
        await session.request('enquire_link', {}, answerLimitMs)
        if (known.length > 0) handlers.onConfirmed(known)
      } catch (error) {
        // Who speaks is not dead, though it owes an answer; but nothing is confirmed.
        if (error instanceof Unanswered && session.heardAt > askedAt) continue
        session.end('the SMSC does not answer any more')
        return await session.over
      }
    }
  }

  return {
    receive: async (handlers, signal) => {
      if (options.loopbackOnly === true) requireLoopback(new URL(`http://${host.includes(':') ? `[${host}]` : host}`))
      if (signal.aborted) return
      const own = new AbortController()
      const stopped = new Promise<never>((_, reject) => {
        own.signal.addEventListener('abort', () => reject(own.signal.reason as Error), { once: true })
      })
      stopped.catch(() => undefined)
      const onAbort = () => own.abort(signal.reason)
      signal.addEventListener('abort', onAbort, { once: true })
      const held: Held[] = []
      try {
        if (options.bind === 'receiver-transmitter') {
          held.push(await bound('bind_transmitter', handlers, signal))
          held.push(await bound('bind_receiver', handlers, signal))
        } else held.push(await bound('bind_transceiver', handlers, signal))
        transmitter = held[0]?.session
        handlers.onBound()
        await Promise.race([
          stopped,
          ...held.flatMap((each) => [each.session.over, keepAlive(each, handlers, own.signal)]),
        ])
      } catch (error) {
        if (!signal.aborted) throw error
        for (const { session } of held) {
          await session.request('unbind', {}, UNBIND_LIMIT_MS).catch(() => undefined)
        }
      } finally {
        transmitter = undefined
        signal.removeEventListener('abort', onAbort)
        own.abort(new Error('the link ended'))
        for (const { session } of held) session.end('we closed it')
      }
    },
    submit: async (fields, signal) => {
      const session = transmitter
      if (session === undefined) throw notBound()
      if (signal.aborted)
        throw new Failure('stopped', 'sending was stopped before the message left', { retryable: true })
      const answer = await untilAborted(session.request('submit_sm', fields, submitLimitMs), signal).catch(
        (error: unknown) => {
          if (error instanceof Failure) throw error
          if (error instanceof Unanswered) throw mayHaveBeenSent(error.message)
          throw new Failure('invalid-payload', 'the message cannot be written as SMPP', {
            retryable: false,
            cause: error,
          })
        },
      )
      if (answer.command_status !== STATUS.ok) throw submitFailure(answer.command_status)
      if (answer.command !== 'submit_sm_resp') throw mayHaveBeenSent('the SMSC answered with something else')
      return { messageId: textField(answer, 'message_id') }
    },
  }
}

interface Held {
  readonly session: Session
  /** Answers that the peer may not have yet. */
  readonly tokens: string[]
}

async function untilAborted<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  let onAbort: () => void = () => undefined
  const aborted = new Promise<never>((_, reject) => {
    onAbort = () => reject(new Unanswered('the desk was stopped while it went out'))
    signal.addEventListener('abort', onAbort, { once: true })
  })
  work.catch(() => undefined)
  try {
    return await Promise.race([work, aborted])
  } finally {
    signal.removeEventListener('abort', onAbort)
  }
}
