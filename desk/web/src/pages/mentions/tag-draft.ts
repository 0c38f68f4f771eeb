import type { CorrectableTag, CorrectedTags, IndexedMention, TagValue, TagValues } from '../../api/types.js'

/** The tags as they are being set right; undefined where nobody could judge and nobody has said. */
export type TagDraft = { [Tag in CorrectableTag]: TagValues[Tag] | undefined }

export const TAGS: readonly CorrectableTag[] = ['alert', 'category', 'severity', 'districts', 'lang', 'sentiment']

/** What each tag may be, in the order of the labelling guide. */
export const CHOICES = {
  category: [
    'terrorism',
    'extortion',
    'kidnapping',
    'direct_threat',
    'violence',
    'harassment',
    'misconduct',
    'crime',
    'mishap',
    'missing',
    'traffic',
    'complaint',
    'inquiry',
    'praise',
    'news',
    'other',
  ],
  severity: ['critical', 'high', 'medium', 'low', 'none'],
  lang: ['ur', 'ps', 'en', 'ur-Latn', 'ps-Latn', 'pnb', 'skr', 'khw', 'sd', 'fa', 'ar', 'hi', 'und'],
  sentiment: ['positive', 'neutral', 'negative'],
} as const satisfies { [Tag in 'category' | 'severity' | 'lang' | 'sentiment']: readonly TagValues[Tag][] }

/** Up to here a category tells of an event, and can be an alert. */
const LAST_EVENT = CHOICES.category.indexOf('missing')
const ALERT_SEVERITIES: readonly string[] = ['critical', 'high', 'medium']

export function draftOf({ tags }: Pick<IndexedMention, 'tags'>): TagDraft {
  return {
    alert: tags.category?.alert,
    category: tags.category?.category,
    severity: tags.category?.severity,
    districts: tags.districts?.map(({ id }) => id),
    lang: tags.language?.lang,
    sentiment: tags.sentiment?.sentiment,
  }
}

/** What the tagger said, whatever was set right since. */
export const taggedOf = (mention: IndexedMention): TagDraft => draftOf(mention.tagger ?? mention)

export function isSame(a: TagValue | null | undefined, b: TagValue | null | undefined): boolean {
  const plain = (value: typeof a) => JSON.stringify(Array.isArray(value) ? [...value].sort() : (value ?? null))
  return plain(a) === plain(b)
}

/** Only what differs from what stands. */
export function changedTags(draft: TagDraft, mention: IndexedMention): CorrectedTags {
  const standing = draftOf(mention)
  return Object.fromEntries(
    TAGS.filter((tag) => draft[tag] !== undefined && !isSame(draft[tag], standing[tag])).map((tag) => [
      tag,
      draft[tag],
    ]),
  )
}

export type Contradiction = 'together' | 'alertSeverity' | 'alertCategory' | 'criticalNoAlert'

/** Why these tags cannot stand beside each other; the desk's own API refuses the same. */
export function contradictionOf({ alert, category, severity }: TagDraft): Contradiction | undefined {
  const said = [alert, category, severity].filter((value) => value !== undefined)
  if (said.length === 0) return undefined
  if (alert === undefined || category === undefined || severity === undefined) return 'together'
  if (alert && !ALERT_SEVERITIES.includes(severity)) return 'alertSeverity'
  if (alert && CHOICES.category.indexOf(category) > LAST_EVENT) return 'alertCategory'
  if (!alert && severity === 'critical') return 'criticalNoAlert'
  return undefined
}
