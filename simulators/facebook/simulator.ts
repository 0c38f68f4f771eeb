import type { SimulatorClock } from '../clock.js'
import type { DeliveryStats } from '../whatsapp/deliveries.js'
import type { Json } from '../whatsapp/wire.js'
import type { FacebookFault } from './faults.js'
import type { Entry, FacebookPerson, FacebookPicture } from './world.js'

export interface FacebookSimulatorOptions {
  readonly clock: SimulatorClock
  readonly appSecret: string
  readonly verifyToken: string
  /** The page token that the Graph API asks for. */
  readonly pageToken: string
  /** Default `100064000000001`. */
  readonly pageId?: string
  readonly pageName?: string
  /** Epoch milliseconds; default never. */
  readonly tokenEndsAtMs?: number
  /** Refuses calls without `appsecret_proof`. Default false. */
  readonly requireProof?: boolean
  /** How the feed is paged. Default `cursor`. */
  readonly feedPaging?: 'cursor' | 'time'
  /** How many items a page holds at most, whatever is asked. Default 100. */
  readonly pageMax?: number
  /** Waits between attempts to deliver. Default 1, 2, 5, 10, 30 and 60 s. */
  readonly retryDelaysMs?: readonly number[]
}

export interface Written {
  readonly text: string
  readonly from: FacebookPerson
  readonly media?: readonly FacebookPicture[]
  /** Epoch milliseconds; default now. */
  readonly atMs?: number
  /** False: no webhook tells of it, as when one was missed. Default true. */
  readonly isTold?: boolean
}

export interface FacebookSent {
  readonly atMs: number
  readonly path: string
  /** The body exactly as it came. */
  readonly raw: string
  /** The form's fields; objects are parsed. */
  readonly body: Readonly<Json>
  readonly status: number
  /** The id given to it, where one was. */
  readonly id: string | null
}

/** A stand-in for a Facebook page on loopback: the Graph API is read and written there, and it delivers to a webhook. */
export interface FacebookSimulator {
  /** The base address, in place of `https://graph.facebook.com`. */
  readonly url: string
  readonly pageId: string
  /** Points deliveries at a webhook and shakes hands with it; false if it did not answer the challenge. */
  connect(webhookUrl: string): Promise<boolean>
  /** Somebody, or the page itself (`asPage`), writes on the page's wall. */
  post(input: Omit<Written, 'from'> & { readonly from?: FacebookPerson }): string
  /** Somebody comments a post, or answers a comment. */
  comment(input: Written & { readonly on: string }): string
  /** Somebody names the page elsewhere. */
  tag(input: Written): string
  /** Somebody writes on Messenger. */
  message(input: Written & { readonly answers?: string; readonly location?: Entry['location'] }): string
  edit(id: string, text: string): void
  remove(id: string): void
  /** The page hides a comment or post. */
  hide(id: string): void
  /** Queues any body, rightly signed unless a signature is given. */
  deliverRaw(body: string | Buffer, sign?: string): void
  duplicateNext(times?: number): void
  /** The next webhook body is held back until the one after it went out. */
  swapNext(): void
  fail(fault: FacebookFault): void
  heal(): void
  /** The token ends now; reads and writes answer 190. */
  expireToken(): void
  renewToken(): void
  /** What was written and accepted or refused, in order. */
  sent(): readonly FacebookSent[]
  /** Paths asked by GET, without their tokens. */
  requests(): readonly string[]
  stats(): DeliveryStats
  idle(): Promise<void>
  close(): Promise<void>
}
