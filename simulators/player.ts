import type { SimulatorClock } from './clock.js'
import type { FacebookSimulator } from './facebook.js'
import type { NewsSimulator } from './news.js'
import type { Story, StoryAuthor, StoryMessage } from './story/story.js'
import type { WhatsAppSimulator } from './whatsapp.js'
import type { WhatsAppContact, WhatsAppContent } from './whatsapp/wire.js'
import type { XSimulator } from './x.js'

export interface PlayOptions {
  story: Story
  clock: SimulatorClock
  /** Ends the play, at any moment. */
  signal: AbortSignal
  /** Messages of a channel that is not given are left out. */
  x?: Pick<XSimulator, 'post' | 'edit'>
  facebook?: Pick<FacebookSimulator, 'post' | 'comment' | 'message'>
  whatsapp?: Pick<WhatsAppSimulator, 'receive'>
  /** Takes an SMS to the number of a unit; the gateway's id of it. */
  sms?: (sms: { from: string; unit: string; text: string }) => string
  news?: Pick<NewsSimulator, 'publish'>
  /** 2 plays twice as fast. Default 1. */
  speed?: number
  /** Order and pace of the ordinary day. Default 1. */
  seed?: number
  /** Go on with an ordinary day after the story. Default true. */
  goOn?: boolean
  /** Told of every message as it goes out, with the id its platform gave it. */
  onPlayed?: (message: StoryMessage, platformId: string) => void
}

const ORDINARY_KINDS = new Set<StoryMessage['kind']>(['post', 'comment', 'message', 'text', 'image', 'article'])
/** What the page itself posted, for people to comment under. */
const PAGE_POST = 'السلام علیکم۔ اپنے علاقے کا مسئلہ یہاں لکھیں، ہم جواب دیں گے۔'
const SHORTEST_PAUSE_MS = 20_000
const LONGEST_PAUSE_MS = 60_000

/** Without an alert these are retractions and rumours, odd when told again an hour later. */
const GRAVE = new Set<string>(['terrorism', 'extortion', 'kidnapping', 'direct_threat'])

/** mulberry32: small, seeded, the same everywhere. */
function randomFrom(seed: number): () => number {
  let state = seed >>> 0
  return () => {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296
  }
}

function shuffled<Item>(items: readonly Item[], random: () => number): Item[] {
  const copy = [...items]
  for (let last = copy.length - 1; last > 0; last--) {
    const other = Math.floor(random() * (last + 1))
    const held = copy[last] as Item
    copy[last] = copy[other] as Item
    copy[other] = held
  }
  return copy
}

/**
 * Plays the story, each message at its moment, then an ordinary day: one message every 20 to 60 seconds, first those kept for afterwards,
 * then the ordinary ones of the story again by other authors. Resolves when the signal is aborted, or after the story if `goOn` is false.
 */
export async function playStory(options: PlayOptions): Promise<void> {
  const { clock, signal, story } = options
  const speed = options.speed ?? 1
  const stage = new Stage(options)
  const startMs = clock.now()
  try {
    for (const message of story.played) {
      const dueMs = startMs + ((message.atSeconds ?? 0) * 1000) / speed
      await clock.sleep(Math.max(0, dueMs - clock.now()), signal)
      stage.play(message, message.author)
    }
    if (options.goOn === false) return
    const random = randomFrom(options.seed ?? 1)
    for (const { message, author } of ordinaryDay(story, random)) {
      const pauseMs = SHORTEST_PAUSE_MS + random() * (LONGEST_PAUSE_MS - SHORTEST_PAUSE_MS)
      await clock.sleep(pauseMs / speed, signal)
      stage.play(message, author)
    }
  } catch (error) {
    if (!signal.aborted) throw error
  }
}

function* ordinaryDay(story: Story, random: () => number): Generator<{ message: StoryMessage; author: StoryAuthor }> {
  const isOrdinary = ({ alert, category, kind, ref }: StoryMessage) =>
    !alert && ref === null && !GRAVE.has(category) && ORDINARY_KINDS.has(kind)
  // An article comes once: outlets do not print it again under another name.
  const again = story.played.filter((message) => isOrdinary(message) && message.channel !== 'news')
  for (const message of shuffled(story.afterwards.filter(isOrdinary), random)) yield { message, author: message.author }
  if (again.length === 0) return
  for (;;) {
    for (const message of shuffled(again, random)) {
      const author = story.authors[Math.floor(random() * story.authors.length)] ?? message.author
      yield { message, author }
    }
  }
}

/** The language X itself would note: it knows neither Latin-letter Urdu nor the smaller languages. */
function langOnX(lang: StoryMessage['lang']): string {
  if (lang === 'ur' || lang === 'ps' || lang === 'en') return lang
  return lang === 'pnb' || lang === 'skr' || lang === 'khw' ? 'ur' : 'und'
}

function contactOf(author: StoryAuthor): WhatsAppContact {
  const number = author.whatsapp === 'username' ? {} : { waId: author.waId }
  const userId = author.whatsapp === 'number' ? {} : { userId: author.userId }
  const username = author.whatsapp === 'username' ? { username: author.key } : {}
  return { name: author.name, ...number, ...userId, ...username }
}

class Stage {
  readonly #options: PlayOptions
  /** Ids the platforms gave to the story's messages in this run. */
  readonly #ids = new Map<string, string>()
  /** The page's own post, under which people comment. */
  #pagePost: string | undefined

  constructor(options: PlayOptions) {
    this.#options = options
  }

  play(message: StoryMessage, author: StoryAuthor): void {
    const id = this.#tell(message, author)
    if (id === undefined) return
    this.#ids.set(message.id, id)
    this.#options.onPlayed?.(message, id)
  }

  #tell(message: StoryMessage, author: StoryAuthor): string | undefined {
    switch (message.channel) {
      case 'x':
        return this.#post(message, author)
      case 'facebook':
        return this.#write(message, author)
      case 'whatsapp':
        return this.#receive(message, author)
      case 'sms':
        return this.#options.sms?.({ from: `+${author.waId}`, unit: message.detail, text: message.text })
      case 'news':
        return this.#publish(message)
    }
  }

  #write({ kind, text }: StoryMessage, { waId, name }: StoryAuthor): string | undefined {
    const { facebook } = this.#options
    if (facebook === undefined) return undefined
    const from = { id: `7${waId}`, name }
    if (kind === 'message') return facebook.message({ from, text })
    if (kind === 'post') return facebook.post({ from, text })
    this.#pagePost ??= facebook.post({ text: PAGE_POST })
    return facebook.comment({ from, text, on: this.#pagePost })
  }

  #publish({ text, detail: outlet }: StoryMessage): string | undefined {
    const [title = '', ...rest] = text.split('\n')
    return this.#options.news?.publish({ outlet, title, summary: rest.join(' ') })
  }

  #refId(message: StoryMessage): string | undefined {
    return message.ref === null ? undefined : this.#ids.get(message.ref)
  }

  #post(message: StoryMessage, author: StoryAuthor): string | undefined {
    const { x } = this.#options
    if (x === undefined) return undefined
    const refId = this.#refId(message)
    if (message.kind === 'edit' && refId !== undefined) return x.edit(refId, message.text)
    const place = author.place === '' ? {} : { location: author.place }
    return x.post({
      author: { username: author.key, name: author.name, ...place },
      text: message.text,
      lang: langOnX(message.lang),
      ...(message.kind === 'reply' && refId !== undefined ? { inReplyTo: refId } : {}),
      ...(message.kind === 'quote' && refId !== undefined ? { quotes: refId } : {}),
    })
  }

  #receive(message: StoryMessage, author: StoryAuthor): string | undefined {
    const { whatsapp } = this.#options
    if (whatsapp === undefined) return undefined
    const refId = this.#refId(message)
    const content = contentOf(message, refId)
    if (content === undefined) return undefined
    const forwarded = /^forwarded:(once|often)$/.exec(message.detail)?.[1] as 'once' | 'often' | undefined
    return whatsapp.receive({
      ...content,
      from: contactOf(author),
      ...(forwarded === undefined ? {} : { forwarded }),
      ...(refId !== undefined && message.kind !== 'reaction' ? { inReplyTo: refId } : {}),
    })
  }
}

function contentOf(message: StoryMessage, refId: string | undefined): WhatsAppContent | undefined {
  const { text, detail } = message
  const caption = text === '' ? {} : { caption: text }
  switch (message.kind) {
    case 'image':
    case 'video':
      return { type: message.kind, mimeType: detail, ...caption }
    case 'audio':
      return { type: 'audio', mimeType: detail, voice: true }
    case 'sticker':
      return { type: 'sticker', mimeType: detail }
    case 'document': {
      const [mimeType = '', filename = ''] = detail.split(',')
      return { type: 'document', mimeType, filename, ...caption }
    }
    case 'location': {
      const [latitude = '0', longitude = '0', name] = detail.split(',')
      const named = name === undefined ? {} : { name }
      return { type: 'location', latitude: Number(latitude), longitude: Number(longitude), ...named }
    }
    case 'reaction':
      return refId === undefined ? undefined : { type: 'reaction', messageId: refId, emoji: detail }
    case 'button':
      return { type: 'button', text, payload: detail }
    case 'unsupported':
      return { type: 'unsupported' }
    default:
      return { type: 'text', body: text }
  }
}
