import { execFile } from 'node:child_process'
import { createHash } from 'node:crypto'
import {
  existsSync,
  mkdirSync,
  openSync,
  closeSync,
  readFileSync,
  readdirSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { homedir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { isAlive, pause } from './server.js'

export const KAFKA_VERSION = '4.1.1'
export const ELASTICSEARCH_VERSION = '9.1.0'

/** Maven's repositories hold no checksum of this file. */
const ELASTICSEARCH_SHA256 = 'be5c5440bb6344cee4070f8f77a6c3cd72363db494944047cdd93748c4e19111'

const run = promisify(execFile)

/** The folder with Kafka's jars, downloaded from Maven Central the first time. */
export async function kafkaJars(): Promise<string> {
  return cached(`kafka-${KAFKA_VERSION}`, async (folder) => {
    const pom = join(folder, 'pom.xml')
    writeFileSync(pom, KAFKA_POM)
    await maven('--strict-checksums', '-f', pom, 'dependency:copy-dependencies', `-DoutputDirectory=${folder}`)
    rmSync(pom)
  })
}

/** Elasticsearch's home (its core, without a plugin), downloaded from Maven Central the first time. Nothing may be written into it. */
export async function elasticsearchHome(): Promise<string> {
  const folder = await cached(`elasticsearch-${ELASTICSEARCH_VERSION}`, async (into) => {
    const artifact = `org.elasticsearch.distribution.integ-test-zip:elasticsearch:${ELASTICSEARCH_VERSION}:zip`
    await maven('dependency:copy', `-Dartifact=${artifact}`, `-DoutputDirectory=${into}`)
    const zip = join(into, `elasticsearch-${ELASTICSEARCH_VERSION}.zip`)
    const sha256 = createHash('sha256').update(readFileSync(zip)).digest('hex')
    if (sha256 !== ELASTICSEARCH_SHA256)
      throw new Error(`what was downloaded is not Elasticsearch: its SHA-256 is ${sha256}`)
    await needed('unzip', ['-q', zip, '-d', into], 'unzip')
    rmSync(zip)
  })
  return join(folder, `elasticsearch-${ELASTICSEARCH_VERSION}`)
}

/** log4j-slf4j-impl is no dependency of Kafka's, but without it Kafka says nothing. */
const KAFKA_POM = `<project xmlns="http://maven.apache.org/POM/4.0.0">
  <modelVersion>4.0.0</modelVersion>
  <groupId>rabta</groupId><artifactId>engines</artifactId><version>1</version><packaging>pom</packaging>
  <dependencies>
    <dependency><groupId>org.apache.kafka</groupId><artifactId>kafka_2.13</artifactId><version>${KAFKA_VERSION}</version></dependency>
    <dependency><groupId>org.apache.logging.log4j</groupId><artifactId>log4j-slf4j-impl</artifactId><version>2.24.3</version></dependency>
  </dependencies>
</project>
`

function cacheFolder(): string {
  const cache = process.env['XDG_CACHE_HOME'] || join(homedir(), '.cache')
  return join(cache, 'rabta-engines')
}

/**
 * The folder of that name in the cache, filled once. It gets its name when it is whole, so a download that was cut short is never taken
 * for one; of two runs at once the second waits for the first.
 */
async function cached(name: string, fill: (folder: string) => Promise<void>): Promise<string> {
  const folder = join(cacheFolder(), name)
  if (existsSync(folder)) return folder
  mkdirSync(cacheFolder(), { recursive: true })
  const unlock = await lock(`${folder}.lock`)
  try {
    if (existsSync(folder)) return folder
    for (const left of readdirSync(cacheFolder()))
      if (left.startsWith(`${name}.part-`)) rmSync(join(cacheFolder(), left), { recursive: true, force: true })
    const part = `${folder}.part-${process.pid}`
    mkdirSync(part)
    await fill(part)
    renameSync(part, folder)
    return folder
  } finally {
    unlock()
  }
}

/** Waits for whoever holds it; a lock whose holder is gone holds nothing. */
async function lock(file: string): Promise<() => void> {
  for (;;) {
    try {
      const held = openSync(file, 'wx')
      writeFileSync(held, String(process.pid))
      closeSync(held)
      return () => rmSync(file, { force: true })
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error
    }
    await pause(250)
    const holder = Number(existsSync(file) ? readFileSync(file, 'utf8') : 0)
    if (holder > 0 && !isAlive(holder)) rmSync(file, { force: true })
  }
}

async function maven(...parameters: string[]): Promise<void> {
  await needed('mvn', ['-q', '-B', '-Dmaven.wagon.http.retryHandler.count=3', ...parameters], 'maven')
}

async function needed(program: string, parameters: readonly string[], packageName: string): Promise<void> {
  try {
    await run(program, parameters, { maxBuffer: 16 * 1024 * 1024 })
  } catch (error) {
    const { code, stdout = '', stderr = '' } = error as { code?: unknown; stdout?: string; stderr?: string }
    if (code === 'ENOENT')
      throw new Error(`${program} is not installed: apt-get install ${packageName}`, { cause: error })
    throw new Error(`${program} failed (${String(code)}):\n${stdout}${stderr}`.slice(0, 4000), { cause: error })
  }
}
