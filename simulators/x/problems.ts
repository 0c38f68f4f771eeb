import type { Answer } from '../loopback.js'

const PROBLEMS = 'https://api.twitter.com/2/problems'

/** A refusal that X words as `{title, detail, type, status}`. */
export function problem(status: number, title: string, detail = title, type = 'about:blank'): Answer {
  return { status, body: JSON.stringify({ title, detail, type, status }) }
}

/** A 400, which X words otherwise: the parameters at fault, and no status in the body. */
export function invalidRequest(message: string, parameters: Record<string, string[]> = {}): Answer {
  return {
    status: 400,
    body: JSON.stringify({
      errors: [{ parameters, message }],
      title: 'Invalid Request',
      detail: 'One or more parameters to your request was invalid.',
      type: `${PROBLEMS}/invalid-request`,
    }),
  }
}

export const unauthorized = problem(401, 'Unauthorized')
export const tooManyRequests = problem(429, 'Too Many Requests')

export const appOnlyForbidden = problem(
  403,
  'Unsupported Authentication',
  'Authenticating with OAuth 2.0 Application-Only is forbidden for this endpoint. Supported authentication types are [OAuth 1.0a User Context, OAuth 2.0 User Context].',
  `${PROBLEMS}/unsupported-authentication`,
)

/** An entry of `errors[]` beside `data` in a 200. */
export function notFound(
  resource: 'tweet' | 'post' | 'user',
  parameter: string,
  value: string,
): Record<string, string> {
  return {
    value,
    detail: `Could not find ${resource} with ${parameter}: [${value}].`,
    title: 'Not Found Error',
    resource_type: resource,
    parameter,
    resource_id: value,
    type: `${PROBLEMS}/resource-not-found`,
  }
}
