import type { CorrectableTag, IndexedMention } from '../../api/types.js'
import { useTagNames } from '../../parts/use-tag-names.js'

/** In the place of a confidence: who set this tag right, when, and what the tagger said. Nothing where nobody did. */
export function CorrectedNote({ mention, tag }: { mention: IndexedMention; tag: CorrectableTag }) {
  const { tagName, valueName, correctedBy } = useTagNames()
  const made = mention.corrections?.[tag]
  if (made === undefined) return null
  return (
    <span className="tag-corrected" data-testid={`corrected-${tag}`}>
      {/* In the line of the alert, which names the severity of an alert alone. */}
      {tag === 'severity' && `${tagName(tag)}: ${valueName(tag, mention.tags.category?.severity)} · `}
      {correctedBy(tag, made)}
    </span>
  )
}
