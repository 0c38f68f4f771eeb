import { fields, label } from '../../fields.js'
import type { Reading } from '../../hook.js'
import { epochOfIso, epochOfSeconds, instant } from '../../instants.js'
import { digestId, smsMention } from '../mention.js'
import { normaliseNumber } from '../phone-number.js'
import { changed, notRead } from '../reading.js'
import { queryOf, readRawQuery } from './raw-query.js'
import { readReport } from './report.js'
import { decodeKannelText } from './text.js'

export const KANNEL_SOURCE = 'sms-kannel'
export const KANNEL_ORIGIN = 'hooks/sms-kannel'
const HOUR_MS = 3_600_000

/**
 * Reads what `get-url` or `dlr-url` brought: an address or a query as text, `{query}`, or an object of parameters. Takes any value and never throws.
 * A message without `id` is named by the digest of from, to, time and text; one that has no time either by the hour in which it came, for then
 * nothing else tells a person who writes the same again from a gateway that repeats itself.
 */
export function readKannel(payload: unknown, context: { readonly receivedAt: string }): Reading {
  const parameters = parametersOf(payload)
  if (parameters === undefined) return notRead(KANNEL_ORIGIN, payload, 'neither a query nor an object of parameters')
  const word = (name: string): string => (parameters.get(name) ?? Buffer.alloc(0)).toString('utf8').trim()
  const time = word('time')
  const writtenMs = epochOfSeconds(time) ?? epochOfIso(time)
  const at = writtenMs === undefined ? context.receivedAt : instant(writtenMs)
  if (parameters.has('dlr')) {
    const words = (parameters.get('reason') ?? Buffer.alloc(0)).toString('utf8')
    return readReport({ type: word('dlr'), outboundKey: word('outbound'), words, at }, KANNEL_ORIGIN, payload)
  }
  const from = word('from')
  const to = word('to')
  const bytes = parameters.get('text')
  if (from === '') return notRead(KANNEL_ORIGIN, payload, 'a message without a sender: get-url must carry from=%p')
  if (bytes === undefined)
    return notRead(KANNEL_ORIGIN, payload, 'a message without a text: get-url must carry text=%b')
  const { text, mended } = decodeKannelText(bytes, { charset: word('charset'), coding: word('coding') })
  const id = word('id')
  const hour = Math.floor(Date.parse(context.receivedAt) / HOUR_MS)
  const named = digestId([
    normaliseNumber(from),
    normaliseNumber(to),
    bytes.toString('hex'),
    writtenMs ?? `hour ${hour}`,
  ])
  const sms = { source: KANNEL_SOURCE, from, to, text, writtenMs, receivedAt: context.receivedAt, mended }
  return changed(smsMention({ ...sms, id: id === '' ? named : id }))
}

function parametersOf(payload: unknown): ReadonlyMap<string, Buffer> | undefined {
  const object = fields(payload)
  const query = object === undefined ? payload : object['query']
  if (typeof query === 'string') return query.includes('=') ? readRawQuery(queryOf(query)) : undefined
  if (object === undefined) return undefined
  const named = Object.entries(object).flatMap(([name, value]) => {
    const text = typeof value === 'string' ? value : label(value)
    return text === undefined ? [] : [[name, Buffer.from(text, 'utf8')] as const]
  })
  return named.length === 0 ? undefined : new Map(named)
}
