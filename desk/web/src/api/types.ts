export type { Alert } from '../../../../schemas/alert.js'
export type { CorrectableTag, TagValue, TagValues } from '../../../../schemas/correction.js'
export type { CorrectionEntry } from '../../../correction-desk.js'
export type { Case } from '../../../../schemas/case.js'
export type { EnrichedMention } from '../../../../schemas/enriched-mention.js'
export type { Channel, Media } from '../../../../schemas/mention.js'
export type { MediaState } from '../../../../schemas/media-state.js'
export type { OutboundState, OutboundUpdate } from '../../../../schemas/outbound.js'
export type { DailyReport, SentimentCounts } from '../../../../schemas/report.js'
export type { ThreadEntry } from '../../../conversation.js'
export type { SourceOnBoard } from '../../../source-board.js'
export type { IndexedMention, MentionPage } from '../../../../schemas/search.js'
export type { SourceHealth } from '../../../../schemas/source-health.js'
export type { Lang, Severity, Span } from '../../../../schemas/tags.js'
export type {
  PlaceEntry,
  VocabularyEntry,
  VocabularyItem,
  VocabularyList,
  VocabularyTrial,
} from '../../../../schemas/vocabulary.js'
import type { TagValues } from '../../../../schemas/correction.js'
import type { CorrectionEntry } from '../../../correction-desk.js'
import type { Case } from '../../../../schemas/case.js'
import type { MediaState } from '../../../../schemas/media-state.js'
import type { OutboundState } from '../../../../schemas/outbound.js'
import type { IndexedMention } from '../../../../schemas/search.js'
import type { ThreadEntry } from '../../../conversation.js'
import type { Permission } from '../../../../schemas/user.js'
import type { Channel } from '../../../../schemas/mention.js'

export interface District {
  id: string
  region: string
  names: { en: string; ur: string; ps: string }
  code: string
  tile: [column: number, row: number]
}

export interface Unit {
  id: string
  name: string
  kind: string
  districts: string[]
}

/** What `GET /api/session` answers: who is signed in, what they may do, and the tables every page needs. */
export interface Session {
  user: { username: string; role: string }
  permissions: Permission[]
  demonstration: boolean
  districts: District[]
  units: Unit[]
}

/** What `GET /api/mentions/:id` answers. */
export interface MentionDetail {
  mention: IndexedMention
  /** The thread it stands in, in the order in which it was said. */
  conversation: ThreadEntry[]
  /** For the part before; null where nothing is. */
  conversationEarlier: string | null
  /** The files that came with it, in its order. */
  media: MediaState[]
  outbound: OutboundState[]
  case: Case | null
  alertId: string | null
  /** Ids of the offices it should go to, the first first. */
  suggestedUnits: string[]
  /** All that was corrected of it, the last first. */
  correctionHistory: CorrectionEntry[]
  reply: {
    possible: boolean
    reason: string | null
    windowClosesAt: string | null
    maxLength: number
    maxParts: number | null
  }
}

/** The tags that are set right, and no others; null takes a correction back. */
export type CorrectedTags = { [Tag in keyof TagValues]?: TagValues[Tag] | null }

/** The `mention` event: something can be found now, or no longer. */
export interface MentionNotice {
  id: string
  channel: Channel
  type: 'written' | 'edited' | 'deleted' | 'corrected'
  alert: boolean
  districts: string[]
}
