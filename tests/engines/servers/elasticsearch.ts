import { chownSync, cpSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { elasticsearchHome } from './download.js'
import { javaHome } from './java.js'
import { lastingPort, runServer, serverFolder, unprivileged, type Owner, type Server } from './server.js'

export interface ElasticsearchOptions {
  readonly port?: number
  readonly heapMb?: number
  /** Further lines of elasticsearch.yml; they win. */
  readonly settings?: Readonly<Record<string, string>>
  readonly outlives?: boolean
}

/** One node of the core alone (no plugin, no security: it listens on loopback). As root it runs as `nobody`, for it refuses root. */
export async function startElasticsearch(options: ElasticsearchOptions = {}): Promise<Server> {
  const java = javaHome(21, 'Elasticsearch')
  const downloaded = await elasticsearchHome()
  const owner = unprivileged('rabta-engines', 'nobody')
  const folder = serverFolder('elasticsearch')
  const [port, transport] = [options.port ?? (await lastingPort()), await lastingPort()]
  const heapMb = options.heapMb ?? 512

  // Root's cache is closed to everybody else.
  const home = owner === undefined ? downloaded : join(folder, 'home')
  if (owner !== undefined) cpSync(downloaded, home, { recursive: true })
  const config = join(folder, 'config')
  for (const name of ['config', 'data', 'logs', 'temporary']) mkdirSync(join(folder, name))
  cpSync(join(downloaded, 'config/log4j2.properties'), join(config, 'log4j2.properties'))
  const jvm = [
    '-XX:+UseSerialGC',
    '-XX:TieredStopAtLevel=1',
    '-XX:+ExitOnOutOfMemoryError',
    '-Djava.io.tmpdir=${ES_TMPDIR}',
  ]
  writeFileSync(join(config, 'jvm.options'), `${jvm.join('\n')}\n`)
  const settings = {
    'cluster.name': `rabta-${port}`,
    'node.name': 'rabta-test',
    'discovery.type': 'single-node',
    'network.host': '127.0.0.1',
    'http.port': String(port),
    'transport.port': String(transport),
    'path.data': join(folder, 'data'),
    'path.logs': join(folder, 'logs'),
    'xpack.security.enabled': 'false',
    // A developer's disk is often fuller than Elasticsearch likes.
    'cluster.routing.allocation.disk.threshold_enabled': 'false',
    ...options.settings,
  }
  const lines = Object.entries(settings).map(([name, value]) => `${name}: ${JSON.stringify(value)}`)
  writeFileSync(join(config, 'elasticsearch.yml'), `${lines.join('\n')}\n`)
  if (owner !== undefined) give(folder, owner)

  const address = `http://127.0.0.1:${port}`
  return runServer({
    name: 'Elasticsearch',
    address,
    folder,
    program: join(home, 'bin/elasticsearch'),
    parameters: [],
    environment: {
      ES_JAVA_HOME: java,
      ES_PATH_CONF: config,
      ES_TMPDIR: join(folder, 'temporary'),
      ES_JAVA_OPTS: `-Xms${heapMb}m -Xmx${heapMb}m`,
    },
    owner,
    stopSignal: 'SIGTERM',
    isHealthy: async () => {
      const wait = 'wait_for_status=yellow&timeout=2s'
      const answer = await fetch(`${address}/_cluster/health?${wait}`, { signal: AbortSignal.timeout(5000) })
      return answer.ok
    },
    ...(options.outlives === undefined ? {} : { outlives: options.outlives }),
  })
}

function give(folder: string, { uid, gid }: Owner): void {
  chownSync(folder, uid, gid)
  for (const entry of readdirSync(folder, { withFileTypes: true }))
    if (entry.isDirectory()) give(join(folder, entry.name), { uid, gid })
    else chownSync(join(folder, entry.name), uid, gid)
}
