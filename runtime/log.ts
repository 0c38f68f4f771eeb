import { pino, type DestinationStream } from 'pino'

/** What may stand beside an event in the log: short plain values, so that a message's text cannot slip in as an object. */
export type LogFields = Readonly<Record<string, string | number | boolean | null | undefined>>

/** Structured log, one JSON line an event. INFO what happens, WARN recovered, ERROR data lost or a person needed. `event` is a fixed lowercase phrase. */
export interface Log {
  info(event: string, fields?: LogFields): void
  warn(event: string, fields?: LogFields): void
  error(event: string, fields?: LogFields): void
}

const MAX_VALUE_LENGTH = 300
const FORBIDDEN = /text|body|password|secret|token|cookie|authorization/i

function safe(fields: LogFields | undefined): Record<string, unknown> {
  const kept: Record<string, unknown> = {}
  for (const [key, value] of Object.entries(fields ?? {})) {
    if (FORBIDDEN.test(key)) kept[key] = '[withheld]'
    else kept[key] = typeof value === 'string' ? value.slice(0, MAX_VALUE_LENGTH) : value
  }
  return kept
}

export function createLog(level: 'info' | 'warn' | 'error' | 'silent', destination: DestinationStream): Log {
  const logger = pino({ level, base: null, timestamp: pino.stdTimeFunctions.isoTime }, destination)
  return {
    info: (event, fields) => logger.info(safe(fields), event),
    warn: (event, fields) => logger.warn(safe(fields), event),
    error: (event, fields) => logger.error(safe(fields), event),
  }
}
