import { userInfo } from 'node:os'
import { Value } from '@sinclair/typebox/value'
import { Failure } from '../../runtime/failure.js'
import {
  DistrictEntry,
  NotAPlaceEntry,
  PlaceEntry,
  WordEntry,
  type VocabularyEntry,
  type VocabularyItem,
} from '../../schemas/vocabulary.js'
import { EXIT } from '../exit-codes.js'
import type { Operations } from '../operations.js'

/** The options of `rabta vocabulary add`, as the command line gives them. */
export interface VocabularyFlags {
  readonly like?: string
  readonly district?: string
  readonly place: string
  readonly needs?: string
  readonly id?: string
  readonly region?: string
  readonly was?: string
  readonly code?: string
  readonly whatsapp?: string
  readonly try?: string
  readonly by?: string
}

const SCHEMAS = { district: DistrictEntry, place: PlaceEntry, 'not-a-place': NotAPlaceEntry, word: WordEntry } as const

const callerOf = (by: string | undefined): string => by?.trim() || `command:${userInfo().username}`
const wrong = (why: string) => new Failure('invalid-payload', why, { retryable: false })

/** What is given, without what is not. */
const given = (fields: Record<string, unknown>): Record<string, unknown> =>
  Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined))

function fieldsOf(kind: keyof typeof SCHEMAS, spellings: readonly string[], flags: VocabularyFlags): unknown {
  const { like, district, place, needs, id, region, was, code, whatsapp } = flags
  switch (kind) {
    case 'word':
      return given({ kind, words: spellings, like })
    case 'not-a-place':
      return { kind, names: spellings }
    case 'place':
      return given({ kind, names: spellings, districts: district?.split(','), place, needs })
    case 'district': {
      const [en, ur, ps, ...more] = spellings
      return given({ kind, id, names: given({ en, ur, ps }), spellings: more, region, was, code, whatsapp })
    }
  }
}

function entryOf(kind: string, spellings: readonly string[], flags: VocabularyFlags): VocabularyEntry {
  const known = (Object.keys(SCHEMAS) as (keyof typeof SCHEMAS)[]).find((name) => name === kind)
  if (known === undefined) throw wrong(`there is no kind ${kind}: kinds are ${Object.keys(SCHEMAS).join(', ')}`)
  const fields = fieldsOf(known, spellings, flags)
  const schema = SCHEMAS[known]
  if (Value.Check(schema, fields)) return fields
  const error = Value.Errors(schema, fields).First()
  throw wrong(`${known}${error?.path ?? ''}: ${error?.message ?? 'not right'} (rabta vocabulary add --help)`)
}

const spellingsOf = (entry: VocabularyEntry): string => {
  switch (entry.kind) {
    case 'word':
      return `${entry.words.join(', ')} = ${entry.like}`
    case 'place':
      return `${entry.names.join(', ')}: ${entry.place} in ${entry.districts.join(' or ')}`
    case 'not-a-place':
      return entry.names.join(', ')
    case 'district':
      return `${entry.id} ${entry.code ?? ''}: ${entry.names.en}, ${entry.names.ur}, ${entry.names.ps}`
  }
}

function lineOf({ id, kind, entry, by, at, retiredAt, retiredBy, problem }: VocabularyItem): string {
  const state =
    retiredAt !== null
      ? `retired ${retiredAt} by ${retiredBy ?? ''}`
      : problem === null
        ? 'in use'
        : `left out: ${problem}`
  return [id, kind, entry === null ? '?' : spellingsOf(entry), `${at} by ${by}`, state].join('\t')
}

export async function vocabularyList(
  operations: Operations,
  output: NodeJS.WritableStream,
  { retired, json }: { retired: boolean; json: boolean },
): Promise<number> {
  for (const item of (await operations.listVocabulary(retired)).items)
    output.write(`${json ? JSON.stringify(item) : lineOf(item)}\n`)
  return EXIT.done
}

export async function vocabularyAdd(
  operations: Operations,
  { output, errors }: { output: NodeJS.WritableStream; errors: NodeJS.WritableStream },
  { kind, spellings, flags }: { kind: string; spellings: readonly string[]; flags: VocabularyFlags },
): Promise<number> {
  const entry = entryOf(kind, spellings, flags)
  if (flags.try !== undefined) {
    const trial = await operations.tryVocabulary(entry, flags.try)
    output.write(`${JSON.stringify(trial)}\n`)
    return trial.refused === null ? EXIT.done : EXIT.failed
  }
  const { item, warnings } = await operations.addVocabulary(entry, callerOf(flags.by))
  output.write(`${lineOf(item)}\n`)
  for (const warning of warnings) errors.write(`warning: ${warning}\n`)
  return EXIT.done
}

export async function vocabularyRetire(
  operations: Operations,
  output: NodeJS.WritableStream,
  id: string,
  by: string | undefined,
): Promise<number> {
  output.write(`${lineOf(await operations.retireVocabulary(id, callerOf(by)))}\n`)
  return EXIT.done
}
