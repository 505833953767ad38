/**
 * A MariaDB of Debian on a port of loopback, in a folder of its own, for one bench: every commit flushed.
 */
import { type ChildProcess, execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout } from 'node:timers/promises'

const attempts = 100

export class MariaDb {
  readonly port: number
  readonly #folder: string
  #process: ChildProcess | null = null

  constructor(folder: string, port: number) {
    this.#folder = folder
    this.port = port
  }

  get pid(): number {
    return this.#process!.pid!
  }

  get #socket(): string {
    return join(this.#folder, 'mariadb.sock')
  }

  install(): void {
    mkdirSync(join(this.#folder, 'mariadb'), { recursive: true })
    const where = ['--no-defaults', `--datadir=${join(this.#folder, 'mariadb')}`, '--user=root']
    const how = ['--auth-root-authentication-method=normal', '--skip-test-db']
    execFileSync('mariadb-install-db', [...where, ...how], { stdio: 'ignore' })
  }

  /** On the core of what is measured: its work is part of the server's. */
  async start(core: readonly string[]): Promise<void> {
    const args = [
      '--no-defaults',
      `--datadir=${join(this.#folder, 'mariadb')}`,
      `--socket=${this.#socket}`,
      '--user=root',
      '--bind-address=127.0.0.1',
      `--port=${this.port}`,
      '--innodb-flush-log-at-trx-commit=1',
      '--skip-log-bin',
    ]
    const [program, ...rest] = [...core, 'mariadbd', ...args] as string[]
    this.#process = spawn(program!, rest, { stdio: 'ignore' })
    for (let attempt = 0; attempt < attempts; attempt++) {
      await setTimeout(100)
      if (this.#answers()) return
    }
    throw new Error('MariaDB does not start')
  }

  run(sql: string, database = 'mysql'): string {
    const where = ['--no-defaults', `--socket=${this.#socket}`, '--user=root', '--batch', '--skip-column-names']
    return execFileSync('mariadb', [...where, database], {
      input: sql,
      encoding: 'utf8',
      maxBuffer: 1 << 28,
      stdio: ['pipe', 'pipe', 'ignore'],
    })
  }

  async stop(signal: 'SIGTERM' | 'SIGKILL'): Promise<void> {
    const child = this.#process
    this.#process = null
    if (!child || child.exitCode !== null || child.signalCode !== null) return
    child.kill(signal)
    await once(child, 'exit')
  }

  #answers(): boolean {
    try {
      this.run('select 1')
      return true
    } catch {
      return false
    }
  }
}
