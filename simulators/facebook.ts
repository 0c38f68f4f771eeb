import { createHmac, randomBytes } from 'node:crypto'
import type { SimulatorClock } from './clock.js'
import { graphFailure } from './facebook/errors.js'
import type { FacebookFault } from './facebook/faults.js'
import { changeNotice, chatNotice, commentValue, messageEvent, postValue, type Notice } from './facebook/notices.js'
import { answerList } from './facebook/pages.js'
import { rowsOf } from './facebook/rows.js'
import type { FacebookSent, FacebookSimulator, FacebookSimulatorOptions, Written } from './facebook/simulator.js'
import { FacebookWorld, type Conversation, type Entry, type FacebookPerson, type Post } from './facebook/world.js'
import { FaultPlan, fitsRequest } from './faults.js'
import { callLoopback, isLoopback, startLoopbackServer, type Answer, type ReceivedRequest } from './loopback.js'
import { Deliveries } from './whatsapp/deliveries.js'
import { metaJson, signature, type Json } from './whatsapp/wire.js'

export type { FacebookSimulator } from './facebook/simulator.js'

const DAY_MS = 86_400_000
const KEPT = 10_000
const HTML = '<!DOCTYPE html><html><head><title>Error</title></head><body>Sorry, something went wrong.</body></html>'

export async function startFacebookSimulator(options: FacebookSimulatorOptions): Promise<FacebookSimulator> {
  const simulator = new FacebookPage(options)
  const server = await startLoopbackServer((request) => simulator.answer(request))
  simulator.url = server.url
  return simulator.facade(() => server.close())
}

class FacebookPage {
  url = ''
  readonly #options: FacebookSimulatorOptions
  readonly #clock: SimulatorClock
  readonly #page: FacebookPerson
  readonly #world = new FacebookWorld()
  readonly #faults = new FaultPlan<FacebookFault>()
  readonly #deliveries: Deliveries
  readonly #sent: FacebookSent[] = []
  readonly #requests: string[] = []
  readonly #closing = new AbortController()
  #webhookUrl: string | undefined
  #isExpired = false
  #swaps = 0
  #held: Notice | undefined

  constructor(options: FacebookSimulatorOptions) {
    this.#options = options
    this.#clock = options.clock
    this.#page = { id: options.pageId ?? '100064000000001', name: options.pageName ?? 'KP Police (demonstration)' }
    this.#deliveries = new Deliveries({
      clock: options.clock,
      appSecret: options.appSecret,
      businessAccountId: this.#page.id,
      metadata: {},
      batchMax: 1,
      retryDelaysMs: options.retryDelaysMs ?? [1000, 2000, 5000, 10_000, 30_000, 60_000],
      giveUpMs: 7 * DAY_MS,
      timeoutMs: 10_000,
      handshake: () => this.#handshake(),
    })
  }

  facade(close: () => Promise<void>): FacebookSimulator {
    return {
      url: this.url,
      pageId: this.#page.id,
      connect: async (webhookUrl) => {
        if (!isLoopback(webhookUrl))
          throw new Error('the webhook of a simulator must be an http address of this machine')
        this.#webhookUrl = webhookUrl
        this.#deliveries.pointAt(webhookUrl)
        const isOk = await this.#handshake()
        if (isOk) this.#deliveries.markHandshaken()
        return isOk
      },
      post: (input) => this.#post({ from: this.#page, ...input }),
      comment: (input) => this.#comment(input),
      tag: (input) => this.#tag(input),
      message: (input) => this.#message(input),
      edit: (id, text) => this.#edit(id, text),
      remove: (id) => this.#remove(id),
      hide: (id) => this.#tellOf(id, 'hide'),
      deliverRaw: (body, sign) => this.#deliver(typeof body === 'string' ? Buffer.from(body) : body, sign),
      duplicateNext: (times = 1) => this.#deliveries.duplicateNext(times),
      swapNext: () => void (this.#swaps += 1),
      fail: (fault) => this.#faults.add(fault),
      heal: () => this.#faults.clear(),
      expireToken: () => void (this.#isExpired = true),
      renewToken: () => void (this.#isExpired = false),
      sent: () => [...this.#sent],
      requests: () => [...this.#requests],
      stats: () => this.#deliveries.stats(),
      idle: async () => {
        this.#release()
        await this.#deliveries.idle()
      },
      close: async () => {
        this.#closing.abort()
        await this.#deliveries.close()
        await close()
      },
    }
  }

  async #handshake(): Promise<boolean> {
    if (this.#webhookUrl === undefined) return false
    const challenge = String(randomBytes(4).readUInt32BE())
    const url = new URL(this.#webhookUrl)
    url.searchParams.set('hub.mode', 'subscribe')
    url.searchParams.set('hub.challenge', challenge)
    url.searchParams.set('hub.verify_token', this.#options.verifyToken)
    try {
      const answer = await callLoopback(url.href, { method: 'GET', signal: this.#closing.signal })
      return answer.status === 200 && answer.body === challenge
    } catch {
      return false
    }
  }

  #deliver(body: Buffer, sign?: string): void {
    this.#deliveries.push({ kind: 'raw', body, signature: sign ?? signature(this.#options.appSecret, body) })
  }

  #tell(notice: Notice, isTold = true): void {
    if (!isTold) return
    if (this.#swaps > 0 && this.#held === undefined) {
      this.#swaps -= 1
      this.#held = notice
      return
    }
    this.#deliver(Buffer.from(metaJson(notice)))
    this.#release()
  }

  #release(): void {
    if (this.#held === undefined) return
    const held = this.#held
    this.#held = undefined
    this.#deliver(Buffer.from(metaJson(held)))
  }

  #entry(input: Written, id: (order: number) => string): Entry {
    const order = this.#world.next()
    const createdMs = input.atMs ?? this.#clock.now()
    return {
      id: id(order),
      from: input.from,
      order,
      createdMs,
      updatedMs: createdMs,
      message: input.text,
      media: input.media ?? [],
    }
  }

  #post(input: Written): string {
    const entry = this.#entry(input, (order) => `${this.#page.id}_${this.#number(order)}`)
    const post: Post = { ...entry, comments: [] }
    this.#world.posts.push(post)
    this.#tell(changeNotice(this.#page.id, 'feed', postValue(post, 'add'), this.#clock.now()), input.isTold)
    return post.id
  }

  #tag(input: Written): string {
    const entry = this.#entry(input, (order) => `${input.from.id}_${this.#number(order)}`)
    const post: Post = { ...entry, taggedMs: entry.createdMs, comments: [] }
    this.#world.tagged.push(post)
    const value = postValue(post, 'add')
    this.#tell(changeNotice(this.#page.id, 'mention', { ...value, item: 'post' }, this.#clock.now()), input.isTold)
    return post.id
  }

  #comment(input: Written & { readonly on: string }): string {
    const under = this.#world.findComment(input.on)
    const post = under?.post ?? this.#world.findPost(input.on)
    if (post === undefined) throw new Error(`no post or comment ${input.on}`)
    const head = post.id.slice(post.id.lastIndexOf('_') + 1)
    const comment = { ...this.#entry(input, (order) => `${head}_${this.#number(order)}`), parentId: input.on }
    post.comments.push(comment)
    post.updatedMs = Math.max(post.updatedMs, comment.createdMs)
    this.#tell(changeNotice(this.#page.id, 'feed', commentValue(post, comment, 'add'), this.#clock.now()), input.isTold)
    return comment.id
  }

  #message(input: Written & { readonly answers?: string; readonly location?: Entry['location'] }): string {
    const conversation = this.#conversationOf(input.from)
    const message: Entry = {
      ...this.#entry(input, (order) => `m_${Buffer.from(`message ${order}`).toString('base64url')}`),
      ...(input.answers === undefined ? {} : { parentId: input.answers }),
      ...(input.location === undefined ? {} : { location: input.location }),
    }
    this.#say(conversation, message, input.isTold)
    conversation.lastInboundMs = Math.max(conversation.lastInboundMs, message.createdMs)
    return message.id
  }

  #say(conversation: Conversation, message: Entry, isTold = true): void {
    conversation.messages.push(message)
    conversation.updatedMs = Math.max(conversation.updatedMs, message.createdMs)
    this.#tell(chatNotice(this.#page.id, messageEvent(conversation, message, this.#page.id), this.#clock.now()), isTold)
  }

  #conversationOf(person: FacebookPerson): Conversation {
    const known = this.#world.conversations.find(({ person: { id } }) => id === person.id)
    if (known !== undefined) return known
    const made = { id: `t_${this.#number(this.#world.next())}`, person, messages: [], updatedMs: 0, lastInboundMs: 0 }
    this.#world.conversations.push(made)
    return made
  }

  #number(order: number): string {
    return String(900_000_000_000_000 + order)
  }

  #edit(id: string, text: string): void {
    const now = this.#clock.now()
    const post = this.#world.findPost(id)
    const entry = post ?? this.#world.findComment(id)?.comment
    if (entry !== undefined) {
      entry.message = text
      entry.updatedMs = Math.max(entry.updatedMs, now)
      return this.#tellOf(id, 'edited')
    }
    const found = this.#world.findMessage(id)
    if (found === undefined) throw new Error(`nothing with the id ${id}`)
    found.message.message = text
    const { sender, recipient } = messageEvent(found.conversation, found.message, this.#page.id)
    const event = { sender, recipient, timestamp: now, message_edit: { mid: id, text, num_edit: 1 } }
    this.#tell(chatNotice(this.#page.id, event, now))
  }

  #remove(id: string): void {
    const now = this.#clock.now()
    const found = this.#world.findMessage(id)
    if (found !== undefined) {
      const { sender, recipient } = messageEvent(found.conversation, found.message, this.#page.id)
      const event = { sender, recipient, timestamp: now, message: { mid: id, is_deleted: true } }
      this.#tell(chatNotice(this.#page.id, event, now))
    } else this.#tellOf(id, 'remove')
    this.#world.remove(id)
  }

  #tellOf(id: string, verb: string): void {
    const post = this.#world.findPost(id)
    const found = this.#world.findComment(id)
    if (post === undefined && found === undefined) throw new Error(`nothing with the id ${id}`)
    const value =
      post === undefined && found !== undefined
        ? commentValue(found.post, found.comment, verb)
        : post === undefined
          ? {}
          : postValue(post, verb)
    const field = this.#world.tagged.some((tagged) => tagged.id === id) ? 'mention' : 'feed'
    this.#tell(changeNotice(this.#page.id, field, value, this.#clock.now()))
  }

  async answer(request: ReceivedRequest): Promise<Answer> {
    const fault = this.#faults.take((waiting) => fitsRequest(waiting, request))
    const broken = await this.#broken(fault)
    const answer = broken ?? this.#refusal(request) ?? this.#dispatch(request, fault)
    if (request.method === 'GET') {
      this.#requests.push(request.path)
      if (this.#requests.length > KEPT) this.#requests.shift()
    } else this.#record(request, answer)
    return { ...answer, cut: fault?.kind === 'cut' }
  }

  async #broken(fault: FacebookFault | undefined): Promise<Answer | undefined> {
    if (fault?.kind === 'slow') await this.#clock.sleep(fault.waitMs ?? 60_000, this.#closing.signal)
    if (fault?.kind === 'code') return graphFailure(fault.code ?? 1, fault.subcode)
    if (fault?.kind === '429') return { ...graphFailure(4), status: 429 }
    if (fault?.kind === '503') return graphFailure(2)
    const isHtml = fault?.kind === 'html' || fault?.kind === 'html-503'
    const headers = { 'content-type': 'text/html; charset=utf-8' }
    return isHtml ? { status: fault.kind === 'html' ? 200 : 503, headers, body: HTML } : undefined
  }

  #refusal({ query, headers }: ReceivedRequest): Answer | undefined {
    const token = query.get('access_token') ?? /^Bearer (.+)$/.exec(headers.authorization ?? '')?.[1]
    if (token !== this.#options.pageToken) return graphFailure(190)
    if (this.#isExpired) return graphFailure(190, 463)
    const proof = query.get('appsecret_proof')
    const right = createHmac('sha256', this.#options.appSecret).update(token).digest('hex')
    const isWrong = proof === null ? this.#options.requireProof === true : proof !== right
    return isWrong ? graphFailure(100, undefined, 'Invalid appsecret_proof provided in the API argument') : undefined
  }

  #dispatch(request: ReceivedRequest, fault: FacebookFault | undefined): Answer {
    const [, version = '', id = '', edge] = request.path.split('/').map(decodeURIComponent)
    if (!/^v\d+\.\d+$/.test(version)) return graphFailure(2500, undefined, 'Unknown path components')
    if (request.method === 'GET' && id === 'debug_token') return this.#debugToken()
    if (request.method === 'POST' && edge === 'comments') return this.#takeComment(id, formOf(request))
    if (request.method === 'POST' && edge === 'messages' && id === this.#page.id)
      return this.#takeMessage(formOf(request))
    const rows = request.method === 'GET' ? rowsOf(this.#world, this.#page, id, edge, request.query) : undefined
    if (rows === undefined) return graphFailure(100, 33)
    const isNewestFirst = edge !== 'comments' || request.query.get('order') === 'reverse_chronological'
    const paging = edge === 'feed' ? (this.#options.feedPaging ?? 'cursor') : 'cursor'
    const most = String(Math.min(this.#options.pageMax ?? 100, Number(request.query.get('limit') ?? '25')))
    const query = new URLSearchParams(request.query)
    query.set('limit', most)
    return answerList(rows, { ...request, query }, { paging, base: this.url, isNewestFirst }, fault)
  }

  #debugToken(): Answer {
    const { tokenEndsAtMs } = this.#options
    const data = {
      app_id: '1',
      type: 'PAGE',
      application: 'Rabta',
      expires_at: tokenEndsAtMs === undefined ? 0 : Math.floor(tokenEndsAtMs / 1000),
      data_access_expires_at: 0,
      is_valid: true,
      scopes: ['pages_read_engagement', 'pages_manage_engagement', 'pages_messaging'],
      profile_id: this.#page.id,
    }
    return { status: 200, body: metaJson({ data }) }
  }

  #takeComment(id: string, form: Json): Answer {
    const { message } = form
    if (typeof message !== 'string' || message.trim() === '') return graphFailure(100)
    if (this.#world.findPost(id) === undefined && this.#world.findComment(id) === undefined)
      return graphFailure(100, 33)
    const made = this.#comment({ on: id, from: this.#page, text: message })
    return { status: 200, body: metaJson({ id: made }) }
  }

  #takeMessage(form: Json): Answer {
    const recipient = (form['recipient'] as Json | undefined)?.['id']
    const text = (form['message'] as Json | undefined)?.['text']
    if (typeof text !== 'string' || text === '' || form['messaging_type'] !== 'RESPONSE') return graphFailure(100)
    const conversation = this.#world.conversations.find(({ person }) => person.id === recipient)
    if (conversation === undefined) return graphFailure(100, 2018001)
    const now = this.#clock.now()
    if (now - conversation.lastInboundMs > DAY_MS) return graphFailure(10, 2018278)
    const message = this.#entry(
      { text, from: this.#page },
      (order) => `m_${Buffer.from(`sent ${order}`).toString('base64url')}`,
    )
    this.#say(conversation, message)
    const ends = { sender: { id: conversation.person.id }, recipient: { id: this.#page.id } }
    this.#tell(chatNotice(this.#page.id, { ...ends, delivery: { mids: [message.id], watermark: now } }, now))
    this.#tell(chatNotice(this.#page.id, { ...ends, timestamp: now, read: { watermark: now } }, now))
    return { status: 200, body: metaJson({ recipient_id: recipient, message_id: message.id }) }
  }

  #record(request: ReceivedRequest, answer: Answer): void {
    const given = answer.status === 200 ? parsed(answer.body.toString()) : undefined
    const ids = (typeof given === 'object' && given !== null ? given : {}) as Json
    const id = ids['id'] ?? ids['message_id']
    this.#sent.push({
      atMs: this.#clock.now(),
      path: request.path,
      raw: request.body.toString('utf8'),
      body: formOf(request),
      status: answer.status,
      id: typeof id === 'string' ? id : null,
    })
    if (this.#sent.length > KEPT) this.#sent.shift()
  }
}

/** What was posted, as a form with JSON in it or as JSON. */
function formOf({ body, headers }: ReceivedRequest): Json {
  const raw = body.toString('utf8')
  if (headers['content-type']?.includes('application/json') === true) return (parsed(raw) ?? {}) as Json
  const form: Json = {}
  for (const [name, value] of new URLSearchParams(raw))
    form[name] = /^[[{]/.test(value) ? (parsed(value) ?? value) : value
  return form
}

function parsed(raw: string): unknown {
  try {
    return JSON.parse(raw)
  } catch {
    return undefined
  }
}
