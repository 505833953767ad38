/**
 * `meridian topology`: what servers show at their link ports, against real handshakes; drafts that become the next
 * version; files with mistakes.
 */
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { type AddressInfo, createServer as createTcpServer } from 'node:net'
import { join } from 'node:path'
import { createServer, type TLSSocket } from 'node:tls'
import { afterEach, describe, expect, it } from 'vitest'
import {
  type CertificateAndKey,
  createAuthority,
  describeCertificate,
  type IssueOptions,
  issueCertificate,
  writeCertificate,
} from '../../../src/certificates/index.ts'
import { probeServer } from '../../../src/cli/topology/probe.ts'
import { parseTopology } from '../../../src/topology/index.ts'
import { meridian } from '../../support/command-line.ts'
import { dataFolders } from '../../support/data-folder.ts'

const newFolder = dataFolders()
const authority = await createAuthority({ commonName: 'Example authority' })

const closers: (() => void)[] = []
afterEach(() => {
  for (const close of closers.splice(0)) close()
})

/** A server that shows this at a free port of loopback, and ends when it is asked something, unless told otherwise. */
async function listen(
  shown: CertificateAndKey,
  onSocket: (socket: TLSSocket) => unknown = (socket) => socket.once('data', () => socket.end()),
): Promise<number> {
  const server = createServer({
    cert: shown.certificatePem,
    key: shown.keyPem,
    requestCert: true,
    rejectUnauthorized: false,
  })
  server.on('secureConnection', (socket) => {
    socket.on('error', () => {})
    onSocket(socket)
  })
  server.on('tlsClientError', () => {})
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  closers.push(() => server.close())
  return (server.address() as AddressInfo).port
}

const names = (name: string) => [name, 'a.test', 'sip:a.test']
const issue = (name: string, more: Partial<IssueOptions> = {}) =>
  issueCertificate({ authority, names: names(name), ...more })

interface Row {
  readonly name: string
  readonly role?: string
  readonly port: number
  readonly host?: string
}

const rowText = ({ name, role, port, host }: Row) =>
  `  - { name: ${name}, role: ${role ?? 'front-end'}, linkHost: ${host ?? '127.0.0.1'}, linkPort: ${port} }\n`

/** The folder of home1.a.test, which shows a right certificate, in a topology with these others. */
async function home(others: readonly Row[], more: { denied?: readonly string[]; yaml?: string } = {}) {
  const cwd = newFolder()
  mkdirSync(join(cwd, 'data/certificates'), { recursive: true })
  const own = await issue('home1.a.test')
  const at = (name: string) => ({
    certFile: join(cwd, `data/certificates/${name}.crt`),
    keyFile: join(cwd, `data/certificates/${name}.key`),
  })
  writeCertificate(at('server'), own)
  writeCertificate(at('authority'), authority)
  const answer = (socket: TLSSocket) =>
    socket.once('data', () => {
      socket.write(`SIP/2.0 200 OK\r\nVia: SIP/2.0/TLS x.invalid;branch=z9hG4bK1\r\nFrom: <sip:x>;tag=1\r\n`)
      socket.write(`To: <sip:a.test>;tag=2\r\nCall-ID: 1\r\nCSeq: 1 OPTIONS\r\n`)
      socket.write(`Date: ${new Date(Date.now() + 60_000).toUTCString()}\r\nContent-Length: 0\r\n\r\n`)
    })
  const port = await listen(own, answer)
  const denied = (more.denied ?? []).map((fingerprint) => `  - fingerprint: ${fingerprint}\n`).join('')
  const ownRow = rowText({ name: 'home1.a.test', role: 'home', port })
  const text = `version: 4 # of May\ndomains: [a.test]\nservers:\n${ownRow}`
  const list = denied === '' ? '' : `deniedCertificates:\n${denied}`
  writeFileSync(join(cwd, 'topology.yaml'), `${text}${others.map(rowText).join('')}${list}`)
  const config =
    'domain: { name: a.test }\nserver: { name: home1.a.test, role: home }\ntopology: { file: topology.yaml }\n'
  writeFileSync(join(cwd, 'meridian.yaml'), more.yaml ?? config)
  const run = (...argv: string[]) => meridian(['topology', ...argv], { cwd })
  const read = (path: string) => readFileSync(join(cwd, path), 'utf8')
  return { cwd, run, read, own }
}

describe('topology show', () => {
  it('says who is there, and which one this is', async () => {
    const { run } = await home([{ name: 'front1.a.test', port: 5061 }])
    const ran = await run('show')
    expect(ran.out).toMatch(/version: 4\n/)
    expect(ran.out).toMatch(/home1\.a\.test \(this one\) +home +127\.0\.0\.1 \d+ +-\n/)
    expect([ran.code, ran.err]).toEqual([2, expect.stringContaining('linkHost 127.0.0.1 is loopback')])
    expect((await run('show', '--json')).json.result).toMatchObject({ version: 4, own: 'home1.a.test' })
  })

  it('needs a topology, without mistakes', async () => {
    const alone = await home([], { yaml: 'domain: { name: a.test }' })
    for (const command of ['show', 'check']) {
      const ran = await alone.run(command)
      expect([ran.code, ran.err]).toEqual([1, expect.stringContaining('topology.file is not set')])
    }
    const { cwd, run } = await home([])
    writeFileSync(join(cwd, 'topology.yaml'), 'version: 1\ndomains: [a.test]\nserver: []\n')
    const ran = await run('show')
    expect(ran.code).toBe(78)
    expect(ran.err).toContain('meridian: topology.yaml:3:1: server: unknown key; did you mean servers?\n')
  })
})

describe('topology check', () => {
  it('says what each server shows, whether it is believed, and how its clock is', async () => {
    const front = await issue('front1.a.test', { days: 20 })
    const port = await listen(front)
    const { run, own } = await home([{ name: 'front1.a.test', port }])
    const ran = await run('check', '--json')
    expect([ran.code, ran.json.error]).toEqual([2, null])
    const { fingerprint } = describeCertificate(own.certificatePem)
    expect(ran.json.result.servers).toMatchObject([
      {
        name: 'home1.a.test',
        state: 'accepted',
        daysLeft: 396,
        certificate: { fingerprint, usages: ['server', 'client'] },
      },
      { name: 'front1.a.test', state: 'accepted', daysLeft: 19, refusal: null, timeDifferenceMs: null },
    ])
    const [first] = ran.json.result.servers as { timeDifferenceMs: number }[]
    expect(Math.abs(first!.timeDifferenceMs - 60_000)).toBeLessThan(5_000)
    expect(ran.json.warnings.join('\n')).toContain('front1.a.test: its certificate ends in 19 days')
    expect(ran.json.warnings.join('\n')).toMatch(/home1\.a\.test: its clock is [56]\d s ahead of the one here/)
    const { out } = await run('check')
    expect(out).toMatch(/front1\.a\.test +front-end +127\.0\.0\.1 port \d+ +accepted +\d{4}-\d\d-\d\d +server\+client/)
  })

  it.each([
    ['the name of another server', 'wrong-name', () => issue('front2.a.test')],
    ['no client use', 'no-client-usage', () => issue('front1.a.test', { usages: ['server'] })],
    ['an end in the past', 'expired', () => issue('front1.a.test', { nowMs: Date.UTC(2020, 0, 1) })],
    [
      'another authority',
      'unknown-authority',
      async () => issue('front1.a.test', { authority: await createAuthority({ commonName: 'Other' }) }),
    ],
  ])('refuses a certificate with %s', async (_what, reason, make) => {
    const port = await listen(await make())
    const { run } = await home([{ name: 'front1.a.test', port }])
    const ran = await run('check')
    expect(ran.code).toBe(1)
    expect(ran.err).toContain(`front1.a.test: its certificate is refused, ${reason}: expected `)
    expect(ran.out).toMatch(/front1\.a\.test .* refused /)
  })

  it('refuses one that the topology denies, with its fingerprint', async () => {
    const front = await issue('front1.a.test')
    const port = await listen(front)
    const { fingerprint } = describeCertificate(front.certificatePem)
    const { run } = await home([{ name: 'front1.a.test', port }], { denied: [fingerprint] })
    const ran = await run('check')
    expect([ran.code, ran.err]).toEqual([1, expect.stringContaining(`denied: expected`)])
    expect(ran.err).toContain(fingerprint)
  })

  it('says who is not there, who speaks no TLS, and warns of names that are not known', async () => {
    const plain = createTcpServer((socket) => socket.on('error', () => {}).end('SIP/2.0 400 no\r\n\r\n'))
    await new Promise<void>((resolve) => plain.listen(0, '127.0.0.1', resolve))
    closers.push(() => plain.close())
    const gone = createTcpServer()
    await new Promise<void>((resolve) => gone.listen(0, '127.0.0.1', resolve))
    const { port } = gone.address() as AddressInfo
    await new Promise((resolve) => gone.close(resolve))
    const { run } = await home([
      { name: 'front1.a.test', port },
      { name: 'front2.a.test', port: (plain.address() as AddressInfo).port },
      { name: 'front3.a.test', port: 5061, host: 'nowhere.invalid' },
    ])
    const ran = await run('check')
    expect(ran.code).toBe(1)
    expect(ran.err).toMatch(/front1\.a\.test: not reached at .*: nobody listens there/)
    expect(ran.err).toMatch(/front2\.a\.test: not reached at .*: it speaks no TLS 1\.2 or 1\.3 there/)
    expect(ran.err).toMatch(/warning: front3\.a\.test: nowhere\.invalid is not resolved here: /)
  })

  it('reaches IPv6 addresses as they stand in the file', async () => {
    const server = createTcpServer((socket) => socket.on('error', () => {}).end('no TLS'))
    const isListening = await new Promise<boolean>((resolve) => {
      server.once('error', () => resolve(false))
      server.listen(0, '::1', () => resolve(true))
    })
    closers.push(() => server.close())
    const port = isListening ? (server.address() as AddressInfo).port : 1
    const { run } = await home([{ name: 'front1.a.test', port, host: '"::1"' }])
    const reached = isListening
      ? 'it speaks no TLS 1.2 or 1.3 there'
      : '(nobody listens there|EADDRNOTAVAIL|ENETUNREACH)'
    expect((await run('check')).err).toMatch(new RegExp(`not reached at ::1 port ${port} \\(::1\\): ${reached}`))
  })

  it('does not wait for a resolver that never answers', async () => {
    const read = parseTopology(`version: 1\ndomains: [a.test]\nservers: [{ name: b.a.test, role: both }]`, 't')
    if (!read.ok) throw new Error('it is right')
    const probe = await probeServer(read.topology.servers[0]!, {
      context: {} as never,
      domain: 'a.test',
      resolve: () => new Promise(() => {}),
      resolveDeadlineMs: 10,
    })
    expect(probe).toMatchObject({ resolveFault: 'no answer within 0.01 s', evidence: null, connectFault: null })
  })

  it('--offline asks nobody, and judges what this server shows', async () => {
    const { cwd, run } = await home([{ name: 'front1.a.test', port: 1 }])
    const fine = await run('check', '--offline')
    expect([fine.code, fine.out]).toEqual([2, 'topology.yaml: version 4, no mistakes\n'])
    const other = await issue('front1.a.test')
    const files = {
      certFile: join(cwd, 'data/certificates/server.crt'),
      keyFile: join(cwd, 'data/certificates/server.key'),
    }
    writeCertificate(files, other)
    const wrong = await run('check', '--offline')
    expect([wrong.code, wrong.err]).toEqual([1, expect.stringContaining('home1.a.test: its certificate is refused')])
  })

  it.each([
    ['server: { name: home9.a.test, role: home }', 78, 'this server, home9.a.test, is not in it'],
    ['server: { name: home1.a.test, role: both }', 78, 'home1.a.test is home here and both in its own configuration'],
    ['server: { role: home }', 78, 'server.name: is not set'],
    ['server: { name: home1.a.test, role: home }\ndomain: { name: b.test }', 1, 'b.test is a domain of this server’s'],
  ])('compares with the configuration: %s', async (yaml, code, message) => {
    const domain = yaml.includes('domain:') ? '' : 'domain: { name: a.test }\n'
    const { run } = await home([], { yaml: `${domain}${yaml}\ntopology: { file: topology.yaml }\n` })
    const ran = await run('check', '--offline')
    expect([ran.code, ran.err]).toEqual([code, expect.stringContaining(message)])
  })

  it('compares the realm of the data folder', async () => {
    const { cwd, run, read } = await home([])
    await meridian(['user', 'add', 'x'], { cwd, stdin: 'correct horse battery' })
    expect((await run('check', '--offline')).err).not.toContain('realm')
    writeFileSync(join(cwd, 'topology.yaml'), read('topology.yaml').replace('[a.test]', '[b.test]'))
    const ran = await run('check', '--offline')
    expect([ran.code, ran.err]).toEqual([1, expect.stringContaining('the realm of this data folder is a.test')])
  })
})

describe('topology publish', () => {
  it('makes a draft the next version, and shows what is different', async () => {
    const { cwd, run, read } = await home([])
    const before = read('topology.yaml')
    const draft = before + rowText({ name: 'front1.a.test', port: 9, host: 'front1.a.test' })
    writeFileSync(join(cwd, 'draft.yaml'), draft)
    const dry = await run('publish', 'draft.yaml', '--dry-run')
    const line = '+ server front1.a.test, front-end, links at front1.a.test port 9, clients nowhere\n'
    expect(dry.out).toBe(`${line}nothing was changed; it would be version 5\n`)
    expect(read('topology.yaml')).toBe(before)
    const ran = await run('publish', 'draft.yaml', '--json')
    expect(ran.json.result).toMatchObject({ published: true, version: 5, difference: [line.trim()] })
    expect(read('topology.yaml')).toBe(draft.replace('version: 4', 'version: 5'))
    const again = await run('publish', 'draft.yaml')
    expect([again.code, again.out]).toEqual([0, expect.stringContaining('says the same, version 5')])
    expect(readdirSync(cwd).filter((name) => name.endsWith('.tmp'))).toEqual([])
  })

  it('refuses a draft from before somebody else’s change, which it would undo, unless forced', async () => {
    const { cwd, run, read } = await home([])
    const draft = read('topology.yaml') + rowText({ name: 'front1.a.test', port: 9 })
    writeFileSync(join(cwd, 'draft.yaml'), draft)
    const fingerprint = 'ab'.repeat(32)
    const denying = read('topology.yaml').replace('version: 4', 'version: 5')
    writeFileSync(join(cwd, 'topology.yaml'), `${denying}deniedCertificates: [{ fingerprint: ${fingerprint} }]\n`)
    const ran = await run('publish', 'draft.yaml')
    expect([ran.code, ran.err]).toEqual([1, expect.stringContaining('made from version 4, and 5 is in force')])
    expect(ran.out).toContain(`- denied certificate ${fingerprint}`)
    expect((await run('publish', 'draft.yaml', '--force')).code).toBe(2)
    expect(read('topology.yaml')).toBe(draft.replace('version: 4', 'version: 6'))
  })

  it('takes the first one, and a higher version as it is', async () => {
    const { cwd, run, read } = await home([])
    writeFileSync(join(cwd, 'draft.yaml'), read('topology.yaml').replace('version: 4', 'version: 40'))
    writeFileSync(
      join(cwd, 'meridian.yaml'),
      'server: { name: home1.a.test, role: home }\ntopology: { file: new.yaml }\n',
    )
    expect((await run('publish', 'draft.yaml', '--json')).json.result).toMatchObject({ version: 40 })
    expect(existsSync(join(cwd, 'new.yaml'))).toBe(true)
  })

  it.each([
    ['a mistake', (text: string) => text.replace('role: home', 'role: edge'), 'draft.yaml:4:'],
    [
      'without this server',
      (text: string) => text.replace('home1.', 'home2.'),
      'this server, home1.a.test, is not in it',
    ],
  ])('refuses a draft with %s', async (_what, change, message) => {
    const { cwd, run, read } = await home([])
    writeFileSync(join(cwd, 'draft.yaml'), change(read('topology.yaml')))
    const before = read('topology.yaml')
    const ran = await run('publish', 'draft.yaml')
    expect([ran.code, ran.err]).toEqual([78, expect.stringContaining(message)])
    expect(read('topology.yaml')).toBe(before)
  })

  it('refuses a draft that is absent', async () => {
    const { run } = await home([])
    expect(await run('publish', 'absent.yaml')).toMatchObject({ code: 78 })
  })
})

describe('topology schema', () => {
  it('prints JSON', async () => {
    const { out } = await meridian(['topology', 'schema'], { cwd: '/' })
    expect(JSON.parse(out)).toHaveProperty('properties.servers.items.properties.clientUri')
  })
})
