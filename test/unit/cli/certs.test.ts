/**
 * `meridian certs` for several servers and other authorities: roots and sites, requests and answers, the register,
 * revoking. Nothing overwrites a key, and what is refused says all that is wrong and the cure.
 */
import { existsSync, mkdirSync, readFileSync, statSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import {
  createAuthority,
  createIntermediate,
  describeCertificate,
  describeRevocationList,
  isPair,
  issueForRequest,
  openRequest,
  pemCertificates,
} from '../../../src/certificates/index.ts'
import { parseTopology } from '../../../src/topology/index.ts'
import { meridian } from '../../support/command-line.ts'
import { dataFolders } from '../../support/data-folder.ts'

const newFolder = dataFolders()

const topology = `version: 4 # of May
domains: [a.test, b.test]
servers:
  - { name: home1.a.test, role: home }
  - { name: front1.a.test, role: front-end }
`

/** A folder with a configuration; `own` is its server's name, with the topology above. */
function site(own: string | null = 'home1.a.test') {
  const cwd = newFolder()
  mkdirSync(cwd)
  const server = own === null ? '' : `server: { name: ${own}, role: home }\ntopology: { file: topology.yaml }\n`
  writeFileSync(join(cwd, 'meridian.yaml'), `domain: { name: a.test }\n${server}`)
  writeFileSync(join(cwd, 'topology.yaml'), topology)
  const run = (...argv: string[]) => meridian(['certs', ...argv], { cwd })
  const read = (path: string) => readFileSync(join(cwd, path), 'utf8')
  return { cwd, run, read, has: (path: string) => existsSync(join(cwd, path)) }
}

const modeOf = (path: string) => statSync(path).mode & 0o777

describe('certs issue --role', () => {
  it('names the server and the domains of the topology, for server and client use', async () => {
    const { cwd, run } = site()
    await run('init')
    const ran = await run('issue', '--role', 'front-end', '--name', 'Front1.a.test', '--json')
    expect(ran.code).toBe(0)
    const names = ['front1.a.test', 'a.test', 'b.test', 'sip:a.test', 'sip:b.test']
    expect(ran.json.result).toMatchObject({ certificate: { names, usages: ['server', 'client'] } })
    expect(modeOf(join(cwd, 'front1.a.test.key'))).toBe(0o600)
    const again = await run('issue', '--role', 'front-end', '--name', 'front1.a.test')
    expect([again.code, again.err]).toEqual([1, expect.stringContaining('exists already; nothing was overwritten')])
  })

  it('takes the domains of the configuration where there is no topology', async () => {
    const { run } = site(null)
    await run('init')
    const ran = await run('issue', '--role', 'home', '--name', 'home9.a.test', '--json')
    expect(ran.json.result).toMatchObject({ certificate: { names: ['home9.a.test', 'a.test', 'sip:a.test'] } })
  })

  it('says where the topology says otherwise', async () => {
    const { run } = site()
    await run('init')
    const absent = await run('issue', '--role', 'home', '--name', 'home9.a.test')
    expect([absent.code, absent.err]).toEqual([2, expect.stringContaining('home9.a.test is not in the topology yet')])
    const other = await run('issue', '--role', 'home', '--name', 'front1.a.test')
    expect([other.code, other.err]).toEqual([2, expect.stringContaining('front1.a.test is front-end in the topology')])
  })

  it.each([
    [['issue', '--role', 'home'], 64, '--role and --name come together'],
    [['issue'], 64, 'names are missing'],
    [['issue', '--role', 'edge', '--name', 'x.a.test'], 64, 'Allowed choices are home, front-end, both'],
    [['issue', '--role', 'home', '--name', 'a b'], 1, '"a b" is no DNS name'],
    [['issue', 'x.test', '--authority', 'nowhere'], 1, 'there is no authority in'],
    [['issue', '--request', 'meridian.yaml'], 1, 'is no request'],
  ])('%j ends with %d', async (argv, code, message) => {
    const { run } = site()
    await run('init')
    const ran = await run(...argv)
    expect([ran.code, ran.err]).toEqual([code, expect.stringContaining(message)])
  })
})

describe('certs ca', () => {
  it('makes a root and the authority of a site, which issues with its chain', async () => {
    const { cwd, run, read } = site()
    expect((await run('ca', 'root', 'Example Corp')).code).toBe(0)
    expect((await run('ca', 'intermediate', 'Berlin', '--authority', 'root', '--out', 'berlin')).code).toBe(0)
    for (const key of ['root.key', 'berlin.key', 'root.issued.jsonl']) expect(modeOf(join(cwd, key))).toBe(0o600)
    const issued = await run('issue', '--authority', 'berlin', '--role', 'home', '--name', 'home1.a.test')
    expect(issued.code).toBe(0)
    const chain = pemCertificates(read('home1.a.test.crt')).map(describeCertificate)
    expect(chain.map(({ subject }) => subject)).toEqual(['CN=home1.a.test', 'CN=Berlin'])
    for (const argv of [
      ['ca', 'root', 'X'],
      ['ca', 'intermediate', 'X', '--authority', 'root', '--out', 'berlin'],
    ]) {
      const again = await run(...argv)
      expect([again.code, again.err]).toEqual([1, expect.stringContaining('nothing was overwritten')])
    }
  })

  it('refuses an authority below one that signs servers only, and one without its key', async () => {
    const { cwd, run } = site()
    await run('init')
    const refused = await run('ca', 'intermediate', 'X')
    expect([refused.code, refused.err]).toEqual([1, expect.stringContaining('`meridian certs ca root` makes one')])
    const other = await createAuthority({ commonName: 'Other' })
    writeFileSync(join(cwd, 'other.crt'), other.certificatePem)
    expect((await run('issue', 'x.test', '--authority', 'other.crt')).err).toContain('run this where it is kept')
    writeFileSync(join(cwd, 'other.key'), (await createAuthority({ commonName: 'Other' })).keyPem)
    expect((await run('issue', 'x.test', '--authority', 'other')).err).toContain('is not the key of')
  })
})

describe('a locked key of an authority', () => {
  const secret = 'correct horse battery'

  it('opens with its passphrase alone, from the terminal or a file', async () => {
    const { cwd, run, read, has } = site()
    const made = await meridian(['certs', 'ca', 'root', 'Safe', '--lock'], { cwd, secrets: [secret, secret] })
    expect(made.code).toBe(0)
    expect(read('root.key')).toContain('-----BEGIN ENCRYPTED PRIVATE KEY-----')
    expect(modeOf(join(cwd, 'root.key'))).toBe(0o600)
    const argv = ['certs', 'ca', 'intermediate', 'Berlin', '--authority', 'root', '--out']
    const wrong = await meridian([...argv, 'wrong'], { cwd, secrets: ['something else'] })
    expect([wrong.code, wrong.err]).toEqual([1, expect.stringContaining('this passphrase does not open')])
    expect(has('wrong.crt')).toBe(false)
    expect((await meridian([...argv, 'berlin'], { cwd, secrets: [secret] })).code).toBe(0)
    const unattended = await run('ca', 'crl', '--authority', 'root')
    expect([unattended.code, unattended.err]).toEqual([
      1,
      expect.stringContaining('--passphrase-file names what opens'),
    ])
    writeFileSync(join(cwd, 'secret'), `${secret}\n`)
    expect((await run('ca', 'crl', '--authority', 'root', '--passphrase-file', 'secret')).code).toBe(0)
  })

  it.each([
    [['short', 'short'], 'a passphrase has at least 12 characters'],
    [[secret, `${secret}!`], 'the two passphrases differ'],
    [[null], 'no passphrase was given'],
  ])('is not made with %j', async (secrets, message) => {
    const { cwd, has } = site()
    const ran = await meridian(['certs', 'ca', 'root', 'Safe', '--lock'], { cwd, secrets })
    expect([ran.code, ran.err]).toEqual([1, expect.stringContaining(message)])
    expect([has('root.crt'), has('root.key')]).toEqual([false, false])
  })
})

describe('certs list and revoke', () => {
  it('lists what was issued, and what became of it', async () => {
    const { run } = site()
    expect((await run('list')).out).toBe('none\n')
    await run('init')
    await run('issue', 'front1.a.test')
    await run('issue', 'brief.a.test', '--days', '3')
    await run('revoke', 'front1.a.test.crt', '--reason', 'key-compromise')
    const ran = await run('list')
    expect([ran.code, ran.err]).toEqual([2, 'warning: brief.a.test ends in 2 days\n'])
    expect(ran.out).toMatch(/a\.test +\d{4}-\d\d-\d\d +good\n/)
    expect(ran.out).toMatch(/front1\.a\.test +\d{4}-\d\d-\d\d +revoked \d{4}-\d\d-\d\d, key-compromise\n/)
  })

  it.each(['file', 'fingerprint', 'serial'] as const)('revokes by %s, in topology and list', async (way) => {
    const { run, read } = site()
    await run('init')
    await run('issue', 'front1.a.test')
    const { fingerprint, serialNumber } = describeCertificate(read('front1.a.test.crt'))
    const colons = fingerprint.toUpperCase().replaceAll(/(..)(?!$)/g, '$1:')
    const ran = await run('revoke', { file: 'front1.a.test.crt', fingerprint: colons, serial: serialNumber }[way])
    expect([ran.code, ran.err]).toEqual([0, ''])
    expect(ran.out).toContain('front1.a.test is revoked')
    expect(parseTopology(read('topology.yaml'), 't')).toMatchObject({
      topology: { version: 5, deniedFingerprints: [fingerprint] },
    })
    expect(read('topology.yaml')).toContain('version: 5 # of May')
    expect(describeRevocationList(read('data/certificates/authority.crl')).serialNumbers).toEqual([serialNumber])
    const again = await run('revoke', fingerprint)
    expect([again.code, again.out]).toEqual([0, expect.stringContaining('denied it already')])
    expect(read('topology.yaml')).toContain('version: 5 # of May')
  })

  it('denies a certificate of another authority, and says where it cannot', async () => {
    const { cwd, run, read } = site()
    await run('init')
    const other = await createAuthority({ commonName: 'Other' })
    writeFileSync(join(cwd, 'other.crt'), other.certificatePem)
    const ran = await run('revoke', 'other.crt', '--json')
    expect(ran.json.result).toMatchObject({ topology: { version: 5 }, revocationList: null })
    expect(read('topology.yaml')).toContain(describeCertificate(other.certificatePem).fingerprint)
    const alone = site(null)
    await alone.run('init')
    const refused = await alone.run('revoke', 'ab'.repeat(32))
    expect([refused.code, refused.err]).toEqual([1, expect.stringContaining('topology.file')])
  })

  it('keeps a topology that is reached through a link where it lies', async () => {
    const { cwd, run } = site()
    await run('init')
    await run('issue', 'front1.a.test')
    mkdirSync(join(cwd, 'shared'))
    writeFileSync(join(cwd, 'shared/topology.yaml'), topology)
    writeFileSync(join(cwd, 'meridian.yaml'), 'domain: { name: a.test }\ntopology: { file: link.yaml }\n')
    symlinkSync('shared/topology.yaml', join(cwd, 'link.yaml'))
    expect((await run('revoke', 'front1.a.test.crt')).code).toBe(0)
    expect(readFileSync(join(cwd, 'shared/topology.yaml'), 'utf8')).toContain('version: 5')
  })

  it.each([
    ['absent.crt', 'there is no file absent.crt'],
    ['meridian.yaml', 'holds no certificate that can be read'],
    ['abcd', 'no certificate with the serial number abcd is in the register'],
    ['data/certificates/server.crt', 'is what this server shows'],
  ])('refuses %s', async (what, message) => {
    const { run, read } = site()
    await run('init')
    const ran = await run('revoke', what)
    expect([ran.code, ran.err]).toEqual([1, expect.stringContaining(message)])
    expect(read('topology.yaml')).toBe(topology)
  })

  it('leaves a topology with mistakes as it is', async () => {
    const { cwd, run } = site()
    await run('init')
    await run('issue', 'x.a.test')
    writeFileSync(join(cwd, 'topology.yaml'), 'version: 1\n')
    const ran = await run('revoke', 'x.a.test.crt')
    expect([ran.code, ran.err]).toEqual([78, expect.stringContaining('domains: missing')])
    expect(readFileSync(join(cwd, 'topology.yaml'), 'utf8')).toBe('version: 1\n')
  })

  it('numbers each list anew, and makes an empty one', async () => {
    const { run, read } = site()
    await run('init')
    expect((await run('ca', 'crl')).out).toContain('number 1, 0 revoked, good for 45 days')
    expect(describeRevocationList(read('data/certificates/authority.crl')).serialNumbers).toEqual([])
    expect((await run('ca', 'crl', '--days', '5')).out).toContain('number 2')
    const shown = await run('show', 'data/certificates/authority.crl')
    expect(shown.out).toMatch(/list of: CN=Meridian authority of a\.test\nvalid: .* to .*\nrevoked: none\n/)
    expect([shown.code, shown.err]).toEqual([2, expect.stringMatching(/authority\.crl ends in [45] days; /)])
    expect((await run('ca', 'crl', '--days', 'x')).code).toBe(64)
  })
})

describe('certs request and install', () => {
  /** A company whose issuing authority is below its root, as they are. */
  async function company() {
    const root = await createAuthority({ commonName: 'Company root', levelsBelow: 1 })
    const issuing = await createIntermediate({ authority: root, commonName: 'Company servers' })
    return { root, issuing: { ...issuing, certificatePem: pemCertificates(issuing.certificatePem)[0]! } }
  }

  async function requested() {
    const { root, issuing } = await company()
    const made = site()
    await made.run('init')
    expect((await made.run('request', '--name', 'im.a.test')).code).toBe(0)
    writeFileSync(join(made.cwd, 'company.crt'), root.certificatePem)
    writeFileSync(join(made.cwd, 'issuing.crt'), issuing.certificatePem)
    const request = await openRequest(made.read('data/certificates/request.csr'))
    const answer = async (options: Partial<Parameters<typeof issueForRequest>[0]> = {}) => {
      const names = options.names ?? request!.names
      const pem = await issueForRequest({ authority: issuing, ...options, names }, request!)
      writeFileSync(join(made.cwd, 'answer.pem'), pemCertificates(pem)[0]!)
    }
    const install = (...more: string[]) =>
      made.run('install', 'answer.pem', '--authority', 'company.crt', '--chain', 'issuing.crt', ...more)
    return { ...made, request: request!, answer, install }
  }

  it('replaces certificate and key with what the company answered and its chain, and keeps those before', async () => {
    const { cwd, read, has, request, answer, install } = await requested()
    expect(modeOf(join(cwd, 'data/certificates/request.key'))).toBe(0o600)
    expect(request.names).toEqual(['home1.a.test', 'a.test', 'b.test', 'sip:a.test', 'sip:b.test', 'im.a.test'])
    const before = read('data/certificates/server.key')
    await answer()
    expect((await install('--dry-run')).out).toContain('nothing was changed')
    expect(read('data/certificates/server.key')).toBe(before)
    const ran = await install()
    expect([ran.code, ran.err]).toEqual([0, ''])
    const shown = read('data/certificates/server.crt')
    expect(pemCertificates(shown).map((pem) => describeCertificate(pem).subject)).toEqual([
      'CN=home1.a.test',
      'CN=Company servers',
    ])
    expect(isPair(shown, read('data/certificates/server.key'))).toBe(true)
    expect(modeOf(join(cwd, 'data/certificates/server.key'))).toBe(0o600)
    expect(read('data/certificates/server.key.previous')).toBe(before)
    expect(modeOf(join(cwd, 'data/certificates/server.key.previous'))).toBe(0o600)
    expect([has('data/certificates/request.key'), has('data/certificates/request.csr')]).toEqual([false, false])
  })

  it('takes the answer to a second request for the key in use', async () => {
    const { answer, install, read } = await requested()
    await answer()
    await install()
    const first = read('data/certificates/server.crt')
    await answer({ days: 300 })
    expect((await install()).code).toBe(0)
    expect(read('data/certificates/server.crt')).not.toBe(first)
  })

  it('says everything that is wrong at once, and changes nothing', async () => {
    const { answer, install, read } = await requested()
    const before = read('data/certificates/server.crt')
    await answer({ names: ['front1.a.test'], usages: ['server'], nowMs: Date.UTC(2020, 0, 1) })
    const ran = await install()
    expect(ran.code).toBe(1)
    expect(ran.err).toContain('CN=front1.a.test has ended on 2021-02-01')
    expect(ran.err).toContain('it is for servers only (no extended key usage clientAuth)')
    expect(ran.err).toContain(
      'does not name this server, home1.a.test, in its alternative names (there: front1.a.test)',
    )
    expect(read('data/certificates/server.crt')).toBe(before)
  })

  it('wants a chain to an authority that is believed', async () => {
    const { answer, run } = await requested()
    await answer()
    const none = await run('install', 'answer.pem', '--authority', 'company.crt')
    expect([none.code, none.err]).toEqual([1, expect.stringContaining('its chain ends at CN=Company servers')])
    const stranger = await run('install', 'answer.pem', '--chain', 'issuing.crt')
    expect(stranger.err).toContain('its chain ends at CN=Company root, which is not among the authorities')
  })

  it('warns of a domain that is not named and of an early end', async () => {
    const { answer, install } = await requested()
    await answer({ names: ['home1.a.test', 'a.test'], days: 9 })
    const ran = await install()
    expect(ran.code).toBe(2)
    expect(ran.err).toContain('it does not name the domain b.test')
    expect(ran.err).toMatch(/it ends in [89] days/)
  })

  it('refuses the answer to another request, a second request, and what holds no certificate', async () => {
    const { answer, install, run, cwd } = await requested()
    await answer()
    expect((await run('request')).err).toContain('request.key exists already')
    expect((await install('--key', 'data/certificates/authority.key')).err).toContain('is it the answer to another')
    expect((await install('--key', 'topology.yaml')).err).toContain('it holds no private key that can be read')
    expect((await install('--key', 'absent')).err).toContain('there is no such file')
    writeFileSync(join(cwd, 'answer.pem'), '-----BEGIN PKCS7-----\n-----END PKCS7-----\n')
    expect((await install()).err).toContain('of a .p7b `openssl pkcs7 -print_certs` makes PEM')
  })

  it('needs the full name of the server', async () => {
    const alone = site(null)
    expect((await alone.run('request')).err).toContain('server.name is not set')
    writeFileSync(join(alone.cwd, 'meridian.yaml'), 'server: { name: front }')
    expect((await alone.run('request')).err).toContain('server.name is not fully qualified')
  })
})

describe('certs issue --request', () => {
  it('issues for the key of the request, which never leaves its server', async () => {
    const home = site()
    await home.run('request')
    const centre = site()
    await centre.run('ca', 'root', 'Corp')
    writeFileSync(join(centre.cwd, 'home1.csr'), home.read('data/certificates/request.csr'))
    const argv = ['issue', '--authority', 'root', '--request', 'home1.csr', '--role', 'home', '--name', 'home1.a.test']
    expect((await centre.run(...argv)).code).toBe(0)
    expect(centre.has('home1.a.test.key')).toBe(false)
    writeFileSync(join(home.cwd, 'home1.crt'), centre.read('home1.a.test.crt'))
    writeFileSync(join(home.cwd, 'corp.crt'), centre.read('root.crt'))
    const ran = await home.run('install', 'home1.crt', '--authority', 'corp.crt')
    expect([ran.code, ran.err]).toEqual([0, ''])
  })
})
