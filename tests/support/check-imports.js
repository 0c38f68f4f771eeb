// The import rules, and the proof that they bite: a planted violation must fail the same check.
import { spawnSync } from 'node:child_process'
import { mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

const root = join(dirname(fileURLToPath(import.meta.url)), '..', '..')
const rooms = [
  'schemas',
  'runtime',
  'channels',
  'ingest',
  'enrich',
  'index',
  'alerts',
  'cases',
  'send',
  'reports',
  'desk',
  'app',
  'simulators',
]

function cruise() {
  const run = spawnSync(
    process.execPath,
    ['node_modules/dependency-cruiser/bin/dependency-cruise.mjs', '--config', '.dependency-cruiser.cjs', ...rooms],
    {
      cwd: root,
      encoding: 'utf8',
    },
  )
  return { ok: run.status === 0, output: run.stdout + run.stderr }
}

const clean = cruise()
process.stdout.write(clean.output)
const modules = Number(/(\d+) modules/.exec(clean.output)?.[1] ?? 0)
if (!clean.ok || modules < 50) {
  console.error(`import rules: violated, or too few modules looked at (${modules})`)
  process.exit(1)
}

const plants = [
  ['alerts/planted.ts', "import { fold } from '../desk/problem.js'\nexport const planted = fold\n", 'alerts-imports'],
  [
    'schemas/planted.ts',
    "import { packagePath } from '../runtime/package-root.js'\nexport const planted = packagePath\n",
    'schemas-imports',
  ],
  [
    'runtime/planted-a.ts',
    "export * from './planted-b.js'\n",
    'no-cycles',
    ['runtime/planted-b.ts', "export * from './planted-a.js'\n"],
  ],
]
for (const [file, code, rule, second] of plants) {
  const files = [[file, code], ...(second ? [second] : [])]
  try {
    for (const [name, text] of files) {
      mkdirSync(dirname(join(root, name)), { recursive: true })
      writeFileSync(join(root, name), text)
    }
    const planted = cruise()
    if (planted.ok || !planted.output.includes(rule)) {
      console.error(`import rules: the planted violation of ${rule} was not found`)
      process.exitCode = 1
    }
  } finally {
    for (const [name] of files) rmSync(join(root, name), { force: true })
  }
}
if (process.exitCode !== 1)
  console.log(`import rules hold over ${modules} modules, and ${plants.length} planted violations were found`)
