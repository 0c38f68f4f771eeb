import type { Answer, ReceivedRequest } from '../loopback.js'
import { invalidRequest, notFound } from './problems.js'
import type { XTimeline } from './timeline.js'
import { askedFor, expand, renderPost, renderUser, type Json, type XNaming } from './wire.js'

export function userByName(request: ReceivedRequest, timeline: XTimeline): Answer {
  const name = decodeURIComponent(request.path.split('/').at(-1) ?? '')
  const user = timeline.userNamed(name)
  if (user === undefined) return { status: 200, body: JSON.stringify({ errors: [notFound('user', 'username', name)] }) }
  return { status: 200, body: JSON.stringify({ data: renderUser(user, askedFor(request.query)) }) }
}

export function lookup(request: ReceivedRequest, timeline: XTimeline, naming: XNaming): Answer {
  const ids = (request.query.get('ids') ?? '').split(',').filter((id) => /^\d{1,19}$/.test(id))
  if (ids.length === 0 || ids.length > 100) return invalidRequest('The `ids` query parameter takes 1 to 100 ids')
  const asked = askedFor(request.query)
  const found = ids.flatMap((id) => timeline.find(id) ?? []).filter((post) => !post.deleted)
  const missing = ids.filter((id) => !found.some((post) => post.id === id))
  const { includes, errors } = expand(found, asked, naming, timeline)
  const body: Json = {}
  if (found.length > 0) body['data'] = found.map((post) => renderPost(post, asked, naming, timeline))
  if (Object.keys(includes).length > 0) body['includes'] = includes
  const all = [...missing.map((id) => notFound(naming, 'ids', id)), ...errors]
  if (all.length > 0) body['errors'] = all
  return { status: 200, body: JSON.stringify(body) }
}
