import type { FastifyReply } from 'fastify'
import type { FailureReason } from '../schemas/failure-reason.js'

/** The HTTP status a failure becomes. */
const STATUS: Readonly<Record<FailureReason, number>> = {
  'rate-limited': 429,
  unavailable: 503,
  timeout: 504,
  unauthorized: 401,
  forbidden: 403,
  refused: 422,
  'not-found': 404,
  conflict: 409,
  'too-large': 413,
  'invalid-payload': 400,
  'unknown-shape': 400,
  'storage-full': 503,
  stopped: 503,
  unexpected: 500,
}

const TITLES: Readonly<Record<number, string>> = {
  400: 'The request is not right',
  401: 'Sign in first',
  403: 'Not allowed',
  404: 'Not found',
  408: 'Took too long to arrive',
  409: 'Somebody else was faster',
  413: 'Too large',
  414: 'The address is too long',
  415: 'Unsupported media type',
  422: 'Refused',
  429: 'Too many requests',
  431: 'The headers are too long',
  500: 'Something went wrong',
  503: 'Not available right now',
  504: 'Took too long',
}

export const statusOf = (reason: FailureReason): number => STATUS[reason]

export interface Problem {
  readonly type: string
  readonly title: string
  readonly status: number
  /** For people; it never holds a message's text or a secret. */
  readonly detail: string
}

export const PROBLEM_TYPE = 'application/problem+json'

/** A problem document of RFC 9457. */
export function problemOf(status: number, detail: string): Problem {
  return { type: 'about:blank', title: TITLES[status] ?? 'Problem', status, detail }
}

export function problem(
  reply: FastifyReply,
  status: number,
  detail: string,
  more: Record<string, unknown> = {},
): FastifyReply {
  return reply
    .code(status)
    .type(PROBLEM_TYPE)
    .send({ ...problemOf(status, detail), ...more })
}
