import { readFileSync } from 'node:fs'
import { parse } from 'yaml'
import { packagePath } from '../../runtime/package-root.js'

/** What of docker-compose.yml the tests look at; the rest is there too. */
export interface ComposeFile {
  readonly services: Readonly<Record<string, ComposeEntry>>
  readonly networks: Readonly<Record<string, { internal?: boolean }>>
  readonly volumes: Readonly<Record<string, unknown>>
  readonly secrets: Readonly<Record<string, { file?: string }>>
}

export interface ComposeEntry {
  readonly image: string
  readonly command?: readonly string[]
  readonly entrypoint?: readonly string[]
  readonly environment: Readonly<Record<string, string>>
  readonly env_file?: readonly string[]
  readonly secrets?: readonly string[]
  readonly volumes?: readonly (string | { type: string; source: string; target: string; read_only?: boolean })[]
  readonly networks: readonly string[]
  readonly ports?: readonly string[]
  readonly tmpfs?: readonly string[]
  readonly depends_on?: Readonly<Record<string, { condition: string }>>
  readonly healthcheck?: { test: readonly string[] }
  readonly deploy?: { replicas?: number; resources?: { limits?: { cpus?: string; memory?: string } } }
  readonly [key: string]: unknown
}

export function composeFile(): ComposeFile {
  return parse(readFileSync(packagePath('docker-compose.yml'), 'utf8'), { merge: true }) as ComposeFile
}

export interface ComposeService {
  readonly name: string
  /** What stands behind `rabta`. */
  readonly command: string[]
  readonly environment: Record<string, string>
  readonly replicas: number
}

/** The services that run Rabta itself, as docker-compose.yml says. */
export function composeServices(): ComposeService[] {
  return Object.entries(composeFile().services)
    .filter(([, { image }]) => image.startsWith('rabta:'))
    .map(([name, { command = [], environment, deploy }]) => ({
      name,
      command: [...command],
      environment: { ...environment },
      replicas: deploy?.replicas ?? 1,
    }))
}
