import { xLength } from '../../../../cases/x-length.js'
import { segments, SMS_PLACES } from '../../../../runtime/sms-segments.js'
import type { Channel } from '../api/types.js'

/** The length of a reply as its channel counts it: by the same functions that decide whether it may go out. */
export function lengthOn(channel: Channel, text: string): number {
  if (channel === 'x') return xLength(text)
  if (channel === 'sms') return segments(text).units
  return [...text].length
}

/** How many SMS a text costs: 160 letters of the GSM alphabet or 70 of any other, less for a joined one. */
export const smsParts = (text: string): number => segments(text).parts

/**
 * Characters that may still be typed, negative where there are too many. By SMS: those of the part that is being written, until the last allowed one
 * is full.
 */
export function roomLeft(
  channel: Channel,
  text: string,
  limit: { maxLength: number; maxParts: number | null },
): number {
  if (channel !== 'sms' || limit.maxParts === null) return limit.maxLength - lengthOn(channel, text)
  const { encoding, units, parts, left } = segments(text)
  if (parts <= limit.maxParts) return left
  return limit.maxParts * SMS_PLACES[encoding].joined - units
}
