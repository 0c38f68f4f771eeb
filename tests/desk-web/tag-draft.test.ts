import { describe, expect, it } from 'vitest'
import {
  changedTags,
  CHOICES,
  contradictionOf,
  draftOf,
  taggedOf,
  TAGS,
} from '../../desk/web/src/pages/mentions/tag-draft.js'
import { overlay, textHashOf } from '../../runtime/corrections/overlay.js'
import { CORRECTABLE_TAGS } from '../../schemas/correction.js'
import { CATEGORIES, EVENT_CATEGORIES, LANGS, SENTIMENTS, SEVERITIES } from '../../schemas/tags.js'
import { makeEnriched } from '../support/mentions.js'

const one = makeEnriched()

describe('the tags as they are being set right', () => {
  it('offers what the schemas know, and nothing else', () => {
    expect(TAGS).toEqual(CORRECTABLE_TAGS)
    expect(CHOICES.category).toEqual(CATEGORIES)
    expect(CHOICES.severity).toEqual(SEVERITIES)
    expect([...CHOICES.lang].sort()).toEqual([...LANGS].sort())
    expect(CHOICES.sentiment).toEqual(SENTIMENTS)
  })

  it('sends what differs from what stands, whatever the order of the districts', () => {
    const draft = draftOf(one)
    expect(changedTags(draft, one)).toEqual({})
    expect(changedTags({ ...draft, alert: false, districts: [] }, one)).toEqual({ alert: false, districts: [] })
    const two = makeEnriched({}, { districts: ['swat', 'tank'].map((id) => ({ id, confidence: 1, basis: 'text', evidence: [] })) }) // prettier-ignore
    expect(changedTags({ ...draftOf(two), districts: ['tank', 'swat'] }, two)).toEqual({})
  })

  it('knows what the tagger said beneath a correction', () => {
    const row = { mentionId: one.id, revision: 1, was: null, by: 'a', at: one.receivedAt, textHash: textHashOf(one.text), note: '' } // prettier-ignore
    const corrected = overlay(one, [{ ...row, tag: 'category', value: 'crime' }])
    expect(draftOf(corrected).category).toBe('crime')
    expect(taggedOf(corrected)).toEqual(draftOf(one))
  })

  it('contradicts itself exactly where the labelling guide says so', () => {
    const draft = { ...draftOf(one), category: 'crime' as const }
    for (const severity of SEVERITIES) {
      const isAlert = ['critical', 'high', 'medium'].includes(severity)
      expect(contradictionOf({ ...draft, alert: true, severity })).toBe(isAlert ? undefined : 'alertSeverity')
      const noAlert = contradictionOf({ ...draft, alert: false, severity })
      expect(noAlert).toBe(severity === 'critical' ? 'criticalNoAlert' : undefined)
    }
    for (const category of CATEGORIES) {
      const isEvent = (EVENT_CATEGORIES as readonly string[]).includes(category)
      expect(contradictionOf({ ...draft, alert: true, severity: 'high', category })).toBe(isEvent ? undefined : 'alertCategory') // prettier-ignore
    }
    expect(contradictionOf({ ...draft, severity: undefined })).toBe('together')
    expect(contradictionOf({ ...draft, alert: undefined, category: undefined, severity: undefined })).toBeUndefined()
  })
})
