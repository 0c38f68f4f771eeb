/**
 * Tells of a word, unit by unit, that it is none of those that are looked for, without the word being cut out: "no" is always true, "yes" mostly. A state is a
 * number.
 */
export interface UnitSieve {
  readonly start: number
  next(state: number, unit: number): number
  mayBe(state: number): boolean
}

/** Knows nothing. */
export const MAY_BE_ANY: UnitSieve = { start: 0, next: () => 0, mayBe: () => true }

/** What tells whether a folded word is one of those looked for. */
export interface WordTest {
  readonly has: (word: string) => boolean
  readonly sieve: UnitSieve
}
