import { existsSync, readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { packagePath } from '../../runtime/package-root.js'

const lines = readFileSync(packagePath('Dockerfile'), 'utf8').replaceAll('\\\n', ' ').split('\n')
const words = (instruction: string) =>
  lines.filter((line) => line.startsWith(`${instruction} `)).map((line) => line.slice(instruction.length + 1))
const ignored = readFileSync(packagePath('.dockerignore'), 'utf8').split('\n')

test('one pinned Node builds and runs it, not older than package.json asks for', () => {
  const node = /^NODE=node:(\d+)\.(\d+)-/.exec(words('ARG')[0] ?? '')
  expect(words('FROM').every((from) => from.startsWith('${NODE}'))).toBe(true)
  const { engines } = JSON.parse(readFileSync(packagePath('package.json'), 'utf8')) as { engines: { node: string } }
  expect(engines.node).toBe(`>=${node?.[1]}.${node?.[2]}`)
})

test('it runs as a user without rights, writes to /data alone, and is ended by SIGTERM', () => {
  const last = lines.slice(lines.map((line) => line.startsWith('FROM')).lastIndexOf(true))
  expect(last.filter((line) => line.startsWith('USER'))).toEqual(['USER node'])
  expect(words('VOLUME')).toEqual(['/data'])
  expect(words('STOPSIGNAL')).toEqual(['SIGTERM'])
  expect(words('ENTRYPOINT')).toEqual(['["node", "/app/bin/rabta.js"]'])
  expect(words('HEALTHCHECK')[0]).toContain('"health"]')
})

test('what it copies by name is there', () => {
  const copied = words('COPY').filter((what) => !what.startsWith('--from') && !what.startsWith('. '))
  const files = copied.flatMap((what) => what.split(' ').slice(0, -1))
  expect(files).toEqual(['package.json', 'package-lock.json', 'package.json', 'package-lock.json'])
  expect(files.filter((file) => !existsSync(packagePath(file)))).toEqual([])
})

test.each(['.git', 'deploy', 'data', 'rabta.config.yaml', '.env*', '**/node_modules'])(
  'nothing secret and nothing large goes into it: %s',
  (name) => {
    expect(ignored).toContain(name)
  },
)
