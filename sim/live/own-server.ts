/**
 * A server that the driver starts itself, to be looked into: the product's defaults in a data folder of its own, on
 * free ports of loopback. It is told its users over its admin socket, killed and started again when the script says so.
 */
import { type ChildProcessByStdio, spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import type { Readable } from 'node:stream'
import type { SimTransport } from '../users/fleet.ts'

export interface OwnServerOptions {
  readonly transport: SimTransport
  readonly domain: string
  /** Of the process; null: as many as the product takes by itself. */
  readonly workers: number | null
  /** Processor to pin it to, with `taskset`; null: none. */
  readonly cpus: string | null
  /** Further sections of the configuration, as YAML: what is changed from the defaults is to be said in the report. */
  readonly configuration: string
  /** Of its process, beside our own. */
  readonly environment?: Readonly<Record<string, string>>
  /** Lines of its log. */
  readonly onLog: (line: string) => void
  /** It ended without being told to. */
  readonly onDeath: (how: string) => void
}

const startDeadlineMs = 60_000
/** The program lies beside our sources, or beside the folder that they were built into. */
const program = ['../../bin/meridian', '../../../bin/meridian']
  .map((path) => join(import.meta.dirname, path))
  .find((path) => existsSync(path))

export class OwnServer {
  readonly folder = mkdtempSync(join(tmpdir(), 'meridian-sim-'))
  readonly #options: OwnServerOptions
  readonly #ports = new Map<string, number>()
  #child: ChildProcessByStdio<null, Readable, Readable> | null = null
  #isStopping = false

  constructor(options: OwnServerOptions) {
    this.#options = options
  }

  get pid(): number {
    return this.#child?.pid ?? 0
  }

  get sipPort(): number {
    return this.#ports.get(endpointOf(this.#options.transport)) ?? 0
  }

  get metricsUrl(): string {
    return `http://127.0.0.1:${this.#ports.get('ws') ?? 0}/metrics`
  }

  /** PEM of the authority that its certificate is of; null where it has none. */
  get authority(): string | null {
    const { transport } = this.#options
    const isSecure = transport === 'tls' || transport === 'wss'
    return isSecure ? readFileSync(join(this.folder, 'data/certificates/authority.crt'), 'utf8') : null
  }

  get adminSocket(): string {
    return join(this.folder, 'data/admin.sock')
  }

  get storeFolder(): string {
    return join(this.folder, 'data/store')
  }

  get storeBytes(): number {
    try {
      return statSync(join(this.storeFolder, 'data.mdb')).blocks * 512
    } catch {
      return 0
    }
  }

  /** Milliseconds until it was ready. Rejects with what it said where it does not start. */
  async start(onProcess?: (pid: number) => void): Promise<number> {
    const from = performance.now()
    writeFileSync(join(this.folder, 'meridian.yaml'), this.#configuration())
    this.#isStopping = false
    if (program === undefined) throw new Error('bin/meridian is not beside the simulator: install the package anew')
    const command = [program, 'serve', '--unsupervised', '--config', join(this.folder, 'meridian.yaml')]
    const { cpus, environment = {} } = this.#options
    const pinned = cpus === null ? command : ['taskset', '-c', cpus, ...command]
    // As the threads of users: other work of the machine should disturb neither of the two.
    const [first, ...args] = process.getuid?.() === 0 ? ['nice', '-n', '-10', ...pinned] : pinned
    const child = spawn(first!, args, { stdio: ['ignore', 'pipe', 'pipe'], env: { ...process.env, ...environment } })
    this.#child = child
    child.on('exit', (code, signal) => this.#onExit(child, signal ?? `exit code ${code}`))
    createInterface({ input: child.stderr }).on('line', this.#options.onLog)
    if (child.pid !== undefined) onProcess?.(child.pid)
    await this.#untilReady(child)
    return performance.now() - from
  }

  /** SIGKILL, as a crash; the same folder and ports at the next start. */
  async kill(): Promise<void> {
    await this.#end('SIGKILL')
  }

  async stop(): Promise<void> {
    await this.#end('SIGTERM')
  }

  async remove(): Promise<void> {
    await this.stop()
    rmSync(this.folder, { recursive: true, force: true })
  }

  async #end(signal: NodeJS.Signals): Promise<void> {
    const child = this.#child
    if (!child || child.exitCode !== null || child.signalCode !== null) return
    this.#isStopping = true
    const ended = once(child, 'exit')
    child.kill(signal)
    await ended
  }

  #onExit(child: unknown, how: string): void {
    if (child === this.#child && !this.#isStopping) this.#options.onDeath(how)
  }

  async #untilReady(child: ChildProcessByStdio<null, Readable, Readable>): Promise<void> {
    const said: string[] = []
    const timer = setTimeout(() => child.kill('SIGKILL'), startDeadlineMs)
    const wanted = this.#endpoints().length
    let found = 0
    for await (const line of createInterface({ input: child.stdout })) {
      said.push(line)
      const [, name, port] = /^ {2}(\w+) +127\.0\.0\.1:(\d+)/.exec(line) ?? []
      if (name === undefined) continue
      this.#ports.set(name, Number(port))
      found++
      if (found === wanted) break
    }
    clearTimeout(timer)
    if (found < wanted) throw new Error(`the server did not start: ${said.slice(-3).join(' ')}`)
    child.stdout.resume()
  }

  #endpoints(): string[] {
    return [endpointOf(this.#options.transport), 'ws']
  }

  #configuration(): string {
    const { domain, workers, configuration } = this.#options
    const endpoints = this.#endpoints().map((name) => {
      return `    - { transport: ${name}, host: 127.0.0.1, port: ${this.#ports.get(name) ?? 0} }`
    })
    return `server:
  dataFolder: ${this.folder}/data
${workers === null ? '' : `  workers: ${workers}\n`}domain:
  name: ${domain}
listen:
  endpoints:
${endpoints.join('\n')}
log:
  level: warn
  format: json
${configuration}`
  }
}

function endpointOf(transport: SimTransport): string {
  return transport === 'wss' ? 'web' : transport
}
