import { readFileSync } from 'node:fs'
import type { Lang } from '../../../schemas/tags.js'
import type { FeatureBuffer } from './features.js'

/** One linear model over hashed features: `weights[bucket * langs.length + lang]`, to be multiplied by `scale`. */
export interface LinearModel {
  readonly langs: readonly Lang[]
  /** A power of two. */
  readonly buckets: number
  readonly scale: number
  /** Divides the scores, so that the probabilities are as good as they say. */
  readonly temperature: number
  readonly weights: Int8Array
}

export type ModelScript = 'arabic' | 'latin'
export type LanguageModels = Readonly<Record<ModelScript, LinearModel>>

export interface ModelHeader {
  readonly format: 'rabta.language/1'
  readonly models: Readonly<Record<ModelScript, Omit<LinearModel, 'weights'>>>
}

/** The file is one line of JSON (the header), then the weights of `arabic` and of `latin`, a byte each. */
export function encodeModels(models: LanguageModels): Buffer {
  const describe = ({ langs, buckets, scale, temperature }: LinearModel) => ({ langs, buckets, scale, temperature })
  const header: ModelHeader = {
    format: 'rabta.language/1',
    models: { arabic: describe(models.arabic), latin: describe(models.latin) },
  }
  const bytesOf = ({ weights }: LinearModel) => Buffer.from(weights.buffer, weights.byteOffset, weights.length)
  return Buffer.concat([Buffer.from(JSON.stringify(header) + '\n'), bytesOf(models.arabic), bytesOf(models.latin)])
}

/** Reads the file whole; throws where it is cut or of another format, so that a start with a broken model fails at once. */
export function readModels(path: string): LanguageModels {
  const bytes = readFileSync(path)
  const headerEnd = bytes.indexOf(0x0a)
  const header = JSON.parse(bytes.toString('utf8', 0, Math.max(headerEnd, 0)) || '{}') as Partial<ModelHeader>
  if (header.format !== 'rabta.language/1' || header.models === undefined) {
    throw new Error(`${path} is not a language model of this version: build it with npm run train`)
  }
  const { arabic, latin } = header.models
  const arabicBytes = arabic.buckets * arabic.langs.length
  const latinBytes = latin.buckets * latin.langs.length
  if (bytes.length !== headerEnd + 1 + arabicBytes + latinBytes) {
    throw new Error(`${path} is cut or damaged: fetch it again or build it with npm run train`)
  }
  const weights = new Int8Array(bytes.buffer, bytes.byteOffset + headerEnd + 1, arabicBytes + latinBytes)
  return {
    arabic: { ...arabic, weights: weights.slice(0, arabicBytes) },
    latin: { ...latin, weights: weights.slice(arabicBytes) },
  }
}

/** The score of each language of `model.langs` before the temperature, in the same order. */
export function scoreWords(model: LinearModel, words: readonly string[], buffer: FeatureBuffer): Float64Array {
  const features = buffer.fill(words, model.buckets)
  const count = model.langs.length
  const scores = new Float64Array(count)
  for (const feature of features) {
    const row = feature * count
    for (let lang = 0; lang < count; lang++) scores[lang] = (scores[lang] ?? 0) + (model.weights[row + lang] ?? 0)
  }
  const unit = model.scale / Math.sqrt(Math.max(1, features.length))
  return scores.map((score) => score * unit)
}

export function softmax(scores: Float64Array, temperature: number): Float64Array {
  const top = scores.reduce((a, b) => Math.max(a, b), -Infinity)
  const powers = scores.map((score) => Math.exp((score - top) / temperature))
  const sum = powers.reduce((a, b) => a + b, 0)
  return powers.map((power) => power / sum)
}
