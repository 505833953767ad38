/**
 * `meridian serve`: runs the server until it is told to stop. A first start without a configuration file also makes
 * two demo accounts, prints their passwords once and says what to try.
 */
import { randomBytes } from 'node:crypto'
import { type Config, dataPaths, loadConfig } from '../config/index.ts'
import type { RunningServer } from '../server/index.ts'
import { encodeHostPort } from '../sip/uri/host.ts'
import {
  hasTerminal,
  type ServerDeath,
  Systemd,
  supervise,
  supervisorGone,
  tellSupervisorReady,
} from '../supervisor/index.ts'
import { serverCertificateNames } from './certs/data-folder.ts'
import type { CommandDescription, CommandIo, ExitCode, Invocation, Outcome } from './command.ts'
import { done, failed, misconfigured } from './command.ts'
import { type Loaded, loadConfiguration } from './configuration.ts'
import { demoPasswordsFile, storeDemoPasswords } from './demo-passwords.ts'
import { demoPeople, hasDemoPeople, nextSteps } from './next-steps.ts'
import { productVersion } from './version.ts'

export const description: CommandDescription = {
  path: ['serve'],
  purpose: 'run the server',
  details: [
    'Runs until SIGTERM or control-C: then no new work is taken, what waits is answered and flushed. A second signal',
    'ends it at once. Without a configuration file it serves example.test on loopback, with two demo accounts.',
    'A change of the configuration file is taken over while it runs, as far as it can be; SIGHUP has it read at once.',
  ].join('\n'),
  options: [{ flags: '--unsupervised', text: 'do not start the server again when it dies; systemd does that' }],
  examples: [
    { line: 'meridian serve', text: 'the embedded default, or meridian.yaml of this folder' },
    { line: 'meridian serve --config /etc/meridian/meridian.yaml', text: 'with that configuration' },
  ],
  exitCodes: { 1: 'the server could not start', 78: 'the configuration is wrong' },
}

/** Output gets out, threads end. */
const endDeadlineMs = 500

/** Output that cannot be written, on a full disk or to a terminal that is gone, is no reason to stop serving. */
function goOnWithoutOutput(): void {
  for (const stream of [process.stdout, process.stderr]) stream.on('error', () => undefined)
}

export async function run(invocation: Invocation): Promise<Outcome> {
  goOnWithoutOutput()
  const loaded = loadConfiguration(invocation)
  if (!loaded.ok) return loaded.outcome
  return invocation.options.unsupervised === true
    ? serve(invocation, loaded)
    : superviseChild(invocation, loaded.config)
}

/** Under our eyes the same command runs again as a child, which is started anew when it dies. */
async function superviseChild({ io }: Invocation, config: Config): Promise<Outcome> {
  const program = [...process.execArgv, ...process.argv.slice(1), '--unsupervised']
  const code = await supervise({
    command: [process.execPath, ...program],
    env: io.env,
    onDeath: (death) => void tellDeath(death, config, io),
  })
  // What it had to say the child has said.
  return { exitCode: code as ExitCode, value: null, text: '', warnings: [], error: null }
}

/** In the form of the server's own lines. The log's code is loaded when there is a death to tell: usually never. */
async function tellDeath(death: ServerDeath, config: Config, io: CommandIo): Promise<void> {
  try {
    const { createLog } = await import('../runtime/index.ts')
    createLog({ ...config.log, destination: { write: (line) => io.stderr(line) } }).write('error', 'server.died', death)
  } catch {
    // No memory for it, say: the restart matters more.
    const time = new Date().toISOString()
    io.stderr(`${JSON.stringify({ level: 'error', time, ...death, event: 'server.died' })}\n`)
  }
}

async function serve(invocation: Invocation, { config, file }: Loaded & { readonly ok: true }): Promise<Outcome> {
  // Loaded here: every other command does without the server's code and its start-up time.
  const { collectGarbage, collectSeldom, createLog } = await import('../runtime/index.ts')
  collectSeldom()
  const { startServer } = await import('../server/index.ts')
  const { emulatedFlushVariable, parseFlushTimes } = await import('../store/index.ts')
  const flushTimes = invocation.io.env[emulatedFlushVariable]
  const emulatedFlushMs = flushTimes === undefined ? undefined : parseFlushTimes(flushTimes)
  if (emulatedFlushMs === null) return misconfigured(`${emulatedFlushVariable}: expected milliseconds, as in 11.2,9.75`)
  const log = createLog(config.log)
  const told = new Told()
  const { env, cwd } = invocation.io
  const source = { file, load: () => loadConfig({ file, env, cwd }) }
  const certificateNames = serverCertificateNames(config)
  const options = { config, source, version: productVersion(), certificateNames, log }
  const started = await startServer(emulatedFlushMs === undefined ? options : { ...options, emulatedFlushMs })
  if (!started.ok) return started.kind === 'configuration' ? misconfigured(started.message) : failed(started.message)
  const { server } = started
  const { io } = invocation
  const demo = server.isNew && file === null ? await makeDemoAccounts(server, config) : []
  const next = nextSteps(await hasDemoPeople(server.backend, config), chatUrl(server.places))
  io.stdout(`${banner(config, server, demo)}\n\n${next.join('\n')}\n`)
  collectGarbage()
  tellSupervisorReady()
  const onFault = (reason: string) => log.write('warn', 'systemd.not-told', { reason })
  const systemd = Systemd.of({ env, onFault })
  await systemd?.ready(`serving ${config.domain.name}`)
  told.toReload(() => void server.reload())
  const fault = await Promise.race([told.toStop, supervisorGone(), server.broken])
  log.write('info', 'server.stopping', { reason: fault ?? 'told to' })
  await Promise.all([systemd?.stopping(), server.stop()])
  // What did not end in time must not keep the process.
  setTimeout(() => process.exit(), endDeadlineMs).unref()
  return fault === undefined ? done({ stopped: true }, 'stopped') : failed(`the store broke: ${fault}`)
}

/** Of the first listener with HTTPS; from elsewhere its host may have another name. */
function chatUrl(places: RunningServer['places']): string | null {
  const place = places.find(({ transport }) => transport === 'web')
  if (!place) return null
  const isAny = place.host === '0.0.0.0' || place.host === '::'
  return `https://${encodeHostPort(isAny ? 'localhost' : place.host, place.port)}/chat`
}

interface DemoAccount {
  readonly name: string
  readonly password: string
}

async function makeDemoAccounts(server: RunningServer, config: Config): Promise<DemoAccount[]> {
  const accounts: DemoAccount[] = []
  for (const [name, displayName] of demoPeople) {
    const password = randomBytes(9).toString('base64url')
    const added = await server.backend.addUser({
      name,
      displayName,
      aliases: [],
      groups: [],
      password,
      disabled: false,
    })
    if (added.ok) accounts.push({ name: `${name}@${config.domain.name}`, password })
  }
  // So that `meridian chat alice` on this machine asks for nothing.
  storeDemoPasswords(dataPaths(config), new Map(accounts.map(({ name, password }) => [`sip:${name}`, password])))
  return accounts
}

function banner(
  config: Config,
  { places, warnings }: Pick<RunningServer, 'places' | 'warnings'>,
  demo: readonly DemoAccount[],
): string {
  const lines = [`Meridian ${productVersion()} serves ${config.domain.name}`, '', 'listening on']
  for (const { transport, host, port, engine } of places) {
    const address = encodeHostPort(host, port)
    lines.push(
      `  ${transport.padEnd(4)} ${address}${engine ? `  (${engine === 'uws' ? 'uWebSockets.js' : 'ws'})` : ''}`,
    )
  }
  if (warnings.length > 0) lines.push('', ...warnings.map((warning) => `warning: ${warning}`))
  if (demo.length > 0) {
    lines.push('', 'demo accounts, passwords shown this once')
    for (const { name, password } of demo) lines.push(`  ${name}  ${password}`)
    lines.push(`  \`meridian chat\` on this machine finds them in ${demoPasswordsFile(dataPaths(config))}`)
  }
  return lines.join('\n')
}

/** Signals. The first that asks for it stops in order; a second one ends the process at once. */
class Told {
  readonly #stop = Promise.withResolvers<void>()
  readonly #hadTerminal = hasTerminal()
  #isStopping = false
  #isReloadWanted = false
  #reload: (() => void) | null = null

  constructor() {
    for (const signal of ['SIGTERM', 'SIGINT'] as const) process.on(signal, () => this.#onStop())
    process.on('SIGHUP', () => {
      // A terminal that was closed sends the same signal: a server that nobody sees any more should not go on unseen.
      if (this.#hadTerminal && !hasTerminal()) this.#onStop()
      else if (this.#reload) this.#reload()
      else this.#isReloadWanted = true
    })
  }

  get toStop(): Promise<void> {
    return this.#stop.promise
  }

  /** Also for a signal that came while the server started. */
  toReload(reload: () => void): void {
    this.#reload = reload
    if (this.#isReloadWanted) reload()
  }

  #onStop(): void {
    if (this.#isStopping) process.exit(1)
    this.#isStopping = true
    this.#stop.resolve()
  }
}
