/**
 * P5: servers talk to each other by mutual TLS only. Two real processes, a home and a front end, that share port with
 * their clients: links come up, carry a user's sign-in and message, follow the topology, and end with a denied
 * certificate.
 */
import { readFileSync, writeFileSync } from 'node:fs'
import { request } from 'node:https'
import { join } from 'node:path'
import { beforeAll, describe, expect, it } from 'vitest'
import {
  createAuthority,
  describeCertificate,
  issueCertificate,
  writeCertificate,
} from '../../src/certificates/index.ts'
import { AdminClient } from '../../src/cli/admin-client.ts'
import { eventually, type ServerProcess, serverFolder } from '../support/server-process.ts'
import { SocketClient } from '../support/socket-client.ts'

const testMs = 180_000
const password = 'a long enough password'
const authority = await createAuthority({ commonName: 'Servers' })

interface Side {
  readonly name: string
  readonly role: 'home' | 'front-end'
  readonly folder: ReturnType<typeof serverFolder>
}

const sides: readonly Side[] = [
  { name: 'home.example.test', role: 'home', folder: serverFolder() },
  { name: 'front.example.test', role: 'front-end', folder: serverFolder() },
]
const servers: ServerProcess[] = []
let version = 0

/** Both have the same list. Before they run, nobody knows their ports. */
function writeTopology(ports: readonly number[], denied: readonly string[] = []): void {
  version++
  const rows = sides.map(
    ({ name, role }, index) =>
      `  - { name: ${name}, role: ${role}, linkHost: 127.0.0.1, linkPort: ${ports[index] ?? index + 1} }`,
  )
  const list = denied.map((fingerprint) => `  - { fingerprint: ${fingerprint} }`)
  const text = [`version: ${version}`, 'domains: [example.test]', 'servers:', ...rows]
  if (list.length > 0) text.push('deniedCertificates:', ...list)
  for (const { folder } of sides) writeFileSync(join(folder.folder, 'topology.yaml'), `${text.join('\n')}\n`)
}

function get(server: ServerProcess, path: string): Promise<string> {
  const options = { host: '127.0.0.1', port: server.ports.get('web'), path, ca: authority.certificatePem, agent: false }
  return new Promise((resolve, reject) => {
    const asked = request(options, (response) => {
      let body = ''
      response.setEncoding('utf8').on('data', (chunk: string) => {
        body += chunk
      })
      response.on('end', () => resolve(body))
    })
    asked.on('error', reject).end()
  })
}

/** Summed over its labels. */
async function metricOf(server: ServerProcess, name: string): Promise<number> {
  const body = await get(server, '/metrics')
  const values = [...body.matchAll(new RegExp(`^${name}(?:\\{[^}]*\\})? (\\S+)$`, 'gm'))].map(([, value]) =>
    Number(value),
  )
  return values.reduce((sum, value) => sum + value, 0)
}

const fileOf = ({ folder }: Side, name: string) => join(folder.folder, name)

beforeAll(async () => {
  writeTopology([])
  for (const side of sides) {
    writeFileSync(fileOf(side, 'ca.crt'), authority.certificatePem)
    const files = { certFile: fileOf(side, 'own.crt'), keyFile: fileOf(side, 'own.key') }
    writeCertificate(files, await issueCertificate({ authority, names: [side.name, '127.0.0.1', 'localhost'] }))
    writeFileSync(
      fileOf(side, 'meridian.yaml'),
      [
        `server: { name: ${side.name}, role: ${side.role} }`,
        'tls: { certificateFile: own.crt, privateKeyFile: own.key }',
        'topology: { file: topology.yaml, authorityFile: ca.crt }',
        'admin: { metrics: everyone }',
        '',
      ].join('\n'),
    )
    servers.push(await side.folder.serve())
  }
  const admin = new AdminClient(join(sides[0]!.folder.folder, 'data/admin.sock'))
  for (const name of ['alice', 'bob']) {
    const user = { name, displayName: '', aliases: [], groups: [], password, disabled: false }
    expect(await admin.addUser(user)).toMatchObject({ ok: true })
  }
  writeTopology(servers.map(({ ports }) => ports.get('tls') ?? 0))
}, testMs)

/** A connection of ours may be cut by the reload that it looks for. */
async function linksUp(): Promise<number[]> {
  return Promise.all(servers.map((server) => metricOf(server, 'meridian_link_up').catch(() => Number.NaN)))
}

describe('a home and a front end, each a process with two workers', () => {
  it(
    'link to each other on the port of their clients when the topology says where they are',
    async () => {
      await eventually('links are up', async () => (await linksUp()).every((count) => count >= 2))
      const refused = await Promise.all(servers.map((server) => metricOf(server, 'meridian_link_refused_total')))
      expect(refused).toEqual([0, 0])
    },
    testMs,
  )

  it(
    'carry the sign-in of a user of the home who is at the front end, and a message to him',
    async () => {
      const [home, front] = servers as [ServerProcess, ServerProcess]
      const connect = (server: ServerProcess, name: string) => {
        const place = { transport: 'tls', host: '127.0.0.1', port: server.ports.get('tls') ?? 0 } as const
        const login = { name, password }
        return SocketClient.connect({ ...place, tls: { ca: authority.certificatePem } }, login)
      }
      const bob = await connect(front, 'bob')
      expect(await bob.register()).toBe(200)
      const alice = await connect(home, 'alice')
      expect(await alice.register()).toBe(200)
      expect(await alice.message('bob', 'over the link')).toBe(200)
      expect(bob.requests.map(({ body }) => body.toString())).toEqual(['over the link'])
      for (const client of [alice, bob]) client.end()
    },
    testMs,
  )

  it(
    'end within a second where a certificate comes on the deny list, and stay ended',
    async () => {
      const front = readFileSync(fileOf(sides[1]!, 'own.crt'), 'utf8')
      const ports = servers.map(({ ports: each }) => each.get('tls') ?? 0)
      writeTopology(ports, [describeCertificate(front).fingerprint])
      await eventually('links are down', async () => (await linksUp()).every((count) => count === 0))
      await eventually(
        'the front end is refused',
        async () => (await metricOf(servers[0]!, 'meridian_link_refused_total')) > 0,
      )
    },
    testMs,
  )

  it(
    'come up again with another certificate',
    async () => {
      const side = sides[1]!
      const files = { certFile: fileOf(side, 'own.crt'), keyFile: fileOf(side, 'own.key') }
      writeCertificate(files, await issueCertificate({ authority, names: [side.name, '127.0.0.1', 'localhost'] }))
      await eventually('links are up', async () => (await linksUp()).every((count) => count >= 2), 90_000)
    },
    testMs,
  )
})
