import { fields, label, numeric, type Fields } from '../../fields.js'
import { normaliseNumber } from '../phone-number.js'

/** Which number of ours a phone and its SIM slot have, where the phone itself does not know. */
export interface AndroidNumbers {
  /** Keys: `<deviceId>:<SIM>`, `<deviceId>`, `<SIM>` (1, 2), or `*`; the narrowest counts. */
  readonly bySim: ReadonlyMap<string, string>
}

/** Our number that an event is of. */
export function ownNumber(event: Fields, payload: Fields, numbers: AndroidNumbers): string | undefined {
  const told = label(payload['recipient'])
  if (told !== undefined) return told
  const device = label(event['deviceId'])
  const sim = simOf(payload)
  const keys = [
    ...(device !== undefined && sim !== undefined ? [`${device}:${sim}`] : []),
    ...(device !== undefined ? [device] : []),
    ...(sim !== undefined ? [String(sim)] : []),
    '*',
  ]
  for (const key of keys) {
    const number = numbers.bySim.get(key)
    if (number !== undefined) return number
  }
  return undefined
}

const simOf = (payload: Fields): number | undefined => numeric(payload['simNumber'])

/** The SIM and phone that has a number of ours; empty where it is not known, and then the phone takes its own. */
export function simFor(number: string, numbers: AndroidNumbers): { simNumber?: number; deviceId?: string } {
  const wanted = normaliseNumber(number)
  const key = [...numbers.bySim].find(([, own]) => normaliseNumber(own) === wanted)?.[0]
  if (key === undefined || key === '*') return {}
  const [, device, sim] = /^(?:(.+?))??(?::?([1-9]))?$/.exec(key) ?? []
  return {
    ...(sim === undefined ? {} : { simNumber: Number(sim) }),
    ...(device === undefined ? {} : { deviceId: device }),
  }
}

/** Reads pairs as `1=923…,2=923…` (by SIM), `DEVICE:1=…` or `*=…`; undefined where it is not made of such pairs. */
export function readAndroidNumbers(text: string): AndroidNumbers | undefined {
  const items = text
    .split(',')
    .map((item) => item.trim())
    .filter((item) => item !== '')
  const pairs = items.map((item) => /^([A-Za-z0-9_-]+(?::[1-9])?|\*)\s*=\s*(\+?\d{2,15})$/.exec(item))
  if (pairs.some((pair) => pair === null)) return undefined
  return { bySim: new Map(pairs.map((pair) => [pair?.[1] ?? '', normaliseNumber(pair?.[2] ?? '')])) }
}

export const eventParts = (payload: unknown): { event: Fields; payload: Fields } | undefined => {
  const event = fields(payload)
  const inner = fields(event?.['payload'])
  return event === undefined || inner === undefined ? undefined : { event, payload: inner }
}
