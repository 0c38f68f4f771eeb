/** Which room may import which: the table of ARCHITECTURE.md. */
const rooms = {
  schemas: [],
  runtime: ['schemas'],
  channels: ['runtime', 'schemas'],
  ingest: ['channels', 'runtime', 'schemas'],
  send: ['channels', 'runtime', 'schemas'],
  enrich: ['runtime', 'schemas'],
  index: ['runtime', 'schemas'],
  alerts: ['runtime', 'schemas'],
  cases: ['runtime', 'schemas'],
  reports: ['runtime', 'schemas'],
  desk: ['runtime', 'schemas'],
  simulators: ['schemas'],
}

/** Files of other rooms that hold a port and nothing else. */
const ports = {
  reports: ['index/mention-search.ts'],
  alerts: ['index/mention-search.ts'],
  cases: ['index/mention-search.ts'],
  desk: [
    'index/mention-search.ts',
    'alerts/alerts-store.ts',
    'cases/cases.ts',
    'send/outbound-states.ts',
    'reports/daily-reports.ts',
    'ingest/hook-door.ts',
    'enrich/vocabulary/vocabulary.ts',
  ],
}

const forbidden = Object.entries(rooms).map(([room, allowed]) => {
  const folders = [room, ...allowed].map((name) => `${name}/`)
  const exceptions = (ports[room] ?? []).map((file) => file.replaceAll('.', '\\.'))
  return {
    name: `${room}-imports`,
    severity: 'error',
    comment: `${room} may import ${['itself', ...allowed].join(', ')}${exceptions.length > 0 ? ' and ports' : ''}`,
    from: { path: `^${room}/` },
    to: {
      path: `^(${[...Object.keys(rooms), 'app', 'tests', 'bench'].join('|')})/`,
      pathNot: [`^(${folders.join('|')})`, ...exceptions.map((file) => `^${file}$`), '^node_modules/'],
    },
  }
})

const onlyIn = (name, module, files) => ({
  name,
  severity: 'error',
  comment: `${module} is known to ${files} alone`,
  from: { pathNot: `^(${files}|tests/|bench/)` },
  to: { path: `node_modules/${module}/` },
})

module.exports = {
  forbidden: [
    ...forbidden,
    { name: 'no-cycles', severity: 'error', from: {}, to: { circular: true } },
    {
      name: 'nobody-imports-app',
      severity: 'error',
      from: { pathNot: '^(app|tests|bench|bin)/' },
      to: { path: '^app/' },
    },
    {
      name: 'schemas-know-one-library',
      severity: 'error',
      from: { path: '^schemas/' },
      to: { dependencyTypes: ['core', 'npm'], pathNot: '@sinclair/typebox' },
    },
    { name: 'no-unresolved', severity: 'error', from: {}, to: { couldNotResolve: true } },
    {
      name: 'no-dev-packages',
      severity: 'error',
      from: { pathNot: '^(tests|bench|desk/web|[^/]+\\.config\\.ts$)' },
      to: { dependencyTypes: ['npm-dev'] },
    },
    onlyIn('sqlite-in-one-file', 'libsql', 'runtime/sqlite\\.ts$'),
    onlyIn('x-client-in-one-room', 'twitter-api-v2', 'channels/x/'),
    onlyIn('kafka-client-in-one-file', 'kafkajs', 'runtime/kafka-bus/client\\.ts$'),
    onlyIn('elastic-client-in-one-folder', '@elastic/elasticsearch', 'index/elastic/'),
    onlyIn('postgres-client-in-one-file', 'pg', 'runtime/records/[a-z-]+\\.ts$'),
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    exclude: { path: '^(dist|desk/web|data)/' },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['import', 'require', 'node', 'default', 'types'],
      extensions: ['.ts', '.js', '.cjs', '.json'],
    },
  },
}
