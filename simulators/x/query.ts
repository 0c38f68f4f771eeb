import type { XPost, XTimeline } from './timeline.js'

/** A search that X would refuse, with the words in which it says so. */
export class QueryError extends Error {}

type PostTest = (post: XPost) => boolean

interface Token {
  kind: 'open' | 'close' | 'or' | 'term'
  text: string
  negated: boolean
  quoted: boolean
}

const TOKEN = /\s*(?:(-?\()|(\))|(-?)"([^"]*)"|(\S[^\s()]*))/gy

function tokens(query: string): Token[] {
  const found: Token[] = []
  TOKEN.lastIndex = 0
  const trimmed = query.trim()
  while (TOKEN.lastIndex < trimmed.length) {
    const at = TOKEN.lastIndex
    const match = TOKEN.exec(trimmed)
    if (match === null) throw new QueryError(`there is an error in the query at position ${at + 1}`)
    const [, open, close, minus, phrase, word] = match
    if (open !== undefined) found.push({ kind: 'open', text: open, negated: open.startsWith('-'), quoted: false })
    else if (close !== undefined) found.push({ kind: 'close', text: close, negated: false, quoted: false })
    else if (phrase !== undefined) found.push({ kind: 'term', text: phrase, negated: minus === '-', quoted: true })
    else if (word === 'OR') found.push({ kind: 'or', text: word, negated: false, quoted: false })
    else if (word !== undefined) {
      const negated = word.startsWith('-') && word.length > 1
      found.push({ kind: 'term', text: negated ? word.slice(1) : word, negated, quoted: false })
    }
  }
  return found
}

function words(text: string): string[] {
  return text.toLowerCase().match(/[\p{L}\p{N}\p{M}_]+/gu) ?? []
}

function phraseTest(phrase: string): PostTest {
  const wanted = ` ${words(phrase).join(' ')} `
  return (post) => ` ${words(post.text).join(' ')} `.includes(wanted)
}

function referenceTest(type: string): PostTest {
  return (post) => post.references.some((reference) => reference.type === type)
}

function operatorTest(name: string, value: string, timeline: XTimeline): PostTest | undefined {
  const username = value.replace(/^@/, '')
  switch (name) {
    case 'from':
      return (post) => post.authorId === (timeline.userNamed(username)?.id ?? username)
    case 'to':
      return (post) => post.inReplyToUserId === (timeline.userNamed(username)?.id ?? username)
    case 'conversation_id':
      return (post) => post.conversationId === value
    case 'lang':
      return (post) => post.lang === value
    case 'is':
      if (value === 'retweet') return referenceTest('retweeted')
      if (value === 'reply') return referenceTest('replied_to')
      if (value === 'quote') return referenceTest('quoted')
      return undefined
    case 'has':
      if (value === 'media' || value === 'images') return (post) => post.photos.length > 0
      if (value === 'links') return (post) => /https?:\/\//.test(post.text)
      if (value === 'mentions') return (post) => post.mentions.size > 0
      if (value === 'hashtags') return (post) => /#[\p{L}\p{N}_]/u.test(post.text)
      return undefined
    default:
      return undefined
  }
}

const NEEDS_COMPANY = new Set(['lang', 'is', 'has'])

function termTest(token: Token, timeline: XTimeline): { test: PostTest; standalone: boolean } {
  const { text } = token
  let test: PostTest | undefined
  let standalone = !token.negated
  const operator = /^([a-z_]+):(.+)$/.exec(text)
  if (token.quoted || operator === null) {
    if (!token.quoted && /^@\w+$/.test(text)) {
      const name = text.slice(1).toLowerCase()
      test = (post) => post.mentions.has(name)
    } else if (!token.quoted && /^#/.test(text)) {
      const tag = text.toLowerCase()
      test = (post) => [...post.text.toLowerCase().matchAll(/#[\p{L}\p{N}\p{M}_]+/gu)].some(([found]) => found === tag)
    } else {
      test = phraseTest(text)
    }
  } else {
    const [, name = '', value = ''] = operator
    test = operatorTest(name, value, timeline)
    if (NEEDS_COMPANY.has(name)) standalone = false
    if (test === undefined) throw new QueryError(`Reference to invalid operator '${text}'.`)
  }
  const positive = test
  return { test: token.negated ? (post) => !positive(post) : positive, standalone }
}

/**
 * Reads a recent-search query: words, phrases, `@name`, `#tag`, operators, `-`, `OR`, brackets, and "and" by standing side by side
 * (which binds closer than `OR`, as on X). Throws QueryError for what X would refuse.
 */
export function parseQuery(query: string, timeline: XTimeline): PostTest {
  const list = tokens(query)
  let position = 0
  let standalone = false

  const either = (): PostTest => {
    const options = [all()]
    while (list[position]?.kind === 'or') {
      position += 1
      options.push(all())
    }
    return (post) => options.some((test) => test(post))
  }
  const all = (): PostTest => {
    const parts: PostTest[] = []
    for (let token = list[position]; token !== undefined; token = list[position]) {
      if (token.kind === 'or' || token.kind === 'close') break
      position += 1
      if (token.kind === 'term') {
        const term = termTest(token, timeline)
        standalone ||= term.standalone
        parts.push(term.test)
        continue
      }
      const inner = either()
      if (list[position]?.kind !== 'close') throw new QueryError('missing a closing bracket')
      position += 1
      parts.push(token.negated ? (post) => !inner(post) : inner)
    }
    if (parts.length === 0) throw new QueryError('no viable alternative at input')
    return (post) => parts.every((test) => test(post))
  }

  const test = either()
  if (position < list.length) throw new QueryError('a closing bracket without an opening one')
  if (!standalone) throw new QueryError('Rules must contain at least one positive, standalone operator.')
  return test
}
