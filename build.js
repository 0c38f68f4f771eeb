// Turns every TypeScript file of the rooms into JavaScript under dist/, one by one and without judging types (that is `npm run check:types`;
// `isolatedModules` and `verbatimModuleSyntax` make it right): a first start waits seconds in place of half a minute.
// What bin/rabta.js runs is bundled besides, with its dependencies, into dist/rabta/: reading some 1,500 small files is more than half of what a start costs.
import { mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { build as bundle, transformWithOxc } from 'vite'

const root = dirname(fileURLToPath(import.meta.url))
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
  'simulators',
  'app',
  // What is named besides: benchmarks measure what is built, and do not come with it.
  ...process.argv.slice(2),
]

/** With machine code of their own, or read from where they lie: they stay in node_modules. */
const unbundled = ['libsql', '@node-rs/argon2', 'natural']

async function transform(relative) {
  const source = join(root, relative)
  const target = join(root, 'dist', relative.replace(/\.ts$/, '.js'))
  const { code, map } = await transformWithOxc(await readFile(source, 'utf8'), source, {
    target: 'es2023',
    sourcemap: true,
  })
  await mkdir(dirname(target), { recursive: true })
  await writeFile(target, `${code}\n//# sourceMappingURL=${relative.split('/').at(-1).replace(/\.ts$/, '.js.map')}\n`)
  await writeFile(`${target}.map`, JSON.stringify(map))
}

await rm(join(root, 'dist'), { recursive: true, force: true })
for (const room of rooms) {
  const files = await readdir(join(root, room), { recursive: true })
  const sources = files.filter((file) => file.endsWith('.ts') && !file.startsWith('web/'))
  await Promise.all(sources.map((file) => transform(`${room}/${file}`)))
}

await bundle({
  root,
  configFile: false,
  publicDir: false,
  logLevel: 'error',
  ssr: { noExternal: true, external: unbundled },
  build: {
    ssr: true,
    target: 'node20',
    outDir: 'dist/rabta',
    minify: false,
    rolldownOptions: {
      // A thread is begun by the name of its file, which lies beside whoever begins it.
      input: Object.fromEntries(
        ['app/main.ts', 'index/sqlite/search-worker.ts', 'index/sqlite/write-worker.ts'].map((file) => [
          file.slice(file.lastIndexOf('/') + 1, -'.ts'.length),
          join(root, file),
        ]),
      ),
      output: { entryFileNames: '[name].js', chunkFileNames: '[name]-[hash].js' },
    },
  },
})
