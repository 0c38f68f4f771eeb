import { asTagged, lastRevision, overlay, standingOf, textHashOf, valuesOf } from '../runtime/corrections/overlay.js'
import type { NewCorrections } from '../runtime/corrections/correction-store.js'
import { Failure } from '../runtime/failure.js'
import { CORRECTABLE_TAGS, type Correction, type CorrectionRequest, type TagValue } from '../schemas/correction.js'
import type { IndexedMention } from '../schemas/search.js'
import { EVENT_CATEGORIES, type Severity } from '../schemas/tags.js'

const ALERT_SEVERITIES: readonly Severity[] = ['critical', 'high', 'medium']
const JUDGEMENT = ['alert', 'category', 'severity'] as const

const refuse = (detail: string) => new Failure('refused', detail, { retryable: false })

/** Districts are a set: their order says nothing. */
export function isSame(a: TagValue | null | undefined, b: TagValue | null | undefined): boolean {
  const plain = (value: typeof a) => JSON.stringify(Array.isArray(value) ? [...value].sort() : (value ?? null))
  return plain(a) === plain(b)
}

/** What should stand of each tag that is asked for, beside what the tagger said; null where that is the same. */
export function wantedOf(mention: IndexedMention, asked: CorrectionRequest['tags']): NewCorrections['tags'] {
  const tagged = valuesOf(asTagged(mention).tags)
  return CORRECTABLE_TAGS.flatMap((tag) => {
    const wanted = asked[tag]
    if (wanted === undefined) return []
    const was = tagged[tag] ?? null
    return [{ tag, was, value: isSame(wanted, was) ? null : wanted }]
  })
}

/**
 * What a request changes of a mention, tag by tag; a value that the tagger gave itself takes a correction back. Throws a Failure `refused`, with a
 * sentence that helps, where nothing would change, a district is none, or the tags would contradict each other (LABELLING.md).
 */
export function changesOf(
  mention: IndexedMention,
  made: readonly Correction[],
  asked: CorrectionRequest['tags'],
  isDistrict: (id: string) => boolean,
): NewCorrections['tags'] {
  const unknown = asked.districts?.find((id) => !isDistrict(id))
  if (unknown !== undefined)
    throw refuse(`there is no district ${unknown}: the ids are those that GET /api/session lists under districts`)
  const standing = standingOf(made, mention.text)
  const changes = wantedOf(mention, asked).filter(({ tag, value }) => !isSame(value, standing.get(tag)?.value))
  if (changes.length === 0) throw refuse('nothing would change: the tags stand so already')
  checkTogether(mention, made, changes)
  return changes
}

/** As it would stand: only what a person said is held to the rules, not the tagger. */
function checkTogether(mention: IndexedMention, made: readonly Correction[], changes: NewCorrections['tags']): void {
  const nowStanding = new Map([...standingOf(made, mention.text)].map(([tag, { value }]) => [tag, value]))
  for (const { tag, value } of changes) nowStanding.set(tag, value)
  if (!JUDGEMENT.some((tag) => (nowStanding.get(tag) ?? null) !== null)) return
  const { category } = overlay(mention, asCorrections(mention, made, changes)).tags
  if (category === null)
    throw refuse('the tagger could not judge this message: set category, alert and severity together')
  if (category.alert && !ALERT_SEVERITIES.includes(category.severity))
    throw refuse(`an alert is critical, high or medium, and the severity is ${category.severity}: set the severity too`)
  if (category.alert && !(EVENT_CATEGORIES as readonly string[]).includes(category.category))
    throw refuse(
      `an alert tells of an event, and ${category.category} is none: choose one of ${EVENT_CATEGORIES.join(', ')}`,
    )
  if (!category.alert && category.severity === 'critical')
    throw refuse('what is critical is an alert: set the alert to yes, or a lower severity')
}

function asCorrections(
  { id, text }: IndexedMention,
  made: readonly Correction[],
  changes: NewCorrections['tags'],
): readonly Correction[] {
  const textHash = textHashOf(text)
  const revision = lastRevision(made) + 1
  return [
    ...made,
    ...changes.map((change) => ({ ...change, mentionId: id, revision, by: '', at: '', textHash, note: '' })),
  ]
}
