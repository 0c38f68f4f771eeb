import { readFileSync } from 'node:fs'

/** Labels of which one holds; each group is judged for itself. */
export interface LabelGroup {
  readonly name: string
  readonly labels: readonly string[]
  /** Divides the scores, so that the probabilities are as good as they say. */
  readonly temperature: number
  /** Added to the score of each label, after the temperature. */
  readonly shift: readonly number[]
}

/**
 * A linear model with several groups of labels over the same features: hashed ones (a byte a weight, to be multiplied by `scale`) and named ones
 * (`named[feature * width + output]`). An output is a label of a group; they stand in the order of the groups.
 */
export interface LinearModel {
  readonly groups: readonly LabelGroup[]
  /** A power of two. */
  readonly buckets: number
  readonly scale: number
  readonly hashed: Int8Array
  readonly names: readonly string[]
  readonly named: Float32Array
  readonly bias: Float32Array
}

export const widthOf = (groups: readonly Pick<LabelGroup, 'labels'>[]): number =>
  groups.reduce((sum, { labels }) => sum + labels.length, 0)

const FORMAT = 'rabta.linear/1'

type Header = Pick<LinearModel, 'groups' | 'buckets' | 'scale' | 'names'> & { readonly format: typeof FORMAT }

const bytesOf = (array: Int8Array | Float32Array) => Buffer.from(array.buffer, array.byteOffset, array.byteLength)

/** The file is one line of JSON (the header, filled up with spaces to a multiple of four bytes), then bias and named weights as little-endian floats, then the hashed ones. */
export function encodeModel({ groups, buckets, scale, names, bias, named, hashed }: LinearModel): Buffer {
  const header: Header = { format: FORMAT, groups, buckets, scale, names }
  const line = Buffer.from(JSON.stringify(header))
  const padding = ' '.repeat(3 - (line.length % 4))
  return Buffer.concat([line, Buffer.from(`${padding}\n`), bytesOf(bias), bytesOf(named), bytesOf(hashed)])
}

/** Reads the file whole; throws where it is cut or of another format, so that a start with a broken model fails at once. */
export function readModel(path: string): LinearModel {
  const bytes = readFileSync(path)
  const headerEnd = bytes.indexOf(0x0a)
  const header = JSON.parse(bytes.toString('utf8', 0, Math.max(headerEnd, 0)) || '{}') as Partial<Header>
  const { format, groups, buckets, scale, names } = header
  if (format !== FORMAT || !groups || !buckets || !scale || !names)
    throw new Error(`${path} is not a model of this version: build it with npm run train`)
  const width = widthOf(groups)
  // A copy of its own: floats must lie at multiples of four bytes.
  const body = new Uint8Array(bytes.subarray(headerEnd + 1))
  const floats = width * (names.length + 1)
  if (body.length !== floats * 4 + buckets * width)
    throw new Error(`${path} is cut or damaged: fetch it again or build it with npm run train`)
  return {
    groups,
    buckets,
    scale,
    names,
    bias: new Float32Array(body.buffer, 0, width),
    named: new Float32Array(body.buffer, width * 4, width * names.length),
    hashed: new Int8Array(body.buffer, floats * 4),
  }
}

/** The probabilities of one group whose outputs begin at `offset` of the scores. */
export function probabilities(scores: ArrayLike<number>, offset: number, group: LabelGroup): Float64Array {
  const { labels, temperature, shift } = group
  const powers = new Float64Array(labels.length)
  let top = -Infinity
  for (let at = 0; at < labels.length; at++) {
    powers[at] = (scores[offset + at] ?? 0) / temperature + (shift[at] ?? 0)
    top = Math.max(top, powers[at] ?? top)
  }
  let sum = 0
  for (let at = 0; at < labels.length; at++) sum += powers[at] = Math.exp((powers[at] ?? 0) - top)
  return powers.map((power) => power / sum)
}
