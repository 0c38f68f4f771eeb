const INTERNATIONAL = /^\+[1-9]\d{6,14}$/
const COUNTRY = '92'

/**
 * One form for one phone: E.164 (`+923001234567`) for every full number, whichever way a gateway writes it (`0300 1234567`, `92300…`, `0092300…`,
 * `+92 (0)300…`, `300…`); short codes and names of senders (`8333`, `KP Police`) stay as they are. Never throws; an empty text stays empty.
 */
export function normaliseNumber(written: string): string {
  const trimmed = written.trim()
  const bare = trimmed.replace(/[\s().\-\u2010-\u2015\u200e\u200f\u202a-\u202e\u2066-\u2069]/g, '')
  if (!/^\+?\d+$/.test(bare)) return trimmed
  const hasPlus = bare.startsWith('+')
  const digits = hasPlus ? bare.slice(1) : bare
  if (digits.startsWith('00') && digits.length >= 9) return normaliseNumber(`+${digits.slice(2)}`)
  const national = nationalOf(digits)
  if (national !== undefined) return `+${COUNTRY}${national}`
  const full = `+${digits}`
  if (hasPlus) return INTERNATIONAL.test(full) ? full : bare
  // Gateways leave out the plus of foreign numbers; what is shorter may as well be a service's number.
  return digits.length >= 11 && INTERNATIONAL.test(full) ? full : bare
}

/** What follows the country code of a Pakistani number: ten digits of a mobile, eight to ten of a landline. */
function nationalOf(digits: string): string | undefined {
  const [, withCountry] = /^92(?:0)?(3\d{9}|[2-9]\d{7,9})$/.exec(digits) ?? []
  if (withCountry !== undefined) return withCountry
  const [, withTrunk] = /^0(3\d{9}|[2-9]\d{7,9})$/.exec(digits) ?? []
  if (withTrunk !== undefined) return withTrunk
  return /^3\d{9}$/.test(digits) ? digits : undefined
}

export function isInternational(number: string): boolean {
  return INTERNATIONAL.test(number)
}

/** Whether an SMS can be sent there: a number or a short code, not the name of a sender. */
export function canBeWrittenTo(address: string): boolean {
  return /^\+?\d{2,15}$/.test(address)
}
