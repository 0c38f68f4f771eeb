import type { Json } from '../whatsapp/wire.js'
import type { Row } from './pages.js'
import {
  renderComment,
  renderConversation,
  renderMessage,
  renderPost,
  type Entry,
  type FacebookPerson,
  type FacebookWorld,
} from './world.js'

const row = (entry: { id: string; order: number }, atMs: number, json: Json): Row => ({
  key: entry.id,
  atMs,
  order: entry.order,
  json,
})

/** Everything on an edge of an object, in no order yet; undefined where there is no such object or edge. */
export function rowsOf(
  world: FacebookWorld,
  page: FacebookPerson,
  id: string,
  edge: string | undefined,
  query: URLSearchParams,
): Row[] | undefined {
  const { posts, tagged, conversations } = world
  if (id === page.id && edge === 'feed') return posts.map((post) => row(post, post.createdMs, renderPost(post)))
  if (id === page.id && edge === 'tagged')
    return tagged.map((post) => row(post, post.taggedMs ?? post.createdMs, renderPost(post)))
  if (id === page.id && edge === 'conversations') {
    return conversations.map((talk, order) =>
      row({ id: talk.id, order }, talk.updatedMs, renderConversation(talk, page)),
    )
  }
  const talk = edge === 'messages' ? conversations.find((conversation) => conversation.id === id) : undefined
  if (talk !== undefined) {
    const to = (message: Entry) => (message.from.id === page.id ? talk.person : page)
    return talk.messages.map((message) => row(message, message.createdMs, renderMessage(message, to(message))))
  }
  const post = edge === 'comments' ? world.findPost(id) : undefined
  const isAll = query.get('filter') === 'stream'
  return post?.comments
    .filter(({ parentId }) => isAll || parentId === undefined || parentId === post.id)
    .map((comment) => row(comment, comment.createdMs, renderComment(comment, post.id)))
}
