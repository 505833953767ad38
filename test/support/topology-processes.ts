/**
 * Servers of one topology as processes of our own program on loopback, joined by mutual TLS with certificates of one
 * authority. To be called once in a test file.
 */
import { mkdirSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { lastingPort } from './lasting-port.ts'
import { type Program, programs } from './programs.ts'
import { eventually } from './server-process.ts'
import { SocketClient } from './socket-client.ts'

interface Placed {
  readonly name: string
  readonly role: 'home' | 'front-end'
  readonly tlsPort: number
  readonly linkPort: number
}

/** Several servers start at once on a crowded machine. */
export const processesStartMs = 90_000

export class TopologyProcesses {
  readonly folder = mkdtempSync(join(tmpdir(), 'meridian-servers-'))
  readonly #program = programs(this.folder)
  readonly #placed = new Map<string, Placed>()
  readonly #running = new Map<string, Program>()
  readonly #passwords = new Map<string, string>()

  /** Further lines of every meridian.yaml; files in `folder` may be named. */
  yaml: readonly string[] = []

  /** Starts them, and returns when their links are up. `users`: name → home. */
  async start(
    roles: Readonly<Record<string, Placed['role']>>,
    users: Readonly<Record<string, string>>,
    workers = 2,
  ): Promise<void> {
    for (const [name, role] of Object.entries(roles)) {
      this.#placed.set(name, { name, role, tlsPort: await lastingPort(), linkPort: await lastingPort() })
    }
    await this.#writeTopology()
    for (const server of this.#placed.values()) {
      const { name, role } = server
      const of = ['--role', role, '--name', `${name}.example.net`, '--out', name]
      await this.command('certs', 'issue', '-c', 'authority.yaml', ...of)
      this.#writeServer(server, workers)
    }
    await Promise.all([...this.#placed.keys()].map((name) => this.serve(name)))
    for (const [user, home] of Object.entries(users)) {
      const password = `secret of ${user} 1`
      this.#passwords.set(user, password)
      writeFileSync(join(this.folder, `${user}.password`), password)
      await this.command('user', 'add', user, '-c', `${home}.yaml`, '--password-file', `${user}.password`)
    }
    const names = [...this.#placed.keys()]
    for (const [index, name] of names.entries()) await this.linked(name, names.slice(index + 1))
  }

  async command(...argv: string[]): Promise<string> {
    const { code, said } = await this.tried(...argv)
    if (code !== 0) throw new Error(`meridian ${argv.join(' ')}:\n${said}`)
    return said
  }

  /** However it ends. */
  async tried(...argv: string[]): Promise<{ readonly code: number | null; readonly said: string }> {
    return this.#program(argv).ended()
  }

  async serve(name: string): Promise<void> {
    const program = this.#program(['serve', '-c', `${name}.yaml`])
    this.#running.set(name, program)
    await program.line(/^next$/, processesStartMs)
  }

  async kill(name: string): Promise<void> {
    const program = this.#running.get(name)!
    program.signal('SIGKILL')
    await program.endedBy()
  }

  /** The admin socket of that server. */
  adminSocket(name: string): string {
    return join(this.folder, name, 'data/admin.sock')
  }

  linked(name: string, peers: readonly string[]): Promise<void> {
    const hasLinks = () => {
      const said = this.#running.get(name)?.said ?? ''
      return peers.every((peer) => said.includes(`"peer":"${peer}.example.net","direction":"out"`))
    }
    return eventually('links are up', hasLinks, processesStartMs)
  }

  /** Not signed in yet. `shown`: a certificate of the client's, and its key. */
  connect(
    server: string,
    user: string,
    shown: { certificatePem?: string; keyPem?: string } = {},
  ): Promise<SocketClient> {
    const { tlsPort: port } = this.#placed.get(server)!
    const ca = readFileSync(join(this.folder, 'authority.crt'), 'utf8')
    const tls = { ca, sipDomain: 'example.test', ...shown }
    const login = { name: user, password: this.#passwords.get(user)! }
    return SocketClient.connect({ transport: 'tls', host: '127.0.0.1', port, tls }, login)
  }

  /** Each of its workers makes a link of its own, and a client does not choose its worker. */
  async signIn(server: string, user: string): Promise<SocketClient> {
    for (let tries = 0; ; tries++) {
      const client = await this.connect(server, user)
      const status = await client.register()
      if (status === 200) return client
      client.end()
      if (status !== 503 || tries > 200) throw new Error(`${user} is not let in by ${server}: ${status}`)
      await new Promise((resolve) => setTimeout(resolve, 200))
    }
  }

  async #writeTopology(): Promise<void> {
    const servers = [...this.#placed.values()].map(({ name, role, linkPort }) => {
      return `  - { name: ${name}.example.net, role: ${role}, linkHost: 127.0.0.1, linkPort: ${linkPort} }`
    })
    const topology = ['version: 1', 'domains: [example.test]', 'servers:', ...servers]
    writeFileSync(join(this.folder, 'topology.yaml'), `${topology.join('\n')}\n`)
    const authorityLines = ['server: { dataFolder: authority }', 'topology: { file: topology.yaml }']
    writeFileSync(join(this.folder, 'authority.yaml'), `${authorityLines.join('\n')}\n`)
    await this.command('certs', 'init', '-c', 'authority.yaml')
    const authority = readFileSync(join(this.folder, 'authority/certificates/authority.crt'))
    writeFileSync(join(this.folder, 'authority.crt'), authority)
  }

  /** Files of one server; topology and authority are the same for all. */
  #writeServer({ name, role, tlsPort, linkPort }: Placed, workers: number): void {
    mkdirSync(join(this.folder, name))
    const lines = [
      `server: { dataFolder: ${name}/data, name: ${name}.example.net, role: ${role}, workers: ${workers} }`,
      'domain: { name: example.test }',
      `topology: { file: topology.yaml, authorityFile: authority.crt, linkHost: 127.0.0.1, linkPort: ${linkPort} }`,
      `tls: { certificateFile: ${name}.crt, privateKeyFile: ${name}.key }`,
      `listen: { endpoints: [{ transport: tls, host: 127.0.0.1, port: ${tlsPort} }] }`,
      ...this.yaml,
    ]
    writeFileSync(join(this.folder, `${name}.yaml`), `${lines.join('\n')}\n`)
  }
}

export function bodiesOf(client: SocketClient): string[] {
  return client.requests.filter(({ method }) => method === 'MESSAGE').map(({ body }) => String(body))
}
