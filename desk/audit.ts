import type { Clock } from '../runtime/clock.js'
import { Failure } from '../runtime/failure.js'
import type { Log } from '../runtime/log.js'
import type { Records } from '../runtime/records/tables.js'
import type { VocabularyItem } from '../schemas/vocabulary.js'

/** Who did what to what: reads, searches, replies, forwards, acknowledgements, sign-ins. `detail` never holds a message's text. */
export interface Audit {
  note(actor: string, action: string, subject: string, detail?: string): Promise<void>
}

export function createAudit({ records, clock }: { records: Records; clock: Clock }): Audit {
  return {
    note: async (actor, action, subject, detail = '') => {
      await records.insertInto('audit').values({ at: clock.iso(), actor, action, subject, detail }).execute()
    },
  }
}

/**
 * The same audit, but an entry that the records cannot take now (a full disk) goes to the log instead: a duty officer must be able to read
 * what rings, and an answer that was accepted must not look refused, or it is written twice. The detail stays out of the log.
 */
export function auditInSpiteOfAll(audit: Audit, log: Log): Audit {
  return {
    note: async (actor, action, subject, detail) => {
      try {
        await audit.note(actor, action, subject, detail)
      } catch (error) {
        if (!(error instanceof Failure) || !error.retryable) throw error
        log.error('audit entry is in the log alone', { actor, action, subject, reason: error.reason })
      }
    },
  }
}

const MOST_DETAIL = 1000

/** What an entry of the vocabulary says: words of an administrator, not of a citizen. */
export const vocabularyDetail = ({ kind, entry }: VocabularyItem): string =>
  (entry === null ? kind : JSON.stringify(entry)).slice(0, MOST_DETAIL)
