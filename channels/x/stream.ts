import type { StreamLine } from './stream-lines.js'

export interface XStreamRule {
  readonly value: string
  /** Shown with every post that the rule brings; ours begin with `rabta:`. */
  readonly tag: string
}

export interface XKnownRule {
  readonly id: string
  readonly value: string
  readonly tag: string | undefined
}

/** A rule that X did not take, and its words for it. */
export interface XRefusedRule {
  readonly value: string
  readonly words: string
}

/** A connection that stands. `read` waits for what comes and throws a Failure where it breaks or falls silent; `close` ends it, and is to be called always. */
export interface XStreamConnection {
  /** The lines that arrived together; undefined once X has ended the stream, after the last of them. */
  read(): Promise<readonly StreamLine[] | undefined>
  close(): void
}

/**
 * X's filtered stream and its rules. Every method throws a Failure and nothing else; that of `connect` and `read` carries in `retryAfterMs` what X prescribes
 * before the next try. `conflict` is a stream without rules.
 */
export interface XStream {
  rules(signal: AbortSignal): Promise<readonly XKnownRule[]>
  addRules(rules: readonly XStreamRule[], signal: AbortSignal): Promise<readonly XRefusedRule[]>
  deleteRules(ids: readonly string[], signal: AbortSignal): Promise<void>
  connect(signal: AbortSignal): Promise<XStreamConnection>
}
