import { Failure } from '../runtime/failure.js'
import { CORRECTABLE_TAGS, MAX_REVISION, type CorrectableTag } from '../schemas/correction.js'
import { personOf } from '../runtime/person.js'
import type { IndexedMention } from '../schemas/search.js'
import { partedReading, wordsOf } from './words.js'

/** What stands in a filter's place where nobody could say. */
export const UNKNOWN = 'unknown'

/** A mention as every index holds it: what is filtered, counted and sorted by, and the whole of it in `body`. */
export interface MentionRow {
  readonly id: string
  readonly version: number
  /** How often it was corrected. */
  readonly revision: number
  readonly receivedAt: number
  readonly writtenAt: number
  readonly conversation: string
  /** As `personOf` names the writer; empty where the platform withholds who it was. */
  readonly person: string
  readonly tagset: readonly [
    channel: string,
    lang: string,
    category: string,
    severity: string,
    sentiment: string,
    alert: number,
    unjudged: number,
  ]
  readonly districts: readonly string[]
  /** The tags that stand corrected. */
  readonly corrected: readonly CorrectableTag[]
  /** The tagger's; null where a person set the tag: that is no measure of the tagger. */
  readonly languageConfidence: number | null
  readonly categoryConfidence: number | null
  readonly body: string
  readonly words: { readonly text: string; readonly parted: string; readonly author: string }
}

const MAX_ID_LENGTH = 512
const MAX_BODY_LENGTH = 4_000_000

/** Platforms number states by their clock; what cannot be of it (a count, a clock ahead) is no time. */
const EARLIEST_MS = Date.UTC(2006, 0, 1)
const CLOCK_SLACK_MS = 60_000

const refuse = (detail: string) => new Failure('invalid-payload', detail, { retryable: false })

function instant(value: string, name: string): number {
  const at = Date.parse(value)
  if (!Number.isSafeInteger(at)) throw refuse(`${name} is not an instant`)
  return at
}

interface Identity {
  readonly id: string
  readonly version: number
  readonly revision?: number
}

export function checkIdentity({ id, version, revision = 0 }: Identity): void {
  if (typeof id !== 'string' || id === '' || id.length > MAX_ID_LENGTH)
    throw refuse(`its id is empty or longer than ${MAX_ID_LENGTH} characters`)
  if (!Number.isSafeInteger(version) || version < 0) throw refuse('its version is not a whole number of milliseconds')
  if (!Number.isSafeInteger(revision) || revision < 0 || revision > MAX_REVISION)
    throw refuse(`its revision is not a number from 0 to ${MAX_REVISION}`)
}

/** Whether what is stored of a standing mention is as late as this state of it, or later. */
export function isAsLate(
  stored: { readonly version: number; readonly revision?: number },
  { version, revision = 0 }: { readonly version: number; readonly revision?: number },
): boolean {
  return stored.version === version ? (stored.revision ?? 0) >= revision : stored.version > version
}

/** When a state of an item came to be: the platform's word, unless that is no instant of this time. */
export function stateAt({ version, receivedAt }: { readonly version: number; readonly receivedAt: string }): number {
  const received = instant(receivedAt, 'receivedAt')
  return version >= EARLIEST_MS && version <= received + CLOCK_SLACK_MS ? version : received
}

/** Throws a Failure that says why this mention can't be stored as it is. */
export function rowOf(mention: IndexedMention): MentionRow {
  checkIdentity(mention)
  const { tags, corrections = {} } = mention
  const body = JSON.stringify(mention)
  if (body.length > MAX_BODY_LENGTH)
    throw new Failure('too-large', `it takes ${body.length} characters, ${MAX_BODY_LENGTH} is the most`, {
      retryable: false,
    })
  const parted = partedReading(mention.text)
  const districts = new Set(tags.districts?.map((district) => district.id))
  if (districts.size === 0) districts.add(UNKNOWN)
  return {
    id: mention.id,
    version: mention.version,
    revision: mention.revision ?? 0,
    receivedAt: instant(mention.receivedAt, 'receivedAt'),
    writtenAt: instant(mention.writtenAt, 'writtenAt'),
    conversation: mention.conversation,
    person: personOf(mention) ?? '',
    tagset: [
      mention.channel,
      tags.language?.lang ?? UNKNOWN,
      tags.category?.category ?? UNKNOWN,
      tags.category?.severity ?? UNKNOWN,
      tags.sentiment?.sentiment ?? UNKNOWN,
      tags.category?.alert === true ? 1 : 0,
      mention.unjudged === null ? 0 : 1,
    ],
    districts: [...districts],
    corrected: CORRECTABLE_TAGS.filter((tag) => corrections[tag] !== undefined),
    languageConfidence: corrections.lang === undefined ? (tags.language?.confidence ?? null) : null,
    categoryConfidence: corrections.category === undefined ? (tags.category?.categoryConfidence ?? null) : null,
    body,
    words: {
      text: wordsOf(mention.text).join(' '),
      parted: parted === undefined ? '' : wordsOf(parted).join(' '),
      author: wordsOf(`${mention.author.name ?? ''} ${mention.author.handle ?? ''}`).join(' '),
    },
  }
}
