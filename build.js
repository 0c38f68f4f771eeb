// Turns every TypeScript file of the rooms into JavaScript under dist/, one by one and without judging types (that is `npm run check:types`;
// `isolatedModules` and `verbatimModuleSyntax` make it right): a first start waits seconds in place of half a minute.
import { mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { transformWithOxc } from 'vite'

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
]

async function build(relative) {
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
  await Promise.all(sources.map((file) => build(`${room}/${file}`)))
}
