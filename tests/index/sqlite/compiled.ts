import { existsSync } from 'node:fs'

/** A compiled file of the index: worker threads run JavaScript alone. */
export function compiled(name: string): URL {
  const url = new URL(`../../../dist/index/sqlite/${name}.js`, import.meta.url)
  if (!existsSync(url)) throw new Error(`${url.pathname} is missing: run npm run build:code before the tests`)
  return url
}

export const workerUrls = () => ({ search: compiled('search-worker'), write: compiled('write-worker') })
