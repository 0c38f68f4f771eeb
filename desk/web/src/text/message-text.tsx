import { useMemo } from 'react'
import type { EnrichedMention, Lang, Span } from '../api/types.js'
import { excerpt, runsOf, type Mark } from './segments.js'
import { settingOf } from './script.js'

interface MessageTextProps {
  text: string
  lang: Lang | null
  marks?: readonly Mark[]
  /** Where there is little room, a part with the marks in it is shown. */
  lines?: 'all' | 'some' | 'few'
}

const NO_MARKS: readonly Mark[] = []
const LONGEST = { all: Number.POSITIVE_INFINITY, some: 700, few: 320 }

/**
 * What somebody wrote, as text and nothing else, in its own direction and face. The block is a paragraph of its own to the
 * browser's direction rules, so that marks inside cannot turn what stands around it.
 */
export function MessageText({ text, lang, marks = NO_MARKS, lines = 'all' }: MessageTextProps) {
  const { text: shown, marks: shownMarks } = useMemo(() => excerpt(text, marks, LONGEST[lines]), [text, marks, lines])
  const setting = useMemo(() => settingOf(shown, lang), [shown, lang])
  const runs = useMemo(() => runsOf(shown, setting.dir, shownMarks), [shown, setting.dir, shownMarks])
  return (
    <div className={`message face-${setting.face} lines-${lines}`} lang={setting.lang} dir={setting.dir}>
      {runs.map((run, index) => {
        const pieces = run.pieces.map((piece, at) =>
          piece.kind === null ? (
            piece.text
          ) : (
            <mark key={at} className={`mark-${piece.kind}`}>
              {piece.text}
            </mark>
          ),
        )
        return run.foreign ? (
          <bdi key={index} dir={setting.dir === 'rtl' ? 'ltr' : 'rtl'} className="foreign">
            {pieces}
          </bdi>
        ) : (
          <span key={index}>{pieces}</span>
        )
      })}
    </div>
  )
}

const spans = (list: readonly Span[] | undefined, kind: Mark['kind']): Mark[] =>
  (list ?? []).map(({ start, end }) => ({ start, end, kind }))

/** The words that made a mention's tags. */
export function evidenceMarks(mention: EnrichedMention): Mark[] {
  const { districts, threat, category } = mention.tags
  return [
    ...spans(category?.evidence, 'evidence'),
    ...spans(threat?.keywords, 'evidence'),
    ...(districts ?? []).flatMap((district) => spans(district.evidence, 'evidence')),
  ]
}

export const foundMarks = (highlights: readonly Span[]): Mark[] => spans(highlights, 'found')
