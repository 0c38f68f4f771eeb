/** A phone number with its middle hidden: enough to tell two callers apart, not enough to read out. */
export function maskNumber(number: string): string {
  const digits = number.replace(/\D/g, '')
  if (digits.length < 7) return '•'.repeat(Math.max(4, digits.length))
  const country = digits.startsWith('92') ? '+92 ' : digits.startsWith('0') ? '0' : '+'
  const rest = digits.slice(country.replace(/\D/g, '').length)
  return `${country}${rest.slice(0, 1)}•• ••••${rest.slice(-3)}`
}

/** A name as it is, unless it is a phone number in disguise. */
export function maskName(name: string): string {
  return /^[\s+()\-.\d]{7,}$/.test(name) ? maskNumber(name) : name
}
