/**
 * The law of the source tree as data: who may import whom, which folders are pure, and every exception with its reason.
 * The checks that read these tables are in `rules/`. A new folder, or a new arrow, is a line here and a reason in
 * review.
 */
import type { Exceptions } from './sources.ts'

const CORE = [
  'sip',
  'xml',
  'documents',
  'ports',
  'guard',
  'shard',
  'registrar',
  'messaging',
  'policy',
  'events',
  'presence',
  'xcap',
  'event-packages',
  'moving',
  'edge',
  'tracing',
] as const
const SHELL = ['directory', 'topology', 'store', 'transport', 'certificates', 'tokens'] as const
const BELOW_RUNTIME = [...CORE, ...SHELL, 'services.ts']
const EVERYTHING = [...BELOW_RUNTIME, 'runtime', 'admin', 'config', 'chat', 'server', 'supervisor', 'doctor', 'cli']

/** Folder (or file) directly under src/ → those that it may import, itself apart. */
export const MAY_IMPORT: Readonly<Record<string, readonly string[]>> = {
  // The core: pure, deterministic, the same in the server and in the simulation.
  sip: [],
  xml: [],
  documents: ['xml'],
  ports: ['sip'],
  guard: ['sip', 'ports'],
  shard: ['sip', 'ports', 'guard'],
  registrar: ['sip', 'ports', 'guard', 'shard'],
  messaging: ['sip', 'ports', 'guard', 'shard', 'registrar'],
  policy: ['sip', 'documents', 'ports', 'shard', 'xcap'],
  xcap: ['sip', 'xml', 'documents', 'ports', 'guard', 'shard'],
  events: ['sip', 'ports', 'guard', 'shard', 'registrar'],
  presence: ['sip', 'xml', 'documents', 'ports', 'shard', 'registrar', 'events', 'xcap'],
  'event-packages': ['sip', 'documents', 'ports', 'shard', 'registrar', 'messaging', 'events', 'presence', 'xcap'],
  // Users on their way from one home to another.
  moving: ['sip', 'ports', 'shard', 'registrar'],
  edge: ['sip', 'ports', 'guard'],
  // What passes an edge, for those who look after the server.
  tracing: ['sip', 'ports'],
  'services.ts': [
    'sip',
    'ports',
    'shard',
    'registrar',
    'messaging',
    'policy',
    'events',
    'presence',
    'xcap',
    'event-packages',
    'moving',
    'directory',
  ],
  // The shell: adapters, one outside thing each, that do not know each other.
  directory: ['sip', 'ports', 'guard', 'shard'],
  // Its file is read and refused as the configuration is.
  topology: ['sip', 'ports', 'guard', 'edge', 'config'],
  store: ['ports'],
  transport: ['sip', 'ports'],
  certificates: ['ports'],
  tokens: ['ports'],
  // The assembly.
  runtime: BELOW_RUNTIME,
  admin: ['sip', 'ports', 'guard', 'xcap', 'tracing', 'store', 'certificates', 'runtime', 'config'],
  chat: ['sip', 'documents', 'ports', 'transport'],
  // The server's side of it, and what browsers are given, which finds nothing else there.
  web: [],
  config: [],
  supervisor: [],
  doctor: ['ports', 'store', 'transport', 'certificates', 'topology', 'config'],
  server: [...BELOW_RUNTIME, 'runtime', 'admin', 'config', 'web'],
  cli: EVERYTHING,
  'main.ts': EVERYTHING,
}

/** Folders whose files may be imported one by one; all others are entered through their index.ts. */
export const OPEN_FOLDERS: readonly string[] = ['sip', 'ports']

/** Top folder → top folders that it may import. Sim and bench are in the package, test is not. */
export const TOP_MAY_IMPORT: Readonly<Record<string, readonly string[]>> = {
  src: ['src'],
  workers: ['workers', 'src'],
  sim: ['sim', 'workers', 'src'],
  bench: ['bench', 'sim', 'workers', 'src'],
  test: ['test', 'bench', 'sim', 'workers', 'src', 'bin'],
}

/** Beginning of a path → top folders that it may import besides. */
export const TOP_EXCEPTIONS: Readonly<Record<string, readonly string[]>> = {
  // The commands `sim`, `report` and `bench` are how users start them.
  'src/cli/': ['sim', 'bench'],
  // The thread on which simulated users run.
  'workers/fleet.ts': ['sim', 'bench'],
  // The server of its dry run.
  'workers/null-server.ts': ['sim'],
  // A thread for seeds in virtual time.
  'workers/virtual-seed.ts': ['sim'],
}

/** What is handed its clock, its randomness and its sockets, and touches nothing else. */
export const PURE: readonly string[] = [
  ...CORE.map((folder) => `src/${folder}/`),
  'src/directory/local/',
  'src/directory/active-directory/',
  'src/directory/enrolment/',
  'src/topology/links/',
  'src/topology/routing/',
  'src/chat/agent/',
  'src/chat/bodies/',
  'src/web/chat-model/',
  'src/web/console-model/',
  'sim/workload/',
  // The same simulated users on real sockets and on the virtual network.
  'sim/users/',
  'sim/verify/',
]

/** Modules of Node that are pure functions, everywhere. */
export const PURE_MODULES: readonly string[] = ['node:buffer', 'node:assert', 'node:assert/strict']

/** Other modules: pattern of the path, the module, and why that is still pure. */
export const PURE_MODULE_ROWS: readonly { path: RegExp; module: string; reason: string }[] = [
  { path: /^src\/sip\/digest\//, module: 'node:crypto', reason: 'hashes of digest authentication (RFC 7616)' },
  { path: /^src\/edge\/[\w-]*token[\w-]*\.ts$/, module: 'node:crypto', reason: 'HMAC of flow tokens (RFC 5626)' },
  { path: /^src\/sip\/message\/content-coding\.ts$/, module: 'node:zlib', reason: 'bodies as they were before coding' },
  { path: /^src\/ports\/records\/keys\.ts$/, module: 'node:crypto', reason: 'hash of free text in a record key' },
  { path: /^src\/shard\//, module: 'node:crypto', reason: 'hash of the operation id' },
  { path: /^src\/presence\/state-tag\.ts$/, module: 'node:crypto', reason: 'entity tags made of documents' },
  {
    path: /^src\/directory\/local\/secret-box\.ts$/,
    module: 'node:crypto',
    reason: 'AES; key and nonce are handed in',
  },
]

/** No async at all: a message is parsed and a machine stepped without ever giving way to another. */
export const SYNCHRONOUS: readonly string[] = ['src/sip/']

/** Started or read by others than our own imports. */
export const ENTRY_POINTS: Exceptions = {
  'src/main.ts': 'started by bin/meridian',
  'src/sip/index.ts': 'the surface for those who use the protocol as a library',
  'src/web/chat/main.ts': 'started by the page of the web client',
  'src/web/console/main.ts': 'started by the page of the console',
  'src/ports/index.ts': 'the page of the folder; its files are imported one by one',
  'src/ports/links.ts': 'agreed between parts that are still made: src/topology/links and the core that uses them',
  'src/ports/topology.ts': 'agreed between parts that are still made: topology.yaml, the directory, homing',
  'src/store/adapt-process.ts': 'a process of its own, started by src/store/adapt-copy.ts',
  'src/store/examine-process.ts': 'a process of its own, started by src/store/examine.ts',
}

export const DEFAULT_EXPORTS: Exceptions = {
  'vitest.config.ts': 'vitest takes its configuration from the default export',
  'vitest.long.config.ts': 'vitest takes its configuration from the default export',
  'vitest.interop.config.ts': 'vitest takes its configuration from the default export',
  'test/support/line-reporter.ts': 'vitest takes a reporter from the default export',
}

export const SUPPRESSIONS: Exceptions = {
  'test/tidy/rules/text.ts': 'the check itself',
  'test/tidy/text.test.ts': 'the test of the check',
}

export const OPEN_WORK_MARKS: Exceptions = {
  'test/tidy/rules/text.ts': 'the check itself',
  'test/tidy/text.test.ts': 'the test of the check',
}

export const LONG_LINES: Exceptions = {}

export const LONG_FILES: Exceptions = {}

/** `path#function` → lines that it has now. A row may only shrink; delete it at 60. */
export const LONG_FUNCTIONS: Readonly<Record<string, number>> = {}

export const LARGE_BLOBS: Exceptions = {
  'package-lock.json': 'written by npm, one entry for each package of each platform',
}
