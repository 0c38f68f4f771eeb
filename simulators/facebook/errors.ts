import { createHash } from 'node:crypto'
import type { Answer } from '../loopback.js'
import { metaJson, type Json } from '../whatsapp/wire.js'

interface Known {
  readonly status: number
  readonly message: string
  readonly type?: string
}

/** Errors of the Graph API as it words them, by code, or by code and subcode. */
const ERRORS = new Map<string, Known>([
  ['1', { status: 500, message: 'An unknown error occurred' }],
  ['2', { status: 503, message: 'Service temporarily unavailable' }],
  ['4', { status: 400, message: '(#4) Application request limit reached' }],
  ['10', { status: 403, message: '(#10) This endpoint requires the pages_read_engagement permission' }],
  ['10/2018278', { status: 400, message: '(#10) This message is sent outside of allowed window.' }],
  ['17', { status: 400, message: '(#17) User request limit reached' }],
  ['32', { status: 403, message: '(#32) Page request limit reached' }],
  ['100', { status: 400, message: '(#100) Invalid parameter' }],
  [
    '100/33',
    {
      status: 400,
      type: 'GraphMethodException',
      message:
        'Unsupported get request. Object does not exist, cannot be loaded due to missing permissions, or does not support this operation',
    },
  ],
  ['100/2018001', { status: 400, message: '(#100) No matching user found' }],
  ['190', { status: 401, message: 'Error validating access token: the session is invalid' }],
  ['190/463', { status: 401, message: 'Error validating access token: Session has expired' }],
  ['200', { status: 403, message: '(#200) Requires pages_manage_engagement permission' }],
  ['368', { status: 400, message: 'The action attempted has been deemed abusive or is otherwise disallowed' }],
  ['506', { status: 400, message: '(#506) Duplicate status message' }],
  ['613', { status: 400, message: '(#613) Calls to this api have exceeded the rate limit.' }],
])

export function graphFailure(code: number, subcode?: number, message?: string): Answer {
  const known = ERRORS.get(subcode === undefined ? String(code) : `${code}/${subcode}`) ?? ERRORS.get(String(code))
  const error: Json = {
    message: message ?? known?.message ?? `(#${code}) Something went wrong`,
    type: known?.type ?? 'OAuthException',
    code,
    ...(subcode === undefined ? {} : { error_subcode: subcode }),
    fbtrace_id: `A${createHash('sha256')
      .update(`${code} ${subcode ?? ''}`)
      .digest('base64url')
      .slice(0, 10)}`,
  }
  return { status: known?.status ?? 400, body: metaJson({ error }) }
}
