import { defineConfig } from 'vitest/config'

/** Which tests run: `unit` (the default), `chaos`, `browser` or `engines`; the latter three start real processes and take their time. */
const suite = process.env['RABTA_TEST_SUITE'] ?? 'unit'
const report = process.env['RABTA_TEST_REPORT']

const slow = ['tests/chaos/**', 'tests/browser/**', 'tests/engines/**']

export default defineConfig({
  test: {
    include: suite === 'unit' ? ['tests/**/*.test.ts'] : [`tests/${suite}/**/*.test.ts`],
    exclude: suite === 'unit' ? slow : [],
    testTimeout: suite === 'unit' ? 30_000 : 900_000,
    hookTimeout: suite === 'unit' ? 30_000 : 120_000,
    fileParallelism: suite === 'unit',
    reporters: report === undefined ? ['default'] : ['default', 'json'],
    ...(report === undefined ? {} : { outputFile: { json: report } }),
  },
})
