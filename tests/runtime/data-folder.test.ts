import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { statSync } from 'node:fs'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { expect, it } from 'vitest'
import { localSocketPath, ownDataFolder } from '../../runtime/data-folder.js'
import { packagePath } from '../../runtime/package-root.js'
import { temporaryFolder } from '../support/temporary-folder.js'

it('refuses a second owner by name of its process, and gives the folder free', () => {
  const folder = temporaryFolder()
  const path = join(folder.path, 'data')
  const owned = ownDataFolder(path)
  expect(statSync(path).mode & 0o777).toBe(0o700)
  expect(() => ownDataFolder(path)).toThrow(new RegExp(`belongs to a running rabta \\(process ${process.pid}\\)`))
  owned.release()
  ownDataFolder(path).release()
  folder.remove()
})

it('is free again when its owner was killed', async () => {
  const folder = temporaryFolder()
  const code = `import { ownDataFolder } from ${JSON.stringify(pathToFileURL(packagePath('dist/runtime/data-folder.js')).href)}
    ownDataFolder(process.argv[1]); console.log('owned'); setInterval(() => {}, 1000)`
  const child = spawn(process.execPath, ['--input-type=module', '-e', code, folder.path], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  await once(child.stdout, 'data')
  expect(() => ownDataFolder(folder.path)).toThrow(`process ${child.pid}`)
  child.kill('SIGKILL')
  await once(child, 'exit')
  ownDataFolder(folder.path).release()
  folder.remove()
})

it('finds a short enough place for its socket however deep the folder lies', () => {
  expect(localSocketPath('/srv/rabta')).toBe('/srv/rabta/rabta.sock')
  const deep = localSocketPath(`/srv/${'very-deep/'.repeat(20)}`)
  expect(Buffer.byteLength(deep)).toBeLessThanOrEqual(100)
  expect(deep).toBe(localSocketPath(`/srv/${'very-deep/'.repeat(20)}`))
})
