/**
 * Promises P5 and P6 on real processes: a front end and two homes, joined by mutual TLS with certificates of one
 * authority, serve real clients as one server would; a home that is killed harms only its own users, and comes back.
 */
import { mkdirSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { beforeAll, describe, expect, it } from 'vitest'
import { lastingPort } from '../support/lasting-port.ts'
import { type Program, programs } from '../support/programs.ts'
import { eventually } from '../support/server-process.ts'
import { SocketClient } from '../support/socket-client.ts'

const folder = mkdtempSync(join(tmpdir(), 'meridian-servers-'))
const start = programs(folder)
const startMs = 90_000
const passwords = { alice: 'secret of alice 1', bob: 'secret of bob 12' } as const

interface Placed {
  readonly name: string
  readonly role: 'home' | 'front-end'
  readonly tlsPort: number
  readonly linkPort: number
}

const placed = new Map<string, Placed>()
const running = new Map<string, Program>()

async function command(...argv: string[]): Promise<void> {
  const program = start(argv)
  if ((await program.exitCode()) !== 0) throw new Error(`meridian ${argv.join(' ')}:\n${program.said}`)
}

/** Files of one server; topology and authority are the same for all. */
function writeServer({ name, role, tlsPort, linkPort }: Placed): void {
  mkdirSync(join(folder, name))
  const lines = [
    `server: { dataFolder: ${name}/data, name: ${name}.example.net, role: ${role}, workers: 2 }`,
    'domain: { name: example.test }',
    `topology: { file: topology.yaml, authorityFile: authority.crt, linkHost: 127.0.0.1, linkPort: ${linkPort} }`,
    `tls: { certificateFile: ${name}.crt, privateKeyFile: ${name}.key }`,
    `listen: { endpoints: [{ transport: tls, host: 127.0.0.1, port: ${tlsPort} }] }`,
  ]
  writeFileSync(join(folder, `${name}.yaml`), `${lines.join('\n')}\n`)
}

async function serve(name: string): Promise<void> {
  const program = start(['serve', '-c', `${name}.yaml`])
  running.set(name, program)
  await program.line(/^next$/, startMs)
}

function hasLinks(name: string, peers: readonly string[]): boolean {
  const said = running.get(name)?.said ?? ''
  return peers.every((peer) => said.includes(`"peer":"${peer}.example.net","direction":"out"`))
}

/** Each of its workers makes a link of its own, and a client does not choose its worker. */
async function signIn(server: string, user: keyof typeof passwords): Promise<SocketClient> {
  const { tlsPort: port } = placed.get(server)!
  const ca = readFileSync(join(folder, 'authority.crt'), 'utf8')
  const tls = { ca, sipDomain: 'example.test' }
  const login = { name: user, password: passwords[user] }
  for (let tries = 0; ; tries++) {
    const client = await SocketClient.connect({ transport: 'tls', host: '127.0.0.1', port, tls }, login)
    const status = await client.register()
    if (status === 200) return client
    client.end()
    if (status !== 503 || tries > 200) throw new Error(`${user} is not let in by ${server}: ${status}`)
    await new Promise((resolve) => setTimeout(resolve, 200))
  }
}

function bodiesOf(client: SocketClient): string[] {
  return client.requests.filter(({ method }) => method === 'MESSAGE').map(({ body }) => String(body))
}

beforeAll(async () => {
  for (const [name, role] of [
    ['front', 'front-end'],
    ['one', 'home'],
    ['two', 'home'],
  ] as const) {
    placed.set(name, { name, role, tlsPort: await lastingPort(), linkPort: await lastingPort() })
  }
  const servers = [...placed.values()].map(({ name, role, linkPort }) => {
    return `  - { name: ${name}.example.net, role: ${role}, linkHost: 127.0.0.1, linkPort: ${linkPort} }`
  })
  const topology = ['version: 1', 'domains: [example.test]', 'servers:', ...servers]
  writeFileSync(join(folder, 'topology.yaml'), `${topology.join('\n')}\n`)
  const authorityLines = ['server: { dataFolder: authority }', 'topology: { file: topology.yaml }']
  writeFileSync(join(folder, 'authority.yaml'), `${authorityLines.join('\n')}\n`)
  await command('certs', 'init', '-c', 'authority.yaml')
  const authority = readFileSync(join(folder, 'authority/certificates/authority.crt'))
  writeFileSync(join(folder, 'authority.crt'), authority)
  for (const server of placed.values()) {
    const { name, role } = server
    const of = ['--role', role, '--name', `${name}.example.net`, '--out', name]
    await command('certs', 'issue', '-c', 'authority.yaml', ...of)
    writeServer(server)
  }
  await Promise.all([...placed.keys()].map(serve))
  for (const [name, user] of [
    ['one', 'alice'],
    ['two', 'bob'],
  ] as const) {
    writeFileSync(join(folder, `${user}.password`), passwords[user])
    await command('user', 'add', user, '-c', `${name}.yaml`, '--password-file', `${user}.password`)
  }
  await eventually('links are up', () => hasLinks('front', ['one', 'two']) && hasLinks('one', ['two']), startMs)
}, 4 * startMs)

describe('a front end and two homes', () => {
  it('take users in and messages between them, whatever home each has', async () => {
    const alice = await signIn('front', 'alice')
    const bob = await signIn('front', 'bob')
    expect(await alice.message('bob', 'hello')).toBe(200)
    expect(bodiesOf(bob)).toEqual(['hello'])
    expect(await bob.message('alice', 'and back')).toBe(200)
    expect(bodiesOf(alice)).toEqual(['and back'])
    alice.end()
    bob.end()
  }, 60_000)

  it('harm only the users of a home that is killed, which has their messages when it comes back', async () => {
    const alice = await signIn('front', 'alice')
    const bob = await signIn('two', 'bob')
    bob.end()
    await eventually('bob is away', async () => (await alice.message('bob', 'kept')) === 202)
    running.get('two')!.signal('SIGKILL')
    await running.get('two')!.endedBy()
    await eventually('the front end knows', async () => (await alice.message('bob', 'refused')) === 503)
    expect(await alice.message('alice', 'to myself')).toBeLessThan(300)
    await serve('two')
    await eventually('links are up', () => hasLinks('two', ['front', 'one']))
    const again = await signIn('front', 'bob')
    await eventually('what was kept comes', () => bodiesOf(again).includes('kept'))
    expect(bodiesOf(again)).not.toContain('refused')
    alice.end()
    again.end()
  }, 240_000)
})
