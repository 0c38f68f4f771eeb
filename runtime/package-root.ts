import { existsSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

function findRoot(start: string): string {
  let folder = start
  while (!existsSync(join(folder, 'package.json'))) {
    const parent = dirname(folder)
    if (parent === folder)
      throw new Error(`no package.json above ${start}: the installation is incomplete, run npm ci again`)
    folder = parent
  }
  return folder
}

const root = findRoot(dirname(fileURLToPath(import.meta.url)))

/** The absolute path of a file of the package that is not code (a model, a gazetteer, a font), from sources and from `dist/` alike. */
export function packagePath(relative: string): string {
  return join(root, relative)
}
