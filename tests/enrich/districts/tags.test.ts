import { describe, expect, it } from 'vitest'
import { tagMention, tagText } from './support.js'

const HERE = { name: null, address: null }

describe('evidence', () => {
  it('is exactly the words of the text, with diacritics, joiners and emoji around them', () => {
    const text = '🚨🚨 پِشاور‌ میں، پھر Ｐeshawar اور #PeshawarBlast 👮🏽 D.I.Khan'
    const tags = tagText(text)
    expect(tags.map((tag) => tag.id).sort()).toEqual(['dera-ismail-khan', 'peshawar'])
    for (const tag of tags) for (const span of tag.evidence) expect(text.slice(span.start, span.end)).toBe(span.text)
    expect(tags.find((tag) => tag.id === 'peshawar')?.evidence.map((span) => span.text)).toEqual([
      'پِشاور',
      'Ｐeshawar',
      'Peshawar',
    ])
    expect(tags.find((tag) => tag.id === 'dera-ismail-khan')?.evidence[0]?.text).toBe('D.I.Khan')
  })

  it('leaves out what is glued to a name', () => {
    expect(tagText('پشاورمیں ڈکیتی')[0]?.evidence).toEqual([{ text: 'پشاور', start: 0, end: 5 }])
  })
})

describe('confidence', () => {
  const confidence = (text: string): number => tagText(text)[0]?.confidence ?? 0

  it('is higher for a plain name than for a misspelt one or a road', () => {
    expect(confidence('Peshawar mein chori')).toBeGreaterThan(confidence('Peshawwrr mein chori'))
    expect(confidence('Peshawar mein chori')).toBeGreaterThan(confidence('Charsadda Road par chori'))
  })

  it('is near 1 for each district of a shared name', () => {
    for (const tag of tagText('Chitral mein sailab')) expect(tag.confidence).toBeGreaterThan(0.9)
  })

  it('is never listed under one half', () => {
    for (const tag of tagText('Doaba, Palosi, Saddar, Shekhan, Khanpur, Lowari')) {
      expect(tag.confidence).toBeGreaterThanOrEqual(0.5)
      expect(tag.confidence).toBeLessThan(1)
    }
  })
})

describe('a pin', () => {
  it.each([
    [34.008, 71.578, 'peshawar'],
    [33.99, 71.45, 'peshawar'],
    [34.1, 71.15, 'khyber'],
    [34.2, 72.04, 'mardan'],
    [34.78, 72.36, 'swat'],
    [33.59, 71.44, 'kohat'],
    [33.9, 70.1, 'kurram'],
    [32.99, 70.6, 'bannu'],
    [31.83, 70.9, 'dera-ismail-khan'],
    [32.3, 69.57, 'south-waziristan-lower'],
    [32.57, 69.83, 'south-waziristan-upper'],
    [34.15, 73.21, 'abbottabad'],
    [35.29, 73.2, 'kohistan-upper'],
    [35.85, 71.79, 'chitral-lower'],
    [36.27, 72.25, 'chitral-upper'],
    [35.2, 71.88, 'dir-upper'],
    [34.83, 71.84, 'dir-lower'],
    [35.0, 72.05, 'dir-central'],
  ])('%d, %d is in %s', (latitude, longitude, id) => {
    const tags = tagMention({ text: 'yahan aa jayen', location: { latitude, longitude, ...HERE } })
    expect(tags.map((tag) => [tag.id, tag.basis, tag.evidence])).toEqual([[id, 'pin', []]])
  })

  it.each([
    ['Islamabad', 33.69, 73.04],
    ['Rawalpindi', 33.6, 73.05],
    ['Attock', 33.77, 72.36],
    ['Lahore', 31.55, 74.34],
    ['Jalalabad', 34.43, 70.45],
    ['Muzaffarabad', 34.37, 73.47],
    ['nowhere', 0, 0],
    ['the pole', 90, 180],
  ])('in %s is no district', (_name, latitude, longitude) => {
    expect(tagMention({ text: 'yahan', location: { latitude, longitude, ...HERE } })).toEqual([])
  })

  it('stands beside what the text says, and its name helps where its point is none', () => {
    const location = { latitude: 34.008, longitude: 71.578, ...HERE }
    const both = tagMention({ text: 'Mardan mein mera bhai lapata', location })
    expect(both.map((tag) => [tag.id, tag.basis])).toEqual([
      ['mardan', 'text'],
      ['peshawar', 'pin'],
    ])
    const named = { latitude: 0, longitude: 0, name: 'Mingora', address: 'Swat' }
    expect(tagMention({ text: 'yahan', location: named }).map((tag) => [tag.id, tag.basis])).toEqual([['swat', 'pin']])
  })
})

describe("the author's place", () => {
  const author = { id: '1', name: null, handle: null, address: null, place: 'Mardan, Pakistan' }

  it('counts only where the text says nothing, and less', () => {
    const tags = tagMention({ text: 'meri bike chori ho gayi', author })
    expect(tags.map((tag) => [tag.id, tag.basis])).toEqual([['mardan', 'author-place']])
    expect(tags[0]?.confidence).toBeLessThan(0.7)
    expect(tagMention({ text: 'Kohat mein bike chori', author }).map((tag) => tag.id)).toEqual(['kohat'])
  })

  it('outside the province is nothing', () => {
    expect(tagMention({ text: 'salam', author: { ...author, place: 'Lahore' } })).toEqual([])
  })
})
