/**
 * P8: administrators reach a running server over HTTPS, by a token that its command line has made, or by a client
 * certificate on a listener of its own; what is wrong, too large or never read harms nobody.
 */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { type RequestOptions, request } from 'node:https'
import { join } from 'node:path'
import { connect } from 'node:tls'
import { beforeAll, describe, expect, it } from 'vitest'
import {
  type CertificateAndKey,
  createAuthority,
  issueCertificate,
  readCertificate,
} from '../../src/certificates/index.ts'
import { environment, freeEndpoints, portsOf, ServerProcess, serverFolder } from '../support/server-process.ts'
import { SocketClient } from '../support/socket-client.ts'

const testMs = 120_000
const { folder, start, cli } = serverFolder()
let server: ServerProcess
let ownPort: number
let opsCertificate: CertificateAndKey

interface Given extends Pick<RequestOptions, 'cert' | 'key' | 'port'> {
  readonly token?: string
  readonly body?: string
  readonly headers?: Readonly<Record<string, string>>
}

interface Answer {
  readonly status: number
  readonly type: string
  readonly etag: string
  readonly text: string
}

function ask(method: string, path: string, { token, body, headers, ...tls }: Given = {}): Promise<Answer> {
  const bearer = token === undefined ? {} : { authorization: `Bearer ${token}` }
  const json = body === undefined ? {} : { 'content-type': 'application/json' }
  const place = { host: '127.0.0.1', port: server.ports.get('web'), ca: server.authority, agent: false as const }
  const options = { ...place, ...tls, method, path, headers: { ...bearer, ...json, ...headers } }
  return new Promise((resolve, reject) => {
    const asked = request(options, (response) => {
      const chunks: Buffer[] = []
      response.on('data', (chunk: Buffer) => chunks.push(chunk))
      response.on('end', () => {
        const { 'content-type': type = '', etag = '' } = response.headers
        resolve({ status: response.statusCode!, type, etag, text: Buffer.concat(chunks).toString('utf8') })
      })
    })
    asked.on('error', reject).end(body)
  })
}

/** The first is made on the command line; it makes the others. */
let administrator = ''

async function newToken(role: string, name: string): Promise<{ token: string; id: string }> {
  const body = JSON.stringify({ role, name })
  return JSON.parse((await ask('POST', '/v1/tokens', { token: administrator, body })).text).value
}

async function device(name: string): Promise<SocketClient> {
  const password = 'open sesame'
  const body = JSON.stringify({ name, password })
  expect((await ask('POST', '/v1/users', { token: administrator, body })).status).toBe(200)
  const place = { transport: 'tcp', host: '127.0.0.1', port: server.ports.get('tcp')! } as const
  return SocketClient.connect({ ...place, tls: { ca: server.authority } }, { name, password })
}

function adminSection(role: string, more = ''): string {
  return `admin:\n  host: 127.0.0.1\n  port: 0\n  certificateRoles:\n    - ${role}\n${more}`
}

beforeAll(async () => {
  writeFileSync(join(folder, 'meridian.yaml'), adminSection('{ name: ops.example.test, role: operator }'))
  const program = start(['serve'], environment(freeEndpoints))
  const [, port] = await program.line(/^ {2}admin 127\.0\.0\.1:(\d+)/, 90_000)
  ownPort = Number(port)
  server = new ServerProcess(folder, program, await portsOf(program))
  const made = await cli('admin', 'token', 'create', '--role', 'administrator', '--name', 'first', '--json')
  administrator = JSON.parse(made).result.token
}, testMs)

describe('the admin API of a running server', () => {
  it('P8: a token is made, used, written down and revoked', { timeout: testMs }, async () => {
    const { token, id } = await newToken('administrator', 'anna')
    const user = { name: 'dora', displayName: 'Dora', password: 'open sesame, dora' }
    const made = await ask('POST', '/v1/users', { token, body: JSON.stringify(user) })
    expect([made.status, made.type]).toEqual([200, 'application/json; charset=utf-8'])
    const { etag } = await ask('GET', '/v1/users/dora', { token })
    const renamed = await ask('PATCH', '/v1/users/dora', {
      token,
      body: '{"displayName":"Dora D."}',
      headers: { 'if-match': etag },
    })
    expect([renamed.status, JSON.parse(renamed.text).value.displayName]).toEqual([200, 'Dora D.'])
    const audit = readFileSync(join(folder, 'data/audit.jsonl'), 'utf8').trim().split('\n')
    const entries = audit.map((line) => JSON.parse(line)).filter(({ subject }) => subject.startsWith('sip:dora@'))
    expect(entries.map(({ event, by }) => [event, by])).toEqual([
      ['user.added', `token anna (${id})`],
      ['user.display-name-changed', `token anna (${id})`],
    ])
    expect(await cli('admin', 'token', 'revoke', id)).toContain('revoked')
    const after = await ask('GET', '/v1/session', { token })
    expect([after.status, after.type]).toEqual([401, 'application/problem+json'])
  })

  it('P8: the state at a glance has each worker, store and certificates', { timeout: testMs }, async () => {
    const { token } = await newToken('reader', 'glance')
    const { value } = JSON.parse((await ask('GET', '/v1/summary', { token })).text)
    expect(value.figures.workers.map(({ worker }: { worker: number }) => worker)).toEqual([0, 1])
    expect(value.store).toMatchObject({ writable: true })
    expect(value.certificates).toMatchObject([{ what: 'server' }, { what: 'authority' }])
    expect(value.certificates[0].daysLeft).toBeGreaterThan(300)
    expect(JSON.parse((await ask('GET', '/v1/topology', { token })).text).value).toBeNull()
    expect(JSON.parse((await ask('GET', '/v1/report', { token })).text).value).toBeNull()
    expect(JSON.parse((await ask('GET', '/v1/openapi.json')).text).openapi).toBe('3.1.0')
  })

  it('P8: a device is signed out, and its connection ends with all of them', { timeout: testMs }, async () => {
    const { token } = await newToken('operator', 'helpdesk')
    const bob = await device('bob')
    expect(await bob.register()).toBe(200)
    const { value: devices } = JSON.parse((await ask('GET', '/v1/users/bob/registrations', { token })).text)
    expect(devices).toHaveLength(1)
    const one = `/v1/users/bob/registrations/${encodeURIComponent(devices[0].deviceKey)}`
    expect((await ask('DELETE', one, { token })).status).toBe(200)
    expect((await ask('DELETE', one, { token })).status).toBe(404)
    expect(JSON.parse((await ask('GET', '/v1/users/bob/registrations', { token })).text).value).toEqual([])
    expect(await bob.register()).toBe(200)
    await cli('user', 'sign-out', 'bob')
    await bob.closed
  })

  it('P8: backups go where the configuration says', { timeout: testMs }, async () => {
    const { token } = await newToken('operator', 'backup')
    const made = JSON.parse((await ask('POST', '/v1/backups', { token })).text).value
    expect(made.folder).toContain(join(folder, 'data/backups/'))
    const [newest] = JSON.parse((await ask('GET', '/v1/backups', { token })).text).value
    expect(newest.folder).toBe(made.folder)
    expect((await ask('POST', '/v1/backup', { token, body: '{"folder":"/tmp/x"}' })).status).toBe(403)
  })

  it('P8: a client certificate has the role of its name, and only ours', { timeout: testMs }, async () => {
    const authority = readCertificate({
      certFile: join(folder, 'data/certificates/authority.crt'),
      keyFile: join(folder, 'data/certificates/authority.key'),
    })
    opsCertificate = await issueCertificate({ authority, names: ['ops.example.test'], usages: ['client'] })
    const asked = { port: ownPort, cert: opsCertificate.certificatePem, key: opsCertificate.keyPem }
    expect(JSON.parse((await ask('GET', '/v1/session', asked)).text).value).toMatchObject({ role: 'operator' })
    expect((await ask('GET', '/v1/tokens', asked)).status).toBe(403)
    const stranger = await createAuthority({ commonName: 'somebody else' })
    const forged = await issueCertificate({ authority: stranger, names: ['ops.example.test'], usages: ['client'] })
    const wrong = { port: ownPort, cert: forged.certificatePem, key: forged.keyPem }
    expect((await ask('GET', '/v1/session', wrong)).status).toBe(401)
    const { token } = await newToken('reader', 'own listener')
    expect((await ask('GET', '/v1/session', { port: ownPort, token })).status).toBe(200)
    expect((await ask('GET', '/console', { port: ownPort })).type).toContain('text/html')
  })

  it('P8: what the configuration says of it is followed live', { timeout: testMs }, async () => {
    const { token } = await newToken('operator', 'live')
    const more = `  web: "off"\n  requestsPerSecond: 1\n  backupFolder: ./elsewhere\n  reportsFolder: ./reports\n`
    mkdirSync(join(folder, 'reports'))
    writeFileSync(join(folder, 'reports/report.json'), '{"verdict":"fits"}')
    writeFileSync(join(folder, 'meridian.yaml'), adminSection('{ name: other.example.test, role: reader }', more))
    const reload = async () => JSON.parse((await ask('POST', '/v1/config/reload', { token })).text).value
    const { applied } = await reload()
    const keys = ['admin.web', 'admin.certificateRoles', 'admin.requestsPerSecond', 'admin.backupFolder']
    // The file is watched too: whoever came first has taken it over.
    if (applied.length > 0) expect(applied.map(({ key }: { key: string }) => key)).toEqual(expect.arrayContaining(keys))
    expect((await ask('GET', '/v1/session', { token })).status).toBe(404)
    const own = { token, port: ownPort }
    expect(JSON.parse((await ask('GET', '/v1/report', own)).text).value.report).toEqual({ verdict: 'fits' })
    expect(JSON.parse((await ask('POST', '/v1/backups', own)).text).value.folder).toContain(join(folder, 'elsewhere'))
    const statuses = await Promise.all(
      Array.from({ length: 8 }, async () => (await ask('GET', '/v1/session', own)).status),
    )
    expect(statuses).toContain(429)
    writeFileSync(join(folder, 'meridian.yaml'), adminSection('{ name: other.example.test, role: reader }'))
    await cli('config', 'reload')
    expect((await ask('GET', '/v1/session', { token })).status).toBe(200)
    const ops = { port: ownPort, cert: opsCertificate.certificatePem, key: opsCertificate.keyPem }
    expect((await ask('GET', '/v1/session', ops)).status).toBe(401)
  })

  it('P8: bodies that are too large, and a scraper that never reads, harm nobody', { timeout: testMs }, async () => {
    const { token } = await newToken('administrator', 'heavy')
    const huge = 'x'.repeat(5_000_000)
    for (const port of [server.ports.get('web')!, ownPort]) {
      // Who is refused in the midst of sending may see the end of the connection before the answer.
      const answer = await ask('POST', '/v1/import', { token, body: huge, port }).catch(() => ({ status: 413 }))
      expect(answer.status).toBe(413)
    }
    const options = { host: '127.0.0.1', port: server.ports.get('web'), ca: server.authority }
    const scrapers = Array.from({ length: 20 }, () => {
      const socket = connect(options, () => {
        socket.pause()
        socket.write('GET /metrics HTTP/1.1\r\nHost: x\r\n\r\n'.repeat(500))
      })
      return socket.on('error', () => {})
    })
    const alice = await device('alice')
    expect(await alice.register()).toBe(200)
    for (let times = 0; times < 5; times++) expect((await server.get('/metrics')).status).toBe(200)
    expect((await ask('GET', '/v1/session', { token })).status).toBe(200)
    for (const socket of scrapers) socket.destroy()
    alice.end()
  })
})
