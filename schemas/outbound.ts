import { Type, type Static } from '@sinclair/typebox'
import { Channel, Instant } from './mention.js'
import { Nullable } from './nullable.js'

/**
 * Where an outbound message stands. `sending` was handed to the platform and not yet answered; found so after a crash it becomes
 * `unconfirmed`: it may have gone out, is never sent again by itself, and a person decides.
 */
export const OUTBOUND_STATUSES = ['queued', 'sending', 'sent', 'delivered', 'read', 'failed', 'unconfirmed'] as const
export const OutboundStatus = Type.Union(OUTBOUND_STATUSES.map((value) => Type.Literal(value)))
export type OutboundStatus = (typeof OUTBOUND_STATUSES)[number]

/** What `messages.outbound` carries: one message to one recipient. `id` is its idempotency key. */
export const Outbound = Type.Object({
  schema: Type.Literal('rabta.outbound/1'),
  id: Type.String(),
  /** `reply` answers the citizen on the same channel; `forward` tells an officer; `notification` rings one. */
  kind: Type.Union([Type.Literal('reply'), Type.Literal('forward'), Type.Literal('notification')]),
  channel: Channel,
  /** The platform's address of the recipient: a phone number or WhatsApp user id; null on X, where the answered post is the address. */
  to: Nullable(Type.String()),
  text: Type.String({ minLength: 1, maxLength: 10_000 }),
  /** Our account, page or number it goes out from, where there are several; absent or null leaves it to the channel's first. */
  account: Type.Optional(Nullable(Type.String())),
  /** The platform's own id of the message this answers (no prefix). */
  inReplyTo: Nullable(Type.String()),
  mentionId: Nullable(Type.String()),
  alertId: Nullable(Type.String()),
  unit: Nullable(Type.String()),
  requestedBy: Type.String(),
  requestedAt: Instant,
})
export type Outbound = Static<typeof Outbound>

/** What `outbound.status` carries: a step in an outbound message's life. `id` is null where the platform reports on a message we know only by `platformId`. */
export const OutboundUpdate = Type.Object({
  schema: Type.Literal('rabta.outbound-update/1'),
  id: Nullable(Type.String()),
  channel: Channel,
  status: OutboundStatus,
  /** In words for the officer: what the platform said and what to do. */
  reason: Nullable(Type.String()),
  platformId: Nullable(Type.String()),
  at: Instant,
})
export type OutboundUpdate = Static<typeof OutboundUpdate>

/** What `GET /api/outbound/:id` answers. */
export const OutboundState = Type.Object({
  id: Type.String(),
  kind: Outbound.properties.kind,
  channel: Channel,
  mentionId: Nullable(Type.String()),
  unit: Nullable(Type.String()),
  text: Type.String(),
  status: OutboundStatus,
  reason: Nullable(Type.String()),
  platformId: Nullable(Type.String()),
  requestedBy: Type.String(),
  requestedAt: Instant,
  updatedAt: Instant,
})
export type OutboundState = Static<typeof OutboundState>
