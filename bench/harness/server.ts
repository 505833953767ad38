/**
 * A server to be measured: a data folder of its own with users u0, u1, … (passwords password0, password1, …), limits
 * off, one process without supervisor, pinned to a core.
 */
import { execFileSync } from 'node:child_process'
import { cpSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout } from 'node:timers/promises'
import { Child, type Core } from './child.ts'
import { residentBytes } from './process-cost.ts'

/** This checkout. */
export const root = join(import.meta.dirname, '../..')

export interface ServerOptions {
  readonly workers: number
  readonly users: number
  readonly transports: readonly ('tcp' | 'tls' | 'udp' | 'ws' | 'web')[]
  /** 'measured' where nothing is said. */
  readonly core?: Core
  /** `limits.busyAfterMs`; 0 where nothing is said: overload is measured, not refused. */
  readonly busyAfterMs?: number
  /** More sections of the configuration, as YAML. */
  readonly configuration?: string
  /** The checkout whose server it is; this one where nothing is said. */
  readonly checkout?: string
  /** For node, beside those of BENCH_NODE_FLAGS. */
  readonly nodeFlags?: readonly string[]
}

export class MeasuredServer {
  readonly folder: string
  readonly ports = new Map<string, number>()
  readonly #options: ServerOptions
  #child: Child | null = null

  constructor(options: ServerOptions) {
    this.#options = options
    this.folder = mkdtempSync(join(tmpdir(), 'meridian-bench-'))
    writeFileSync(this.configurationFile, configuration(this.folder, options))
  }

  get #main(): string {
    return join(this.#options.checkout ?? root, 'src/main.ts')
  }

  get configurationFile(): string {
    return join(this.folder, 'meridian.yaml')
  }

  get pid(): number {
    if (!this.#child) throw new Error('the server does not run')
    return this.#child.pid
  }

  get certificate(): readonly string[] {
    return ['server.crt', 'server.key'].map((name) => join(this.folder, 'data/certificates', name))
  }

  /** Makes the users; before the first start. */
  addUsers(): void {
    const rows = Array.from({ length: this.#options.users }, (_, index) => `u${index},password${index}`)
    const file = join(this.folder, 'users.csv')
    writeFileSync(file, `name,password\n${rows.join('\n')}\n`)
    this.command('user', 'import', file)
  }

  command(...args: readonly string[]): string {
    const line = ['--enable-source-maps', this.#main, ...args, '--config', this.configurationFile]
    return execFileSync(process.execPath, line, {
      encoding: 'utf8',
      env: { ...process.env, ...environment() },
      maxBuffer: 1 << 28,
    })
  }

  /** Resolves when it is ready; with the milliseconds that this took. */
  async start(): Promise<number> {
    const from = performance.now()
    const { nodeFlags = [] } = this.#options
    const flags = [...nodeFlags, ...(process.env.BENCH_NODE_FLAGS ?? '').split(' ').filter(Boolean)]
    const command = ['serve', '--unsupervised', '--config', this.configurationFile]
    const args = [...flags, '--enable-source-maps', this.#main, ...command]
    const child = new Child(this.#options.core ?? 'measured', process.execPath, args, environment())
    this.#child = child
    for (const transport of this.#options.transports) {
      const [, name, port] = await child.until(/^ {2}(\w+) +127\.0\.0\.1:(\d+)/)
      if (name !== transport) throw new Error(`expected ${transport}, the server says ${name}`)
      this.ports.set(transport, Number(port))
    }
    return performance.now() - from
  }

  port(transport: string): number {
    return this.ports.get(transport) as number
  }

  /**
   * Waits until V8 has given back what is garbage: resident memory no longer falls. There is no way to ask another
   * process for it.
   */
  async collectGarbage(): Promise<void> {
    let before = Number.POSITIVE_INFINITY
    for (let look = 0; look < 10; look++) {
      const now = residentBytes(this.pid)
      if (now > before * 0.995) return
      before = now
      await setTimeout(1_000)
    }
  }

  /** Keeps the data folder as it is now, for `restore`; while the server does not run. */
  keep(): void {
    cpSync(join(this.folder, 'data'), join(this.folder, 'kept'), { recursive: true })
  }

  /** Puts the data folder back to what was kept. */
  restore(): void {
    rmSync(join(this.folder, 'data'), { recursive: true, force: true })
    cpSync(join(this.folder, 'kept'), join(this.folder, 'data'), { recursive: true })
  }

  /** SIGTERM in order, SIGKILL at once. */
  async stop(signal: 'SIGTERM' | 'SIGKILL' = 'SIGTERM'): Promise<void> {
    await this.#child?.end(signal)
    this.#child = null
  }

  async remove(): Promise<void> {
    await this.stop()
    rmSync(this.folder, { recursive: true, force: true })
  }
}

/** Compiled code is kept between starts, as bin/meridian has it. */
function environment(): Record<string, string> {
  return { NODE_COMPILE_CACHE: join(root, 'node_modules/.cache/meridian/compiled') }
}

function configuration(
  folder: string,
  { workers, transports, busyAfterMs = 0, configuration: more }: ServerOptions,
): string {
  const endpoints = transports.map((transport) => `    - { transport: ${transport}, host: 127.0.0.1, port: 0 }`)
  return `server:
  dataFolder: ${folder}/data
  workers: ${workers}
listen:
  endpoints:
${endpoints.join('\n')}
limits:
  source: { requestsPerSecond: 0 }
  flow: { requestsPerSecond: 0 }
  account: { requestsPerSecond: 0 }
  newConnectionsPerSecond: 0
  busyAfterMs: ${busyAfterMs}
  busyAfterWaiting: ${busyAfterMs === 0 ? 0 : 5_000}
  failedAuthenticationsPerMinute: 0
auth:
  nonceLifetimeSeconds: 86400
log:
  level: warn
  format: json
${more ?? ''}`
}
