import type { FastifyError, FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { STATUS_CODES } from 'node:http'
import type { Socket } from 'node:net'
import { Failure } from '../runtime/failure.js'
import type { Log } from '../runtime/log.js'
import { PROBLEM_TYPE, problem, problemOf, statusOf } from './problem.js'

const SHOWN_ERRORS = 20

/** Every error becomes a problem document; one that nobody classified goes to the log by its name alone. */
export function answerWithProblems(app: FastifyInstance, log: Log): void {
  app.setErrorHandler((error: FastifyError | Failure, request, reply) => {
    if (error instanceof Failure) {
      if (error.retryAfterMs !== undefined) reply.header('retry-after', Math.ceil(error.retryAfterMs / 1000))
      if (error.reason === 'unexpected') logError(log, request, error)
      return problem(reply, statusOf(error.reason), error.message)
    }
    if (error.validation !== undefined) {
      const errors = error.validation.slice(0, SHOWN_ERRORS).map(({ instancePath, message }) => ({
        path: `${error.validationContext ?? ''}${instancePath}`,
        detail: message ?? '',
      }))
      return problem(reply, 400, 'the request does not fit its schema', { errors })
    }
    if (error.statusCode !== undefined && error.statusCode < 500)
      return problem(reply, error.statusCode, wordsOf(error))
    logError(log, request, error)
    return problem(reply, 500, 'an error nobody expected: it is in the log')
  })
}

function logError(log: Log, request: FastifyRequest, error: FastifyError | Failure): void {
  log.error('request failed', {
    method: request.method,
    route: request.routeOptions.url,
    error: error.name,
    code: 'code' in error ? error.code : undefined,
    // The first place of ours, without the message: that may repeat what was sent.
    at: error.stack
      ?.split('\n')
      .find((line) => /^\s+at /.test(line))
      ?.trim(),
  })
}

/** The parser's own words repeat what was sent. */
function wordsOf(error: FastifyError): string {
  return error instanceof SyntaxError || error.code === 'FST_ERR_CTP_INVALID_JSON_BODY'
    ? 'the body is not JSON'
    : error.message
}

/** What never reaches a route: an address that is none. */
export function badAddress(error: FastifyError, _request: FastifyRequest, reply: FastifyReply): void {
  const status = error.statusCode ?? 400
  void problem(reply, status, status === 414 ? 'a part of the address is too long' : 'the address is not well-formed')
}

/** What is no HTTP request, or takes too long to become one: answered on the bare socket. */
export function badRequest(error: Error & { code?: string }, socket: Socket): void {
  if (error.code === 'ECONNRESET' || !socket.writable) {
    socket.destroy()
    return
  }
  const status = error.code === 'ERR_HTTP_REQUEST_TIMEOUT' ? 408 : error.code === 'HPE_HEADER_OVERFLOW' ? 431 : 400
  const body = JSON.stringify(problemOf(status, 'this is not an HTTP request that the desk can read'))
  socket.end(
    `HTTP/1.1 ${status} ${STATUS_CODES[status] ?? ''}\r\ncontent-type: ${PROBLEM_TYPE}\r\n` +
      `content-length: ${Buffer.byteLength(body)}\r\nconnection: close\r\n\r\n${body}`,
    () => socket.destroy(),
  )
}
