import { availableParallelism } from 'node:os'
import { defineConfig } from 'vitest/config'

/**
 * Which tests run: `unit` (the default), or `chaos`, `browser`, `engines`, which start real processes and take their time, or `records`: the tests
 * of all that stands on the records, once more, on PostgreSQL.
 */
const suite = process.env['RABTA_TEST_SUITE'] ?? 'unit'
const report = process.env['RABTA_TEST_REPORT']
const long = process.env['RABTA_TEST_LONG'] === '1'
/** When a test that starts real processes is taken to hang: the long forms do twenty times as much. */
const HANGS_AFTER_MS = long ? 3_600_000 : 900_000

const slow = ['tests/chaos/**', 'tests/browser/**', 'tests/engines/**']

/** The short form is of what must be true at once; the contract of the records runs with the engines. */
const ON_RECORDS_SHORT = [
  'tests/{cases,send}/**/*.test.ts',
  'tests/alerts/{corrected,crash,grouping,life,member-days}.test.ts',
  'tests/runtime/{corrections/correction-store,vocabulary/vocabulary-store}.test.ts',
]
const ON_RECORDS = [
  'tests/{alerts,cases,send,desk,reports}/**/*.test.ts',
  'tests/ingest/{cursor-store,spend,sms-parts,sms-smpp,sms-smpp-faults,media,x-budget}.test.ts',
  'tests/app/{import,forget-expired}.test.ts',
  'tests/pipeline/{answers-in-wire-form,vocabulary}.test.ts',
  'tests/runtime/{corrections/correction-store,dead-letters,media-store,records}.test.ts',
  'tests/runtime/vocabulary/*.test.ts',
]

const SUITES: Readonly<
  Record<string, { include: string[]; exclude?: string[]; globalSetup?: string[]; limitMs: number }>
> = {
  unit: { include: ['tests/**/*.test.ts'], exclude: slow, limitMs: 30_000 },
  records: {
    include: long ? ON_RECORDS : ON_RECORDS_SHORT,
    globalSetup: ['tests/engines/records-setup.ts'],
    limitMs: 180_000,
  },
  engines: {
    include: ['tests/engines/**/*.test.ts'],
    globalSetup: ['tests/engines/global-setup.ts'],
    limitMs: HANGS_AFTER_MS,
  },
  chaos: { include: ['tests/chaos/**/*.test.ts'], limitMs: HANGS_AFTER_MS },
  browser: { include: ['tests/browser/**/*.test.ts'], limitMs: HANGS_AFTER_MS },
}

const { include, exclude = [], globalSetup = [], limitMs } = SUITES[suite] ?? { include: [], limitMs: 0 }

export default defineConfig({
  test: {
    include,
    exclude,
    globalSetup,
    testTimeout: limitMs,
    hookTimeout: suite === 'unit' ? 30_000 : 120_000,
    fileParallelism: suite === 'unit',
    // Left to itself it keeps one processor free, which of two is half.
    maxWorkers: Math.max(2, availableParallelism() - 1),
    reporters: report === undefined ? ['default'] : ['default', 'json'],
    ...(report === undefined ? {} : { outputFile: { json: report } }),
  },
})
