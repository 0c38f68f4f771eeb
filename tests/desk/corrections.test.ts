import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import type { Correction } from '../../schemas/correction.js'
import type { IndexedMention } from '../../schemas/search.js'
import { PERMISSIONS } from '../../schemas/user.js'
import { makeEnriched, makeTags } from '../support/mentions.js'
import { openHouse, type House } from './house.js'
import { cookieFor, scopedSessions } from './scoped.js'

interface Answer {
  readonly mention: IndexedMention
  readonly correctionHistory: (Correction & { ofThisText: boolean })[]
  readonly detail: string
  readonly revision: number
}

const one = makeEnriched({ id: 'whatsapp:a' })
let house: House
beforeEach(async () => {
  house = await openHouse({ sessions: scopedSessions })
  house.memory.mentions.push(one)
})
afterEach(() => house.stop())

async function correct(
  tags: object,
  revision = 0,
  { who = 'all', id = one.id, note }: { who?: string; id?: string; note?: string } = {},
) {
  // prettier-ignore
  const response = await house.app.inject({
    method: 'POST',
    url: `/api/mentions/${encodeURIComponent(id)}/corrections`,
    headers: cookieFor(who),
    payload: { tags, revision, ...(note === undefined ? {} : { note }) },
  })
  return { status: response.statusCode, body: response.json<Answer>(), type: response.headers['content-type'] }
}
const read = async (who = 'all') =>
  (await house.app.inject({ url: `/api/mentions/${one.id}`, headers: cookieFor(who) })).json<Answer>()
const said = async () => (await house.bus.read('mentions.corrected', {})).map(({ key, value }) => ({ key, value }))
const audited = async () =>
  (await house.records.selectFrom('audit').selectAll().where('action', '=', 'corrected').execute()).map(({ actor, subject, detail }) => ({ actor, subject, detail })) // prettier-ignore

describe('correcting a tag', () => {
  test('answers with the mention as it stands, keeps who said what, tells the index, the audit and the metrics', async () => {
    const { status, body } = await correct({ category: 'news', alert: false, severity: 'none' }, 0, { note: ' past ' })
    expect(status).toBe(200)
    const at = house.clock.iso()
    expect(body.mention).toMatchObject({
      id: one.id,
      text: one.text,
      revision: 1,
      tags: { category: { category: 'news', alert: false, severity: 'none' } },
      corrections: {
        alert: { was: true, by: 'of-all', at },
        category: { was: 'extortion', by: 'of-all', at },
        severity: { was: 'high', by: 'of-all', at },
      },
      tagger: { tags: one.tags, unjudged: null },
    })
    expect(body.correctionHistory[0]).toEqual({ revision: 1, tag: 'alert', was: true, value: false, by: 'of-all', at, note: 'past', ofThisText: true }) // prettier-ignore
    expect(await said()).toEqual([{ key: one.id, value: { schema: 'rabta.corrected/1', id: one.id, revision: 1 } }])
    expect(await audited()).toEqual([
      { actor: 'of-all', subject: one.id, detail: 'revision 1: category=news alert=false severity=none' },
    ])
    const metrics = await house.metrics.registry.metrics()
    expect(metrics).toContain('rabta_corrections_total{tag="category"} 1')
    expect(metrics).not.toContain('tag="lang"')
    expect(house.logged.join()).not.toContain(one.text)
  })

  test('is seen by whoever reads the mention next, before the index has heard of it; offices are suggested anew', async () => {
    await correct({ districts: ['swat'] })
    const { mention, correctionHistory, ...rest } = await read()
    expect(mention.tags.districts).toEqual([{ id: 'swat', confidence: 1, basis: 'analyst', evidence: [] }])
    expect(correctionHistory).toHaveLength(1)
    expect((rest as unknown as { suggestedUnits: string[] }).suggestedUnits).toContain('dpo-swat')
  })

  test('null takes it back; so does the tagger’s own value', async () => {
    await correct({ category: 'crime', lang: 'ps', districts: ['swat', 'peshawar'] })
    const { body } = await correct({ category: null, lang: 'ur' }, 1)
    expect(body.mention.tags.category).toEqual(one.tags.category)
    expect(Object.keys(body.mention.corrections ?? {})).toEqual(['districts'])
    expect(body.mention.revision).toBe(2)
    expect(body.correctionHistory.map(({ revision, tag, value }) => [revision, tag, value])).toEqual([
      [2, 'category', null],
      [2, 'lang', null],
      [1, 'category', 'crime'],
      [1, 'districts', ['swat', 'peshawar']],
      [1, 'lang', 'ps'],
    ])
    expect((await audited())[1]?.detail).toBe('revision 2: category taken back lang=ur')
    const last = await correct({ districts: null, alert: null }, 2)
    expect(last.body.mention).toEqual({ ...one, revision: 3 })
  })

  test('false and nothing are values of their own, and null is not taken for them', async () => {
    const noAlert = await correct({ alert: false })
    expect(noAlert.body.mention.corrections?.alert).toMatchObject({ was: true })
    const nowhere = await correct({ alert: null, districts: [] }, 1)
    expect(nowhere.body.mention.tags.category?.alert).toBe(true)
    expect(nowhere.body.mention.tags.districts).toEqual([])
    expect(nowhere.body.mention.corrections).toEqual({
      districts: { was: ['peshawar'], by: 'of-all', at: house.clock.iso() },
    })
  })

  test('who was slower is told by whom and what stands, and changes nothing', async () => {
    await correct({ category: 'crime' }, 0, { who: 'peshawar' })
    const late = await correct({ category: 'news' })
    expect(late.status).toBe(409)
    expect(late.type).toMatch(/^application\/problem\+json/)
    expect(late.body.detail).toContain('of-peshawar')
    expect(late.body.revision).toBe(1)
    expect(late.body.correctionHistory).toMatchObject([{ tag: 'category', value: 'crime', by: 'of-peshawar' }])
    expect(JSON.stringify(late.body)).not.toContain(one.text)
    expect((await read()).mention.tags.category?.category).toBe('crime')
    expect((await correct({ category: 'news' }, 7)).status).toBe(409)
  })

  test('of two at once one is kept', async () => {
    const both = await Promise.all([correct({ category: 'crime' }), correct({ category: 'violence' }, 0, { who: 'peshawar' })]) // prettier-ignore
    expect(both.map(({ status }) => status).sort()).toEqual([200, 409])
  })

  test('the same request again, of which the answer was lost, is answered and counted once', async () => {
    const tags = { category: 'crime', districts: ['swat', 'tank'], lang: 'ur' }
    await correct(tags)
    const again = await correct({ ...tags, districts: ['tank', 'swat'] })
    expect(again.status).toBe(200)
    expect(again.body.mention.revision).toBe(1)
    expect(await said()).toHaveLength(1)
    expect(await audited()).toHaveLength(1)
    expect((await correct(tags, 0, { who: 'peshawar' })).status).toBe(409)
    expect((await correct({ ...tags, category: 'news' })).status).toBe(409)
  })

  test('somebody of another district finds no such mention; without the permission nobody corrects', async () => {
    expect((await correct({ category: 'crime' }, 0, { who: 'swat' })).status).toBe(404)
    expect((await correct({ category: 'crime' }, 0, { id: 'whatsapp:none' })).status).toBe(404)
    expect((await house.app.inject({ method: 'POST', url: `/api/mentions/${one.id}/corrections`, payload: { tags: { lang: 'ps' }, revision: 0 } })).statusCode).toBe(401) // prettier-ignore
    const reader = await openHouse({
      sessions: {
        ...scopedSessions,
        find: async (token) => {
          const known = await scopedSessions.find(token)
          const permissions = new Set(PERMISSIONS.filter((permission) => permission !== 'mentions:correct'))
          return known === undefined ? undefined : { ...known, permissions }
        },
      },
    })
    reader.memory.mentions.push(one)
    const payload = { tags: { category: 'crime' }, revision: 0 }
    const refused = await reader.app.inject({ method: 'POST', url: `/api/mentions/${one.id}/corrections`, headers: cookieFor('all'), payload }) // prettier-ignore
    expect(refused.statusCode).toBe(403)
    expect(await reader.records.selectFrom('corrections').selectAll().execute()).toEqual([])
    await reader.stop()
  })

  test('a bus that is away takes nothing from who corrects: it is kept, and due to be said', async () => {
    const broken = await openHouse({ sessions: scopedSessions })
    broken.memory.mentions.push(one)
    await broken.bus.close()
    const answer = await broken.app.inject({ method: 'POST', url: `/api/mentions/${one.id}/corrections`, headers: cookieFor('all'), payload: { tags: { category: 'crime' }, revision: 0 } }) // prettier-ignore
    expect(answer.statusCode).toBe(200)
    expect(await broken.corrections.ofMany([one.id])).toHaveProperty('size', 1)
    expect(await broken.records.selectFrom('corrected_mentions').select('due').execute()).toEqual([{ due: 1 }])
    await broken.stop()
  })
})

describe('what is refused, with a sentence that helps', () => {
  const REFUSED: readonly (readonly [object, RegExp])[] = [
    [{ districts: ['swat', 'atlantis'] }, /no district atlantis/],
    [{ severity: 'low' }, /an alert is critical, high or medium/],
    [{ category: 'praise' }, /praise is none: choose one of terrorism/],
    [{ alert: false, severity: 'critical' }, /what is critical is an alert/],
    [{ category: 'extortion', lang: 'ur', districts: ['peshawar'] }, /nothing would change/],
    [{ sentiment: null }, /nothing would change/],
  ]
  test.each(REFUSED)('%j', async (tags, words) => {
    const { status, body } = await correct(tags)
    expect(status).toBe(422)
    expect(body.detail).toMatch(words)
    expect(await house.records.selectFrom('corrections').selectAll().execute()).toEqual([])
    expect(await said()).toEqual([])
  })

  test('taking one back that leaves a contradiction is refused too; what the tagger says by itself is not held to the rules', async () => {
    await correct({ alert: false, severity: 'low', category: 'praise' })
    expect((await correct({ alert: null }, 1)).status).toBe(422)
    expect((await correct({ alert: null, severity: null, category: null }, 1)).status).toBe(200)
    const odd = makeTags().category
    if (odd === null) throw new Error('makeTags has a category')
    house.memory.mentions.push(
      makeEnriched({ id: 'whatsapp:odd' }, { category: { ...odd, alert: false, severity: 'critical' } }),
    )
    expect((await correct({ lang: 'ps' }, 0, { id: 'whatsapp:odd' })).status).toBe(200)
    expect((await correct({ category: 'crime' }, 1, { id: 'whatsapp:odd' })).status).toBe(422)
  })

  test('what nobody could judge takes category, alert and severity together, and is then judged', async () => {
    const failed = makeEnriched({ id: 'whatsapp:failed', unjudged: 'threat-failed' }, { category: null })
    house.memory.mentions.push(failed)
    const half = await correct({ category: 'crime' }, 0, { id: failed.id })
    expect([half.status, half.body.detail]).toEqual([422, expect.stringContaining('together')])
    const whole = await correct({ category: 'crime', alert: true, severity: 'high' }, 0, { id: failed.id })
    expect(whole.body.mention).toMatchObject({ unjudged: null, tags: { category: { category: 'crime', alert: true } } })
  })

  test.each([
    [{ category: 'war' }],
    [{ alert: 'yes' }],
    [{ alert: 0 }],
    [{ districts: 'swat' }],
    [{ districts: ['swat', 'swat'] }],
    [{ threat: 'x' }],
    [{}],
  ])('%j does not fit the schema', async (tags) => {
    const { status, type } = await correct(tags)
    expect(status).toBe(400)
    expect(type).toMatch(/^application\/problem\+json/)
  })

  test('nor does a revision that is none, or a note without end', async () => {
    expect((await correct({ lang: 'ps' }, -1)).status).toBe(400)
    expect((await correct({ lang: 'ps' }, 0, { note: 'x'.repeat(1001) })).status).toBe(400)
  })
})
