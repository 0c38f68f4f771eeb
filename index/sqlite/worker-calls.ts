import type { MessagePort } from 'node:worker_threads'
import { Failure } from '../../runtime/failure.js'
import type { FailureReason } from '../../schemas/failure-reason.js'

/** What goes to a worker, and what comes back; a Failure crosses as plain values. */
export interface Call {
  readonly id: number
  readonly method: string
  readonly args: readonly unknown[]
}

export type Answer =
  | { readonly id: number; readonly value: unknown }
  | {
      readonly id: number
      readonly failure: { readonly reason: FailureReason; readonly message: string; readonly retryable: boolean }
    }
  | { readonly id: number; readonly error: string }

export type Methods = Readonly<Record<string, (...args: never[]) => unknown>>

/**
 * Answers calls, one after the other, with what `open` made. It is opened by the first call that needs it; if that fails, the call fails
 * and the next one tries again. `close` closes it and lets the worker end.
 */
export function serveCalls(port: MessagePort, open: () => Methods & { close(): void }): void {
  let opened: ReturnType<typeof open> | undefined
  port.on('message', (call: Call) => {
    if (call.method === 'close') {
      opened?.close()
      port.postMessage({ id: call.id, value: undefined } satisfies Answer)
      port.close()
      return
    }
    port.postMessage(answer(call, () => (opened ??= open())))
  })
}

function answer(call: Call, methods: () => Methods): Answer {
  try {
    const method = methods()[call.method]
    if (method === undefined) throw new Error(`no method ${call.method}`)
    return { id: call.id, value: method(...(call.args as never[])) }
  } catch (error) {
    if (error instanceof Failure) {
      return { id: call.id, failure: { reason: error.reason, message: error.message, retryable: error.retryable } }
    }
    return { id: call.id, error: error instanceof Error ? (error.stack ?? error.message) : String(error) }
  }
}

/** The value of an answer, or what it failed with, thrown. */
export function valueOf(answer: Answer): unknown {
  if ('failure' in answer) {
    const { reason, message, retryable } = answer.failure
    throw new Failure(reason, message, { retryable })
  }
  if ('error' in answer) throw new Error(`in a worker of the mention index: ${answer.error}`)
  return answer.value
}
