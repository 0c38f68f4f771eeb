import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'
import { loadStory, STORY_HANDLE, STORY_SEARCH, type StoryMessage } from '../../simulators/story/story.js'
import { parseQuery } from '../../simulators/x/query.js'
import { weightedLength } from '../../simulators/x/create.js'
import { XTimeline } from '../../simulators/x/timeline.js'

const DISTRICTS = [
  'peshawar',
  'khyber',
  'mardan',
  'swabi',
  'nowshera',
  'charsadda',
  'mohmand',
  'swat',
  'shangla',
  'buner',
  'malakand',
  'dir-lower',
  'dir-upper',
  'dir-central',
  'chitral-lower',
  'chitral-upper',
  'bajaur',
  'abbottabad',
  'haripur',
  'mansehra',
  'battagram',
  'torghar',
  'kohistan-upper',
  'kohistan-lower',
  'kolai-palas',
  'kohat',
  'hangu',
  'karak',
  'kurram',
  'orakzai',
  'bannu',
  'lakki-marwat',
  'north-waziristan',
  'dera-ismail-khan',
  'tank',
  'south-waziristan-upper',
  'south-waziristan-lower',
]

const story = loadStory(fileURLToPath(new URL('../../simulators/story', import.meta.url)))
const { played, afterwards } = story
const all = [...played, ...afterwards]
const share = (count: number) => count / played.length
const who = (messages: readonly StoryMessage[]) => messages.map((message) => message.id)

describe('the story', () => {
  it('has its 330 messages in three minutes and keeps some for afterwards', () => {
    expect(played.length).toBeGreaterThanOrEqual(330)
    expect(afterwards.length).toBeGreaterThanOrEqual(40)
    expect(played.every(({ atSeconds }) => atSeconds !== null && atSeconds >= 0 && atSeconds <= 180)).toBe(true)
    expect(afterwards.filter(({ alert }) => alert)).toEqual([])
  })

  it('knows the districts it names, and names all 37', () => {
    expect(DISTRICTS).toHaveLength(37)
    const named = new Set(all.flatMap(({ districts }) => districts))
    expect([...named].filter((id) => !DISTRICTS.includes(id))).toEqual([])
    const inPlay = new Set(played.flatMap(({ districts }) => districts))
    expect(DISTRICTS.filter((id) => !inPlay.has(id))).toEqual([])
  })

  it('speaks the languages of the province in their shares', () => {
    const of = (...langs: string[]) => share(played.filter(({ lang }) => langs.includes(lang)).length)
    expect(of('ur')).toBeGreaterThan(0.3)
    expect(of('ur')).toBeLessThan(0.4)
    expect(of('ur-Latn')).toBeGreaterThan(0.18)
    expect(of('ps')).toBeGreaterThan(0.12)
    expect(of('en')).toBeGreaterThan(0.09)
    expect(of('ps-Latn')).toBeGreaterThan(0.06)
    expect(of('pnb', 'skr', 'khw')).toBeGreaterThan(0.05)
    for (const lang of ['pnb', 'skr', 'khw']) expect(of(lang)).toBeGreaterThan(0.01)
  })

  it('rings as seldom as an ordinary day with a bad hour: 12 to 15 in a hundred', () => {
    const rate = share(played.filter(({ alert }) => alert).length)
    expect(rate).toBeGreaterThanOrEqual(0.12)
    expect(rate).toBeLessThanOrEqual(0.15)
  })

  it('tags by the rules: an alert is at least medium, and never for what cannot be one', () => {
    const low = all.filter(({ alert, severity }) => alert && (severity === 'low' || severity === 'none'))
    expect(who(low)).toEqual([])
    const never = ['traffic', 'complaint', 'inquiry', 'praise', 'news', 'other']
    expect(who(all.filter(({ alert, category }) => alert && never.includes(category)))).toEqual([])
    expect(who(all.filter(({ severity, alert }) => severity === 'critical' && !alert))).toEqual([])
    const unpraised = all.filter(({ category, sentiment }) => category === 'praise' && sentiment !== 'positive')
    expect(who(unpraised)).toEqual([])
  })

  it('has every category, and within 150 s extortion, terrorism and missing alerts and پشاور on both channels', () => {
    expect(new Set(played.map(({ category }) => category)).size).toBe(16)
    const early = played.filter(({ atSeconds }) => (atSeconds ?? 999) <= 150)
    for (const channel of ['x', 'whatsapp']) {
      const here = early.filter((message) => message.channel === channel)
      for (const category of ['extortion', 'terrorism', 'missing']) {
        expect(here.filter((message) => message.alert && message.category === category).length).toBeGreaterThan(0)
      }
      expect(here.filter(({ text }) => text.includes('پشاور')).length).toBeGreaterThanOrEqual(3)
    }
  })

  it('comes in every kind, with near-copies by others', () => {
    const kinds = new Set(played.map(({ kind }) => kind))
    for (const kind of [
      'reply',
      'quote',
      'edit',
      'image',
      'audio',
      'location',
      'document',
      'sticker',
      'reaction',
      'button',
      'unsupported',
    ]) {
      expect(kinds).toContain(kind)
    }
    expect(played.filter(({ kind }) => kind === 'edit')).toHaveLength(1)
    const copies = played.filter(({ text }) => text.includes('عمر پانچ سال نام حمزہ'))
    expect(new Set(copies.map(({ author }) => author.key)).size).toBeGreaterThanOrEqual(2)
    const at = new Map(played.map(({ id, atSeconds }) => [id, atSeconds ?? 0]))
    expect(who(played.filter(({ id, ref }) => ref !== null && (at.get(ref) ?? 999) >= (at.get(id) ?? 0)))).toEqual([])
  })

  it('never says the same thing twice', () => {
    const texts = all.map(({ text }) => text).filter((text) => text !== '')
    expect(texts.filter((text, index) => texts.indexOf(text) !== index)).toEqual([])
  })

  it('writes to the account or can be found by the search, within 280 characters', () => {
    const timeline = new XTimeline()
    const test = parseQuery(STORY_SEARCH, timeline)
    const posts = all.filter(({ channel }) => channel === 'x')
    const lost = posts.filter(({ text }) => {
      const post = timeline.add({ author: timeline.user({ username: 'a' }, 0), text, nowMs: 1.8e12 })
      return !post.mentions.has(STORY_HANDLE.toLowerCase()) && !test(post)
    })
    expect(who(lost)).toEqual([])
    expect(who(posts.filter(({ text }) => weightedLength(text) > 280))).toEqual([])
    expect(posts.some(({ text }) => !text.includes(STORY_HANDLE))).toBe(true)
    expect(who(all.filter(({ channel, text }) => channel === 'whatsapp' && text.includes(STORY_HANDLE)))).toEqual([])
  })

  it('gives numbers that belong to nobody', () => {
    for (const { id, text } of all) {
      const numbers = text.match(/(?:\+?92|0)3\d\d[- ]?\d{7}/g) ?? []
      expect(
        numbers.filter((number) => !/^0300-0000\d{3}$/.test(number)),
        id,
      ).toEqual([])
    }
    expect(story.authors.every(({ waId }) => /^923000000\d{3}$/.test(waId))).toBe(true)
  })
})
