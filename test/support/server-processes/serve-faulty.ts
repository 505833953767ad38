/**
 * `meridian serve --unsupervised` with workers that hang or die when a test says so (`faulty-shard.ts`). The
 * configuration comes from the environment. `--supervised`: under a supervisor, and with a small heap for each thread.
 */
import { storeDemoPasswords } from '../../../src/cli/demo-passwords.ts'
import { dataPaths, loadConfig } from '../../../src/config/index.ts'
import { createLog } from '../../../src/runtime/index.ts'
import { startServer } from '../../../src/server/index.ts'
import { type ServerDeath, supervise, tellSupervisorReady } from '../../../src/supervisor/index.ts'

/** A server of two workers needs less than half of it. */
const smallHeapMegabytes = 96

if (process.argv.includes('--supervised')) {
  const command = [process.execPath, `--max-old-space-size=${smallHeapMegabytes}`, import.meta.filename] as const
  const onDeath = (death: ServerDeath) => console.log(JSON.stringify({ ...death, event: 'server.died' }))
  process.exit(await supervise({ command, env: process.env, onDeath }))
}

const loaded = loadConfig({ file: null, env: process.env, cwd: process.cwd() })
if (!loaded.ok) throw new Error('the configuration is wrong')
const { config } = loaded
const started = await startServer({
  config,
  version: 'test',
  certificateNames: ['127.0.0.1'],
  log: createLog(config.log),
  entries: {
    shard: new URL('./faulty-shard.ts', import.meta.url),
    store: new URL('./faulty-store.ts', import.meta.url),
  },
})
if (!started.ok) throw new Error(started.message)
const password = 'a password for tests'
const names = ['alice', 'bob']
if (started.server.isNew) {
  for (const name of names) {
    await started.server.backend.addUser({ name, displayName: '', aliases: [], groups: [], password, disabled: false })
  }
  storeDemoPasswords(dataPaths(config), new Map(names.map((name) => [`sip:${name}@example.test`, password])))
}
for (const { transport, port } of started.server.places) console.log(`  ${transport} 127.0.0.1:${port}`)
console.log('next')
tellSupervisorReady()
process.once('SIGTERM', () => void started.server.stop().then(() => process.exit(0)))
