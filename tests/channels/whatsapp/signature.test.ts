import { createHmac } from 'node:crypto'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { verifyHandshake } from '../../../channels/graph/handshake.js'
import { verifySignature } from '../../../channels/graph/signature.js'

const SECRET = 'app-secret'
const sign = (body: Buffer, secret = SECRET) => `sha256=${createHmac('sha256', secret).update(body).digest('hex')}`

describe('verifySignature', () => {
  const body = Buffer.from('{"text":"پشاور \\u0645"}')

  it('accepts the bytes that were signed, in either case of hex', () => {
    expect(verifySignature(body, sign(body), SECRET)).toBe(true)
    expect(verifySignature(body, sign(body).toUpperCase().replace('SHA256', 'sha256'), SECRET)).toBe(true)
  })

  it('is over the bytes, not over what they mean', () => {
    const same = Buffer.from(JSON.stringify(JSON.parse(body.toString())))
    expect(verifySignature(same, sign(body), SECRET)).toBe(false)
  })

  it('refuses a missing, malformed, short, long or foreign header', () => {
    const good = sign(body)
    const bad = [
      undefined,
      null,
      '',
      'sha256=',
      'sha256',
      good.slice(0, -1),
      `${good}0`,
      good.replace('sha256', 'sha1'),
    ]
    for (const header of [
      ...bad,
      good.slice(7),
      [good],
      7,
      {},
      sign(body, 'other'),
      `sha256=${'é'.repeat(64)}`,
      ` ${good}`,
      `${good}\n`,
    ]) {
      expect(verifySignature(body, header, SECRET)).toBe(false)
    }
  })

  it('refuses everything while no secret is set', () => {
    expect(verifySignature(body, sign(body, ''), '')).toBe(false)
  })

  it('never throws and never accepts what was not signed', () => {
    fc.assert(
      fc.property(fc.uint8Array(), fc.oneof(fc.string(), fc.anything()), (bytes, header) => {
        expect(verifySignature(Buffer.from(bytes), header, SECRET)).toBe(false)
      }),
      { seed: 1, numRuns: 300 },
    )
  })
})

describe('verifyHandshake', () => {
  const query = { 'hub.mode': 'subscribe', 'hub.verify_token': 'token', 'hub.challenge': '1158201444' }

  it('repeats the challenge to who knows the token', () => {
    expect(verifyHandshake(query, 'token')).toEqual({ ok: true, challenge: '1158201444' })
  })

  it('refuses a wrong token, mode, doubled parameter, an unset token, and a challenge that is no number or word', () => {
    for (const wrong of [
      { 'hub.verify_token': 'Token' },
      { 'hub.verify_token': ['token', 'token'] },
      { 'hub.verify_token': undefined },
      { 'hub.mode': 'unsubscribe' },
      { 'hub.challenge': '<script>alert(1)</script>' },
      { 'hub.challenge': ['1', '2'] },
      { 'hub.challenge': undefined },
    ]) {
      expect(verifyHandshake({ ...query, ...wrong }, 'token')).toEqual({ ok: false })
    }
    expect(verifyHandshake({ ...query, 'hub.verify_token': '' }, '')).toEqual({ ok: false })
    expect(verifyHandshake({}, 'token')).toEqual({ ok: false })
  })
})
