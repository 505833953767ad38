/**
 * Several Meridian servers of one topology on loopback, each a process of its own with the transports of real clients;
 * joined by mutual TLS with certificates of one authority, as an administrator would set them up.
 */
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { lastingPort } from '../../support/lasting-port.ts'
import { eventually } from '../../support/server-process.ts'
import { Program, runToEnd } from './program.ts'
import { domain, type InteropServer, password } from './server.ts'

const launcher = join(import.meta.dirname, '../../../bin/meridian')
const transports = ['udp', 'tcp', 'tls', 'ws'] as const
/** Several servers start at once on a crowded machine. */
const startMs = 90_000

export interface TopologyOptions {
  readonly roles: Readonly<Record<string, 'home' | 'front-end'>>
  /** Name → home. */
  readonly users: Readonly<Record<string, string>>
  /** Front ends send clients to the homes, by TCP. */
  readonly redirects?: boolean
  /** The SIP domain, and what server names end with. */
  readonly names?: { readonly domain: string; readonly suffix: string }
  /** Further sections of every meridian.yaml. */
  readonly yaml?: string
  /** Where a server runs: its address, and what its command line begins with; on loopback without. */
  readonly place?: (name: string) => { readonly host: string; readonly prefix: readonly string[] }
}

interface Placed {
  readonly name: string
  readonly host: string
  readonly prefix: readonly string[]
  readonly role: 'home' | 'front-end'
  readonly ports: ReadonlyMap<string, number>
  readonly linkPort: number
}

export class InteropTopology {
  readonly folder = mkdtempSync(join(tmpdir(), 'meridian-interop-'))
  readonly #options: TopologyOptions
  readonly #placed = new Map<string, Placed>()
  readonly #running = new Map<string, Program>()

  get #names(): { readonly domain: string; readonly suffix: string } {
    return this.#options.names ?? { domain, suffix: 'example.net' }
  }

  private constructor(options: TopologyOptions) {
    this.#options = options
  }

  /** Returns when all links are up and the users can sign in. */
  static async start(options: TopologyOptions): Promise<InteropTopology> {
    const topology = new InteropTopology(options)
    try {
      await topology.#start()
      return topology
    } catch (error) {
      await topology.stop()
      throw error
    }
  }

  /** As the helpers of clients want a server: what they reach is this one, front end or home. */
  server(name: string): InteropServer {
    const { host, ports } = this.#placed.get(name)!
    return {
      folder: this.folder,
      authorityFile: join(this.folder, 'authority.crt'),
      host,
      port: (transport) => ports.get(transport)!,
      command: (...argv) => this.#command(...argv, '-c', `${name}.yaml`),
      restart: () => Promise.reject(new Error('kill and serve it')),
      stop: () => this.stop(),
    }
  }

  async kill(name: string): Promise<void> {
    await this.#running.get(name)!.kill()
  }

  async stop(): Promise<void> {
    for (const program of this.#running.values()) await program.stop()
    rmSync(this.folder, { recursive: true, force: true })
  }

  async #start(): Promise<void> {
    const { roles, users } = this.#options
    for (const [name, role] of Object.entries(roles)) {
      const ports = new Map<string, number>()
      for (const transport of transports) ports.set(transport, await lastingPort())
      const { host, prefix } = this.#options.place?.(name) ?? { host: '127.0.0.1', prefix: [] }
      this.#placed.set(name, { name, host, prefix, role, ports, linkPort: await lastingPort() })
    }
    await this.#writeTopology()
    for (const server of this.#placed.values()) await this.#writeServer(server)
    await Promise.all([...this.#placed.keys()].map((name) => this.#serve(name)))
    for (const home of new Set(Object.values(users))) {
      const names = Object.keys(users).filter((name) => users[name] === home)
      const people = join(this.folder, `${home}.csv`)
      writeFileSync(people, `name,password\n${names.map((name) => `${name},"${password}"\n`).join('')}`)
      await this.#command('user', 'import', people, '-c', `${home}.yaml`)
    }
    await eventually('links are up', () => this.#areLinked(), startMs)
  }

  async #command(...argv: readonly string[]): Promise<string> {
    const { code, output } = await runToEnd(launcher, argv, { cwd: this.folder })
    if (code !== '0') throw new Error(`meridian ${argv.join(' ')}:\n${output}`)
    return output
  }

  async #serve(name: string): Promise<void> {
    const { prefix } = this.#placed.get(name)!
    const [command, ...argv] = [...prefix, launcher, 'serve', '--unsupervised', '--config', `${name}.yaml`]
    const program = new Program(command!, argv, { cwd: this.folder })
    this.#running.set(name, program)
    await program.prints(/^next$/m, { ms: startMs })
  }

  /** Each pair, but front ends have nothing to say to each other. */
  #areLinked(): boolean {
    const servers = [...this.#placed.values()]
    const says = (one: Placed, other: Placed) =>
      this.#running.get(one.name)!.output.includes(`"peer":"${other.name}.${this.#names.suffix}","direction":"out"`)
    return servers.every((one, index) =>
      servers.slice(index + 1).every((other) => {
        const areFrontEnds = one.role === 'front-end' && other.role === 'front-end'
        return areFrontEnds || says(one, other) || says(other, one)
      }),
    )
  }

  async #writeTopology(): Promise<void> {
    const rows = [...this.#placed.values()].map(({ name, host, role, linkPort, ports }) => {
      const place = `linkHost: ${host}, linkPort: ${linkPort}`
      const clientUri = `clientUri: "sip:${host}:${ports.get('tcp')};transport=tcp"`
      return `  - { name: ${name}.${this.#names.suffix}, role: ${role}, ${place}, ${clientUri} }`
    })
    const lines = ['version: 1', `domains: [${this.#names.domain}]`, 'servers:', ...rows]
    writeFileSync(join(this.folder, 'topology.yaml'), `${lines.join('\n')}\n`)
    const authority = ['server: { dataFolder: authority }', 'topology: { file: topology.yaml }']
    writeFileSync(join(this.folder, 'authority.yaml'), `${authority.join('\n')}\n`)
    await this.#command('certs', 'init', '-c', 'authority.yaml')
    const certificate = readFileSync(join(this.folder, 'authority/certificates/authority.crt'))
    writeFileSync(join(this.folder, 'authority.crt'), certificate)
  }

  async #writeServer({ name, host, role, ports, linkPort }: Placed): Promise<void> {
    const of = ['--role', role, '--name', `${name}.${this.#names.suffix}`, '--out', name]
    await this.#command('certs', 'issue', '-c', 'authority.yaml', ...of)
    mkdirSync(join(this.folder, name))
    const { redirects = false, yaml = '' } = this.#options
    const files = 'file: topology.yaml, authorityFile: authority.crt'
    const isRedirecting = redirects && role === 'front-end'
    const endpoints = [...ports].map(
      ([transport, port]) => `    - { transport: ${transport}, host: ${host}, port: ${port} }`,
    )
    const lines = [
      `server: { dataFolder: ${name}/data, name: ${name}.${this.#names.suffix}, role: ${role}, workers: 1 }`,
      `domain: { name: ${this.#names.domain} }`,
      `topology: { ${files}, linkHost: ${host}, linkPort: ${linkPort}, redirects: ${isRedirecting} }`,
      `tls: { certificateFile: ${name}.crt, privateKeyFile: ${name}.key }`,
      `listen:\n  plainOutsideLoopback: ${!host.startsWith('127.')}\n  endpoints:`,
      ...endpoints,
    ]
    writeFileSync(join(this.folder, `${name}.yaml`), `${lines.join('\n')}\n${yaml}`)
  }
}
