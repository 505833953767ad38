/**
 * Kamailio with presence and MariaDB, both from Debian, as a peer.
 */
import { type ChildProcess, execFileSync, spawn, spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { once } from 'node:events'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { connect } from 'node:net'
import { availableParallelism, tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout } from 'node:timers/promises'
import { freePort } from '../harness/free-port.ts'
import { kamailioConfig } from './kamailio-config.ts'
import { MariaDb } from './mariadb.ts'
import type { Peer } from './peer.ts'
import { groupBytes, groupMicros, groupOf } from './process-group.ts'

const tables = ['standard', 'auth_db', 'usrloc', 'presence']
const scripts = '/usr/share/kamailio/mysql'
const attempts = 100
const usersPerInsert = 5_000

class Kamailio implements Peer {
  readonly name = 'kamailio'
  readonly port: number
  readonly #folder: string
  readonly #database: MariaDb
  #process: ChildProcess | null = null

  constructor(folder: string, database: MariaDb, port: number) {
    this.#folder = folder
    this.#database = database
    this.port = port
  }

  /** Looked up each time: it goes on making processes after it listens. */
  get #own(): readonly number[] {
    return groupOf(this.#process!.pid!)
  }

  get setup(): string {
    const text = execFileSync('kamailio', ['-v'], { encoding: 'utf8' })
    const version = /^version: kamailio (\S+)/.exec(text)?.[1] ?? 'unknown'
    return `Kamailio ${version}, MariaDB, bindings written through, 2 TCP processes, all on one core`
  }

  async prepare(users: number): Promise<void> {
    await this.#database.start([])
    this.#database.run(
      "create database kamailio; create user kamailio@'127.0.0.1' identified by 'kamailio'; " +
        "grant all on kamailio.* to kamailio@'127.0.0.1';",
    )
    for (const table of tables) {
      this.#database.run(readFileSync(join(scripts, `${table}-create.sql`), 'utf8'), 'kamailio')
    }
    for (let from = 0; from < users; from += usersPerInsert) {
      const rows = Array.from({ length: Math.min(usersPerInsert, users - from) }, (_, index) => row(from + index))
      this.#database.run(`insert into subscriber (username, domain, ha1) values ${rows.join(',')}`, 'kamailio')
    }
    await this.#database.stop('SIGTERM')
    const places = { port: this.port, databasePort: this.#database.port }
    writeFileSync(join(this.#folder, 'kamailio.cfg'), kamailioConfig(places))
  }

  async start(): Promise<void> {
    await this.#database.start(core)
    const args = ['-f', join(this.#folder, 'kamailio.cfg'), '-Y', this.#folder, '-m', '512', '-M', '16', '-DD', '-E']
    const [command, ...rest] = [...core, 'kamailio', ...args] as [string, ...string[]]
    // Not its group: a shell's Ctrl-C must end the bench first, which then ends it.
    this.#process = spawn(command, rest, { stdio: 'ignore', detached: true })
    await this.#listening()
  }

  cpuMicros(): number {
    return groupMicros(this.#own) + this.databaseMicros()
  }

  databaseMicros(): number {
    return groupMicros(groupOf(this.#database.pid))
  }

  memoryBytes(): number {
    return groupBytes([...this.#own, ...groupOf(this.#database.pid)])
  }

  async kill(): Promise<void> {
    for (const pid of this.#process ? this.#own : []) tryKill(pid)
    await this.#ended()
    await this.#database.stop('SIGKILL')
  }

  async remove(): Promise<void> {
    await this.kill()
    rmSync(this.#folder, { recursive: true, force: true })
  }

  async #ended(): Promise<void> {
    const child = this.#process
    this.#process = null
    if (!child || child.exitCode !== null || child.signalCode !== null) return
    await once(child, 'exit')
  }

  async #listening(): Promise<void> {
    for (let attempt = 0; attempt < attempts; attempt++) {
      if (this.#process?.exitCode !== null) throw new Error('Kamailio does not start: kamailio -c says why')
      if (await isOpen(this.port)) return
      await setTimeout(100)
    }
    throw new Error('Kamailio does not listen')
  }
}

/** Whether Kamailio and MariaDB are installed. */
export function hasKamailio(): boolean {
  const programs = ['kamailio', 'mariadbd']
  return programs.every((name) => spawnSync(name, ['--version']).status === 0)
}

export async function makeKamailio(users: number): Promise<Peer> {
  const folder = mkdtempSync(join(tmpdir(), 'meridian-kamailio-'))
  const database = new MariaDb(folder, await freePort())
  database.install()
  const peer = new Kamailio(folder, database, await freePort())
  await peer.prepare(users)
  return peer
}

const core = availableParallelism() < 2 ? [] : ['taskset', '-c', '0']

function row(user: number): string {
  const ha1 = createHash('md5').update(`u${user}:example.test:password${user}`).digest('hex')
  return `('u${user}','example.test','${ha1}')`
}

function tryKill(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL')
  } catch {
    // It has ended already.
  }
}

function isOpen(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ port, host: '127.0.0.1' })
    socket.once('connect', () => resolve(socket.destroy() !== null)).once('error', () => resolve(false))
  })
}
