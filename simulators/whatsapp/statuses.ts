import type { SimulatorClock } from '../clock.js'
import type { Notice } from './deliveries.js'
import { statusError, type Refusal } from './errors.js'
import { renderContact, type Json, type WhatsAppContact } from './wire.js'

export interface StatusWaits {
  sent: number
  delivered: number
  read: number
}

/** A message that was accepted, and how it will end: read, or failed for this reason. */
export interface AcceptedMessage {
  id: string
  /** Digits of a number, or a business-scoped user id. */
  recipient: string
  type: string
  person: WhatsAppContact | undefined
  failure: Refusal | undefined
}

type Status = keyof StatusWaits | 'failed'

function renderStatus(message: AcceptedMessage, status: Status, nowMs: number): Notice {
  const { id, recipient, person, failure } = message
  const byUserId = /^[A-Z]{2}\./.test(recipient)
  const userId = byUserId ? recipient : person?.userId
  const wire: Json = {
    id,
    status,
    timestamp: String(Math.floor(nowMs / 1000)),
    ...(byUserId ? {} : { recipient_id: recipient }),
    ...(userId === undefined ? {} : { recipient_user_id: userId }),
  }
  if (status === 'failed' && failure !== undefined) wire['errors'] = [statusError(failure.error, failure.details)]
  else {
    const category = message.type === 'template' ? 'utility' : 'service'
    wire['pricing'] = { billable: false, pricing_model: 'PMP', category, type: 'free_customer_service' }
  }
  const hasContact = userId !== undefined && status !== 'failed' && person !== undefined
  return { kind: 'status', contact: hasContact ? renderContact(person) : undefined, status: wire }
}

/** sent, delivered, read, or failed, each as a notice of its own. Stops silently once the signal is aborted. */
export async function emitStatuses(
  message: AcceptedMessage,
  waits: StatusWaits,
  clock: SimulatorClock,
  signal: AbortSignal,
  push: (notice: Notice) => void,
): Promise<void> {
  const steps: [Status, number][] = [
    ['sent', waits.sent],
    ['delivered', waits.delivered],
    ['read', waits.read],
  ]
  for (const [status, waitMs] of message.failure === undefined ? steps : [['failed', waits.sent] as const]) {
    try {
      await clock.sleep(waitMs, signal)
    } catch {
      return
    }
    push(renderStatus(message, status, clock.now()))
  }
}
