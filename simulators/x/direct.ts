import type { Answer } from '../loopback.js'
import { invalidRequest } from './problems.js'
import type { XTimeline, XUser } from './timeline.js'
import type { Json } from './wire.js'

/** `POST /2/dm_conversations/with/:id/messages`: refuses as X does, or tells the id of the message. */
export function createDirect(
  raw: string,
  account: XUser,
  userId: string,
  timeline: XTimeline,
  nowMs: number,
): { answer: Answer; body?: Json; id: string; text: string } {
  let body: Json | undefined
  try {
    body = JSON.parse(raw) as Json
  } catch {
    body = undefined
  }
  const text = body?.['text']
  if (body === undefined || typeof text !== 'string' || text === '')
    return { answer: invalidRequest('$.text: is missing but it is required'), id: '', text: '' }
  if (!/^\d{1,19}$/.test(userId)) return { answer: invalidRequest('$.participant_id: is not valid'), id: '', text: '' }
  const id = timeline.idFor(nowMs)
  const data = { dm_conversation_id: `${account.id}-${userId}`, dm_event_id: id }
  return { answer: { status: 201, body: JSON.stringify({ data }) }, body, id, text }
}
