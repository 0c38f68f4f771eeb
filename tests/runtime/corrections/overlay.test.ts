import { describe, expect, test } from 'vitest'
import { asTagged, overlay, standingOf, textHashOf, valuesOf } from '../../../runtime/corrections/overlay.js'
import type { CorrectableTag, Correction, TagValue } from '../../../schemas/correction.js'
import { makeEnriched, makeTags } from '../../support/mentions.js'

const one = makeEnriched()
const row = (revision: number, tag: CorrectableTag, value: TagValue | null, text = one.text): Correction => ({
  mentionId: one.id,
  revision,
  tag,
  was: null,
  value,
  by: `analyst-${revision}`,
  at: `2026-11-22T05:00:0${revision}.000Z`,
  textHash: textHashOf(text),
  note: '',
})

describe('corrections laid over a mention', () => {
  test('each tag takes the person’s value, says what the tagger said, and keeps the words that made it', () => {
    const corrected = overlay(one, [
      row(1, 'category', 'news'),
      row(1, 'alert', false),
      row(1, 'severity', 'none'),
      row(1, 'districts', ['peshawar', 'swat']),
      row(1, 'lang', 'ps'),
      row(1, 'sentiment', 'negative'),
    ])
    const { tags } = one
    expect(corrected.tags).toEqual({
      ...tags,
      category: {
        category: 'news',
        categoryConfidence: 1,
        alert: false,
        alertConfidence: 1,
        severity: 'none',
        evidence: tags.category?.evidence,
      },
      districts: [
        { id: 'peshawar', confidence: 1, basis: 'analyst', evidence: tags.districts?.[0]?.evidence },
        { id: 'swat', confidence: 1, basis: 'analyst', evidence: [] },
      ],
      language: { lang: 'ps', confidence: 1 },
      sentiment: { sentiment: 'negative', score: -1 },
    })
    const by = { by: 'analyst-1', at: '2026-11-22T05:00:01.000Z' }
    expect(corrected.corrections).toEqual({
      alert: { was: true, ...by },
      category: { was: 'extortion', ...by },
      severity: { was: 'high', ...by },
      districts: { was: ['peshawar'], ...by },
      lang: { was: 'ur', ...by },
      sentiment: { was: 'neutral', ...by },
    })
    expect(corrected.revision).toBe(1)
    expect(corrected.tagger).toEqual({ tags, unjudged: null })
  })

  test('a tag that nobody corrected keeps the tagger’s value and confidence', () => {
    const { tags } = overlay(one, [row(1, 'alert', false)])
    expect(tags.category).toEqual({ ...one.tags.category, alert: false, alertConfidence: 1 })
    expect({ ...tags, category: null }).toEqual({ ...one.tags, category: null })
  })

  test('the last word on a tag stands; taken back, the tagger’s does; the revision never falls', () => {
    const made = [
      row(3, 'category', null),
      row(1, 'category', 'news'),
      row(2, 'category', 'crime'),
      row(2, 'lang', 'ps'),
    ]
    expect(overlay(one, made.slice(1)).tags.category?.category).toBe('crime')
    const after = overlay(one, made)
    expect(after.tags.category).toEqual(one.tags.category)
    expect(Object.keys(after.corrections ?? {})).toEqual(['lang'])
    expect(after.revision).toBe(3)
    const nothing = overlay(one, [...made, row(4, 'lang', null)])
    expect(nothing).toEqual({ ...one, revision: 4 })
  })

  test('laid over what was corrected before, it is as if laid over what the tagger said', () => {
    const first = [row(1, 'category', 'news'), row(1, 'alert', false)]
    const both = [...first, row(2, 'category', null), row(2, 'lang', 'ps')]
    const again = overlay(overlay(one, first), both)
    expect(again).toEqual(overlay(one, both))
    expect(overlay(again, both)).toEqual(again)
    const bare = asTagged(again)
    delete bare.revision
    expect(bare).toEqual(one)
  })

  test('without any it stays as it is, also where those that stand have left the records', () => {
    expect(overlay(one, [])).toBe(one)
    const corrected = overlay(one, [row(1, 'category', 'news')])
    expect(overlay(corrected, [])).toBe(corrected)
  })

  test('other words are judged anew, and the same words again as they were judged', () => {
    const made = [row(1, 'category', 'news'), row(2, 'category', 'crime', 'other words')]
    expect(overlay({ ...one, text: 'third' }, made)).toEqual({ ...one, text: 'third', revision: 2 })
    expect(overlay({ ...one, text: 'other words' }, made).tags.category?.category).toBe('crime')
    expect(overlay(one, made).tags.category?.category).toBe('news')
    expect([...standingOf(made, one.text).keys()]).toEqual(['category'])
  })

  test('what a person judged is no longer unjudged, and is again when that is taken back; a district judges nothing', () => {
    const silent = makeEnriched({ text: '', unjudged: 'no-words' }, { districts: [] })
    const judged = overlay(silent, [row(1, 'severity', 'low', '')])
    expect(judged.unjudged).toBeNull()
    expect(judged.tagger?.unjudged).toBe('no-words')
    expect(overlay(judged, [row(1, 'severity', 'low', ''), row(2, 'severity', null, '')]).unjudged).toBe('no-words')
    expect(overlay(silent, [row(1, 'districts', ['swat'], '')]).unjudged).toBe('no-words')
  })

  test('where the tagger failed a person must have said category, alert and severity before any of them stands', () => {
    const failed = makeEnriched({ unjudged: 'threat-failed' }, { category: null, districts: null, language: null })
    const half = overlay(failed, [row(1, 'category', 'news'), row(1, 'districts', ['swat']), row(1, 'lang', 'ur')])
    expect(half.tags.category).toBeNull()
    expect(half.corrections).toMatchObject({ districts: { was: null }, lang: { was: null } })
    expect(half.corrections).not.toHaveProperty('category')
    const whole = overlay(failed, [row(1, 'category', 'crime'), row(1, 'alert', true), row(2, 'severity', 'high')])
    expect(whole.tags.category).toMatchObject({ category: 'crime', alert: true, severity: 'high', evidence: [] })
    expect(whole.unjudged).toBeNull()
    expect(valuesOf(makeTags({ category: null, districts: null }))).toEqual({ lang: 'ur', sentiment: 'neutral' })
  })
})
