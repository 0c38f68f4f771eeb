import { execFileSync } from 'node:child_process'
import { existsSync, readdirSync, realpathSync } from 'node:fs'
import { dirname, join } from 'node:path'

const JVMS = ['/usr/lib/jvm', '/Library/Java/JavaVirtualMachines']

/** The home of the newest Java that is at least so new, and what to install where there is none. ES_JAVA_HOME and JAVA_HOME go first. */
export function javaHome(least: number, forWhat: string): string {
  for (const named of [process.env['ES_JAVA_HOME'], process.env['JAVA_HOME']])
    if (named !== undefined && versionOf(named) >= least) return named
  const [best] = [...installed()]
    .map((home) => ({ home, version: versionOf(home) }))
    .filter(({ version }) => version >= least)
    .sort((a, b) => b.version - a.version)
  if (best === undefined)
    throw new Error(
      `${forWhat} needs Java ${least} or later: install one (apt-get install openjdk-21-jre-headless where your system has it, or Eclipse Temurin) and set ES_JAVA_HOME to it`,
    )
  return best.home
}

function installed(): Set<string> {
  const homes = new Set<string>()
  for (const folder of JVMS) {
    if (!existsSync(folder)) continue
    for (const name of readdirSync(folder))
      for (const home of [join(folder, name), join(folder, name, 'Contents/Home')])
        if (existsSync(join(home, 'bin/java'))) homes.add(realpathSync(home))
  }
  for (const folder of (process.env['PATH'] ?? '').split(':')) {
    const java = join(folder, 'java')
    if (existsSync(java)) homes.add(dirname(dirname(realpathSync(java))))
  }
  return homes
}

/** 0 where there is no Java that runs. */
function versionOf(home: string): number {
  try {
    const said = execFileSync(join(home, 'bin/java'), ['--version'], {
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'ignore'],
    })
    return Number(/^\S+ (\d+)/.exec(said)?.[1] ?? 0)
  } catch {
    return 0
  }
}
