import { createHash } from 'node:crypto'
import type { Answer } from '../loopback.js'
import { metaJson, type Json } from './wire.js'

/** The refusals of the Cloud API that are simulated, by name. */
const GRAPH_ERRORS = {
  token: {
    status: 401,
    code: 190,
    type: 'OAuthException',
    title: 'Invalid OAuth access token - Cannot parse access token',
  },
  parameter: { status: 400, code: 100, type: 'OAuthException', title: '(#100) Invalid parameter' },
  noSuchObject: {
    status: 400,
    code: 100,
    type: 'GraphMethodException',
    subcode: 33,
    title:
      'Unsupported request. Object does not exist, cannot be loaded due to missing permissions, or does not support this operation',
  },
  throughput: { status: 429, code: 130429, type: 'OAuthException', title: '(#130429) Rate limit hit' },
  pairRate: {
    status: 400,
    code: 131056,
    type: 'OAuthException',
    title: '(#131056) (Business Account, Consumer Account) pair rate limit hit',
  },
  undeliverable: { status: 400, code: 131026, type: 'OAuthException', title: '(#131026) Message undeliverable' },
  window: { status: 400, code: 131047, type: 'OAuthException', title: '(#131047) Re-engagement message' },
  tooMany: { status: 429, code: 4, type: 'OAuthException', title: '(#4) Application request limit reached' },
  unavailable: { status: 503, code: 2, type: 'OAuthException', title: 'Service temporarily unavailable' },
  internal: { status: 500, code: 131000, type: 'OAuthException', title: '(#131000) Something went wrong' },
} as const
export type GraphErrorName = keyof typeof GRAPH_ERRORS

/** Why a message was not taken or not delivered. */
export interface Refusal {
  error: GraphErrorName
  details: string
}

export function graphError(name: GraphErrorName, details: string): Answer {
  const known: { status: number; code: number; type: string; title: string; subcode?: number } = GRAPH_ERRORS[name]
  const error: Json = {
    message: known.title,
    type: known.type,
    code: known.code,
    ...(known.subcode === undefined ? {} : { error_subcode: known.subcode }),
    error_data: { messaging_product: 'whatsapp', details },
    fbtrace_id: `A${createHash('sha256').update(`${name} ${details}`).digest('base64url').slice(0, 22)}`,
  }
  return { status: known.status, body: metaJson({ error }) }
}

/** The same refusal as an entry of a failed status. */
export function statusError(name: GraphErrorName, details: string): Json {
  const { code, title } = GRAPH_ERRORS[name]
  const plain = title.replace(/^\(#\d+\) /, '')
  return {
    code,
    title: plain,
    message: plain,
    error_data: { details },
    href: 'https://developers.facebook.com/docs/whatsapp/cloud-api/support/error-codes/',
  }
}
