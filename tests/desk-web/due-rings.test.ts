import { describe, expect, it } from 'vitest'
import { dueRings, loudest, loudestFirst, type Heard } from '../../desk/web/src/sound/due-rings.js'
import { mergeAlertLists } from '../../desk/web/src/api/merge-alerts.js'
import type { Alert } from '../../schemas/alert.js'

const START = Date.parse('2026-11-22T22:00:00.000Z')

function alert(id: string, changes: Partial<Alert> = {}): Alert {
  const at = new Date(START).toISOString()
  return {
    schema: 'rabta.alert/1',
    id,
    version: 1,
    rule: 'danger',
    status: 'ringing',
    category: 'extortion',
    severity: 'critical',
    districts: ['peshawar'],
    confidence: 0.98,
    openedAt: at,
    lastAt: at,
    rangAt: at,
    count: 1,
    channels: ['sms'],
    mentionIds: ['sms:1'],
    lead: { mentionId: 'sms:1', channel: 'sms', lang: 'ur', text: '', evidence: [], writtenAt: at, receivedAt: at },
    acknowledgedAt: null,
    acknowledgedBy: null,
    ...changes,
  }
}

/** Looks every second as the page does; returns at which seconds it sounded. */
function sounds(at: (second: number) => Alert[], seconds: number): number[] {
  const heard = new Map<string, Heard>()
  const rang: number[] = []
  for (let second = 0; second <= seconds; second++) {
    const due = dueRings(at(second), heard, START + second * 1000)
    if (due.length > 0) rang.push(second)
    for (const one of due) heard.set(one.id, { rangAt: one.rangAt, soundedAtMs: START + second * 1000 })
  }
  return rang
}

describe('an alert sounds', () => {
  it('at once and every 30 s until it is acknowledged, when it is critical', () => {
    expect(sounds((second) => [alert('a', second >= 70 ? { status: 'acknowledged' } : {})], 200)).toEqual([0, 30, 60])
  })

  it('once when it is high, and again when it rings anew', () => {
    const again = new Date(START + 40_000).toISOString()
    const at = (second: number): Alert[] => [
      alert('a', { severity: 'high', ...(second >= 40 ? { rangAt: again } : {}) }),
    ]
    expect(sounds(at, 100)).toEqual([0, 40])
  })

  it('after an acknowledgement, when a graver message makes it ring again', () => {
    const again = new Date(START + 50_000).toISOString()
    const at = (second: number): Alert[] =>
      second < 20
        ? [alert('a', { severity: 'high' })]
        : second < 50
          ? [alert('a', { severity: 'high', status: 'acknowledged' })]
          : [alert('a', { rangAt: again })]
    expect(sounds(at, 60)).toEqual([0, 50])
  })

  it('never when it is acknowledged', () => {
    expect(sounds(() => [alert('a', { status: 'acknowledged' })], 60)).toEqual([])
  })
})

describe('the list of alerts', () => {
  it('is loudest first: ringing, graver, later', () => {
    const later = new Date(START + 1000).toISOString()
    const order = loudestFirst([
      alert('done', { status: 'acknowledged' }),
      alert('high', { severity: 'high', rangAt: later }),
      alert('old'),
      alert('new', { rangAt: later }),
    ]).map(({ id }) => id)
    expect(order).toEqual(['new', 'old', 'high', 'done'])
    expect(loudest([alert('a', { severity: 'medium' }), alert('b', { severity: 'high' })])).toBe('high')
  })

  it('keeps the larger version, whichever comes first, and loses none', () => {
    const ringing = alert('a')
    const done = alert('a', { version: 2, status: 'acknowledged' })
    for (const [known, news] of [
      [[ringing, alert('b')], [done]],
      [[done, alert('b')], [ringing]],
    ] as const) {
      const merged = mergeAlertLists(known, news)
      expect(merged.find(({ id }) => id === 'a')?.status).toBe('acknowledged')
      expect(merged).toHaveLength(2)
    }
  })
})
