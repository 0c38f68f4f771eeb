import { createHash } from 'node:crypto'

export interface XUser {
  id: string
  username: string
  name: string
  location: string | null
  createdAtMs: number
}

export type XReferenceType = 'replied_to' | 'quoted' | 'retweeted'

export interface XPost {
  id: string
  authorId: string
  text: string
  lang: string
  createdAtMs: number
  conversationId: string
  inReplyToUserId: string | null
  references: { type: XReferenceType; id: string }[]
  /** Ids of every version, oldest first; the array is shared by all versions. */
  editHistory: string[]
  /** Lower-case usernames it mentions, its own words and those inherited by replying. */
  mentions: Set<string>
  photos: readonly string[]
  deleted: boolean
}

const X_EPOCH_MS = 1_288_834_974_657n

/** The moment an id was given at, from the id itself. */
export function snowflakeTimeMs(id: string): number {
  return Number((BigInt(id) >> 22n) + X_EPOCH_MS)
}

export function compareIds(a: string, b: string): number {
  return a.length === b.length ? (a < b ? -1 : a > b ? 1 : 0) : a.length - b.length
}

function mentionedIn(text: string): string[] {
  return [...text.matchAll(/(?<![\w@])@(\w{1,15})/g)].map((match) => (match[1] ?? '').toLowerCase())
}

/** Users and posts of one simulated X. */
export class XTimeline {
  readonly #users = new Map<string, XUser>()
  readonly #usersById = new Map<string, XUser>()
  readonly #posts = new Map<string, XPost>()
  #lastMs = 0

  user(author: { username: string; name?: string; location?: string; id?: string }, nowMs: number): XUser {
    const key = author.username.toLowerCase()
    const known = this.#users.get(key)
    if (known !== undefined) return known
    const digest = createHash('sha256').update(key).digest().readBigUInt64BE()
    const user: XUser = {
      id: author.id ?? String(1_000_000_000_000_000_000n + (digest % 800_000_000_000_000_000n)),
      username: author.username,
      name: author.name ?? author.username,
      location: author.location ?? null,
      createdAtMs: nowMs - 3 * 365 * 86_400_000,
    }
    this.#users.set(key, user)
    this.#usersById.set(user.id, user)
    return user
  }

  userNamed(username: string): XUser | undefined {
    return this.#users.get(username.toLowerCase())
  }

  userWithId(id: string): XUser | undefined {
    return this.#usersById.get(id)
  }

  /** An id of the same generator for something that is no post. */
  idFor(nowMs: number): string {
    return this.#nextId(nowMs, undefined).id
  }

  find(id: string): XPost | undefined {
    return this.#posts.get(id)
  }

  /** Every latest, undeleted version, newest id first. */
  newestFirst(): XPost[] {
    return [...this.#posts.values()]
      .filter((post) => !post.deleted && post.editHistory.at(-1) === post.id)
      .sort((a, b) => compareIds(b.id, a.id))
  }

  /** Without `createdAtMs` ids only ever grow; with it the id is of that moment, as with a post that X lists late. */
  #nextId(nowMs: number, createdAtMs: number | undefined): { id: string; ms: number } {
    const ms = createdAtMs ?? Math.max(nowMs, this.#lastMs)
    this.#lastMs = Math.max(this.#lastMs, ms)
    let id = (BigInt(ms) - X_EPOCH_MS) << 22n
    while (this.#posts.has(String(id))) id += 1n
    return { id: String(id), ms }
  }

  add(input: {
    author: XUser
    text: string
    lang?: string
    nowMs: number
    createdAtMs?: number
    references?: { type: XReferenceType; id: string }[]
    photos?: readonly string[]
  }): XPost {
    const { id, ms } = this.#nextId(input.nowMs, input.createdAtMs)
    const references = input.references ?? []
    const parentId = references.find((reference) => reference.type === 'replied_to')?.id
    const parent = parentId === undefined ? undefined : this.#posts.get(parentId)
    const mentions = new Set(mentionedIn(input.text))
    if (parent !== undefined) {
      for (const name of parent.mentions) mentions.add(name)
      const parentAuthor = this.userWithId(parent.authorId)
      if (parentAuthor !== undefined) mentions.add(parentAuthor.username.toLowerCase())
    }
    mentions.delete(input.author.username.toLowerCase())
    const post: XPost = {
      id,
      authorId: input.author.id,
      text: input.text,
      lang: input.lang ?? 'und',
      createdAtMs: ms,
      conversationId: parent?.conversationId ?? id,
      inReplyToUserId: parent?.authorId ?? null,
      references,
      editHistory: [id],
      mentions,
      photos: input.photos ?? [],
      deleted: false,
    }
    this.#posts.set(id, post)
    return post
  }

  /** A new version with a new id; the older ones stay readable by id but leave the timelines. */
  edit(id: string, text: string, nowMs: number): XPost {
    const old = this.#posts.get(id)
    if (old === undefined) throw new Error(`no post ${id} to edit`)
    const { id: newId, ms } = this.#nextId(nowMs, undefined)
    old.editHistory.push(newId)
    const mentions = new Set([...old.mentions, ...mentionedIn(text)])
    const post: XPost = { ...old, id: newId, text, mentions, createdAtMs: ms, deleted: false }
    this.#posts.set(newId, post)
    return post
  }

  remove(id: string): void {
    const post = this.#posts.get(id)
    if (post === undefined) throw new Error(`no post ${id} to delete`)
    for (const version of post.editHistory) {
      const state = this.#posts.get(version)
      if (state !== undefined) state.deleted = true
    }
  }
}
