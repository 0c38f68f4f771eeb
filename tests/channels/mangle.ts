import fc from 'fast-check'

/** Values that parsers stumble over. */
export const oddValue: fc.Arbitrary<unknown> = fc.oneof(
  fc.constantFrom(
    null,
    undefined,
    true,
    0,
    -1,
    1e308,
    Number.NaN,
    '',
    ' ',
    '\u0000',
    '\ud800',
    'null',
    '{}',
    [],
    {},
    [[]],
    [null],
  ),
  fc.constantFrom('9'.repeat(400), '-0', '1e999', 'x'.repeat(2000), { length: 5 }, { toString: 1 }, { id: {} }),
  fc.string({ unit: 'binary', maxLength: 20 }),
  fc.jsonValue({ maxDepth: 3 }),
)

type Path = readonly (string | number)[]

function pathsOf(value: unknown, path: Path = []): Path[] {
  if (typeof value !== 'object' || value === null) return [path]
  return [
    path,
    ...Object.entries(value).flatMap(([key, item]) =>
      pathsOf(item, [...path, Array.isArray(value) ? Number(key) : key]),
    ),
  ]
}

function replaceAt(value: unknown, path: Path, odd: unknown): unknown {
  const [head, ...rest] = path
  if (head === undefined) return odd
  if (Array.isArray(value))
    return value.map((item, index) => (index === head ? replaceAt(item, rest, odd) : (item as unknown)))
  if (typeof value !== 'object' || value === null) return value
  return { ...value, [head]: replaceAt((value as Record<string, unknown>)[String(head)], rest, odd) }
}

/** A payload with one to four of its parts replaced by something odd. */
export function mangled(originals: readonly unknown[]): fc.Arbitrary<unknown> {
  const one = (original: unknown) =>
    fc
      .array(fc.tuple(fc.constantFrom(...pathsOf(original)), oddValue), { minLength: 1, maxLength: 4 })
      .map((changes) => changes.reduce<unknown>((value, [path, odd]) => replaceAt(value, path, odd), original))
  return fc.constantFrom(...originals).chain(one)
}
