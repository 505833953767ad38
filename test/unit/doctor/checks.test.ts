/**
 * The checks of `meridian doctor`, each on what is right and on what is wrong: setting, reason and cure (DESIGN §13).
 */

import { createSocket } from 'node:dgram'
import { once } from 'node:events'
import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import {
  type CertificateAndKey,
  createAuthority,
  issueCertificate,
  writeCertificate,
} from '../../../src/certificates/index.ts'
import { type Config, loadConfig } from '../../../src/config/index.ts'
import {
  checkCertificates,
  checkClock,
  checkConfiguration,
  checkLimits,
  checkPorts,
  checkStore,
  checkTopologyFile,
  type Finding,
  portHolders,
} from '../../../src/doctor/index.ts'

const dayMs = 86_400_000
let folder: string
let authority: CertificateAndKey

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'meridian-doctor-'))
  authority = await createAuthority({ commonName: 'authority of the tests' })
})
afterAll(() => rmSync(folder, { recursive: true }))

function config(values: Readonly<Record<string, string>> = {}): Config {
  const env = Object.entries(values).map(([path, value]) => {
    return [`MERIDIAN__${path.toUpperCase().replaceAll('.', '__')}`, value] as const
  })
  const loaded = loadConfig({ file: null, env: Object.fromEntries(env), cwd: folder })
  if (!loaded.ok) throw new Error(JSON.stringify(loaded.errors))
  return loaded.config
}

function bad(findings: readonly Finding[]): string[] {
  for (const { level, cure, setting } of findings) {
    expect(setting).not.toBe('')
    expect(cure === '').toBe(level === 'right')
  }
  return findings.filter(({ level }) => level !== 'right').map(({ level, reason }) => `${level}: ${reason}`)
}

describe('certificates', () => {
  async function shown(
    names: readonly string[],
    change: (pair: CertificateAndKey) => CertificateAndKey = (pair) => pair,
  ) {
    const at = mkdtempSync(join(folder, 'certificate-'))
    const files = { certFile: join(at, 'a.crt'), keyFile: join(at, 'a.key') }
    writeCertificate(files, change(await issueCertificate({ authority, names })))
    writeFileSync(join(at, 'ca.crt'), authority.certificatePem)
    const values = { 'tls.certificateFile': files.certFile, 'tls.privateKeyFile': files.keyFile }
    return { files, config: config({ ...values, 'tls.clientAuthorityFile': join(at, 'ca.crt') }) }
  }

  function found(of: Config, nowMs = Date.now()): string[] {
    return bad(checkCertificates({ config: of, domains: ['example.test'], nowMs }))
  }

  it('a good one has nothing to be said about', async () => {
    expect(found((await shown(['sip.example.test', 'sip:example.test'])).config)).toEqual([])
  })

  it('expiry, by the clock of the question: soon, over, and not begun', async () => {
    const { config: of } = await shown(['example.test'])
    const soon = found(of, Date.now() + 385 * dayMs)
    expect(soon.join()).toMatch(/warning: example.test ends in \d+ days|fault: example.test ended/)
    expect(found(of, Date.now() + 3_000 * dayMs).join()).toMatch(/fault: example.test ended \d+ days ago/)
    expect(found(of, Date.now() - 3_000 * dayMs).join()).toContain('which is still to come')
  })

  it('names (RFC 5922 §7.1): the domain is not in it', async () => {
    const { config: of } = await shown(['other.test'])
    expect(found(of)).toEqual([expect.stringMatching(/^fault: does not name example.test/)])
  })

  it('the key of another, a key that all may read, a key that is gone', async () => {
    const other = await issueCertificate({ authority, names: ['example.test'] })
    const strange = await shown(['example.test'], (pair) => ({ ...pair, keyPem: other.keyPem }))
    expect(found(strange.config)).toEqual(['fault: is not the key of the certificate'])
    const { files, config: of } = await shown(['example.test'])
    chmodSync(files.keyFile, 0o644)
    expect(found(of)).toEqual(['warning: can be read by every user of this machine'])
    rmSync(files.keyFile)
    expect(found(of).join()).toContain('cannot be read')
  })

  it('a chain in the wrong order, an authority as a server, and no certificate at all', async () => {
    const second = await createAuthority({ commonName: 'another authority' })
    const { config: of } = await shown(['example.test'], (pair) => {
      return { ...pair, certificatePem: `${pair.certificatePem}\n${second.certificatePem}` }
    })
    expect(found(of).join()).toContain('is not issued by what stands below it')
    const strange = await shown(['example.test'], () => second)
    expect(found(strange.config).join()).toContain('is the certificate of an authority')
    const { files, config: empty } = await shown(['example.test'])
    writeFileSync(files.certFile, 'hello')
    expect(found(empty).join()).toContain('holds no certificate')
  })
})

describe('ports', () => {
  it('are free, ours, or somebody’s, who is named', async () => {
    const server = createServer().listen(0, '127.0.0.1')
    const socket = createSocket('udp4')
    socket.bind(0, '127.0.0.1')
    await Promise.all([once(server, 'listening'), once(socket, 'listening')])
    const tcp = (server.address() as { port: number }).port
    const udp = socket.address().port
    const endpoints = JSON.stringify([
      { transport: 'tcp', host: '127.0.0.1', port: tcp },
      { transport: 'udp', host: '127.0.0.1', port: udp },
    ])
    const of = config({ 'listen.endpoints': endpoints })
    const taken = bad(await checkPorts({ config: of, serverPid: null }))
    expect(taken).toHaveLength(2)
    for (const line of taken) expect(line).toContain(`pid ${process.pid}`)
    expect(bad(await checkPorts({ config: of, serverPid: process.pid }))).toEqual([])
    server.close()
    socket.close()
    await once(server, 'close')
    expect(bad(await checkPorts({ config: of, serverPid: null }))).toEqual([])
    expect(bad(await checkPorts({ config: of, serverPid: process.pid })).join()).toContain('does not listen there')
    expect(portHolders('tcp', tcp)).toEqual([])
  })
})

describe('the store', () => {
  const right = async () => ({ records: 3, unreadable: 0, quarantined: 0 })

  async function found(examine: () => Promise<Awaited<ReturnType<typeof right>> | string>, audit = '', mode = 0o700) {
    const at = mkdtempSync(join(folder, 'store-'))
    mkdirSync(join(at, 'store'))
    writeFileSync(join(at, 'audit.jsonl'), audit)
    chmodSync(at, mode)
    return bad(await checkStore({ config: config({ 'server.dataFolder': at }), nowMs: 100 * dayMs, examine }))
  }

  it('unreadable and set-aside records, a store that cannot be opened, an open folder', async () => {
    const lines = await found(async () => ({ records: 3, unreadable: 1, quarantined: 2 }))
    expect(lines).toContain('fault: 1 of 3 records cannot be read')
    expect(lines).toContain('warning: 2 records are set aside as unreadable')
    expect(await found(async () => 'it is locked')).toContain('fault: the store cannot be examined: it is locked')
    expect((await found(right, '', 0o755)).join()).toContain('is open to every user of this machine')
  })

  it('the last backup: none, old, and new', async () => {
    const line = (days: number) =>
      `{"atMs":${days * dayMs},"event":"store.backup","subject":"/backup/a","revokes":false}\n`
    expect(await found(right)).toContain('warning: none was ever made of this store')
    expect(await found(right, line(90))).toContain('warning: the last is 10 days old (/backup/a)')
    expect((await found(right, line(90) + line(99))).join()).not.toContain('backup')
  })
})

describe('limits of the machine', () => {
  function proc(files: number, somaxconn: number, rmemMax: number): string {
    const at = mkdtempSync(join(folder, 'proc-'))
    mkdirSync(join(at, 'self'))
    mkdirSync(join(at, 'sys/net/core'), { recursive: true })
    writeFileSync(
      join(at, 'self/limits'),
      `Limit Soft Hard Units\nMax open files            1024     ${files}   files\n`,
    )
    writeFileSync(join(at, 'sys/net/core/somaxconn'), `${somaxconn}\n`)
    writeFileSync(join(at, 'sys/net/core/rmem_max'), `${rmemMax}\n`)
    return at
  }

  function found(at: string, transports = ['tcp', 'udp']): string {
    const endpoints = transports.map((transport) => ({ transport, host: '127.0.0.1', port: 5060 }))
    const of = config({ 'listen.endpoints': JSON.stringify(endpoints) })
    return bad(checkLimits({ config: of, serverPid: null, proc: at })).join('\n')
  }

  it('are enough, too small, or cannot be read; by the transports that there are', () => {
    expect(found(proc(1_048_576, 4_096, 4_194_304))).toBe('')
    expect(found(proc(8_192, 128, 212_992))).toMatch(/8192 open files.*128 connections may wait for tcp.*212992 bytes/s)
    expect(found(proc(1_024, 4_096, 4_194_304))).toMatch(/^fault: .*1024 open files/)
    expect(found(proc(1_048_576, 128, 212_992), ['udp'])).not.toContain('connections')
    expect(found(join(folder, 'no-proc'))).toBe('')
  })
})

describe('the clock', () => {
  const ask = (lastWrittenMs: number, state: boolean | null) =>
    checkClock({ nowMs: 500 * dayMs, lastWrittenMs, isSynchronised: async () => state }).then(bad)

  it('behind the store by a year, stepped back, right; synchronised or not', async () => {
    expect((await ask(865 * dayMs, true)).join()).toMatch(/^fault: it is .*and the store was last written at/)
    expect(await ask(500 * dayMs + 5_000, null)).toEqual(['warning: it was stepped back by 5 s since the last record'])
    expect(await ask(0, true)).toEqual([])
    expect(await ask(0, false)).toEqual(['warning: the clock is not synchronised'])
  })
})

describe('configuration and topology', () => {
  it('what is seldom meant, and a file with a secret that all may read', () => {
    const file = join(folder, 'meridian.yaml')
    writeFileSync(file, 'tls:\n  privateKeyPassphrase: secret\nlimits:\n  busyAfterMs: 0\n', { mode: 0o644 })
    chmodSync(file, 0o644)
    const loaded = loadConfig({ file, env: {}, cwd: folder })
    if (!loaded.ok) throw new Error('the file is right')
    const lines = bad(checkConfiguration({ ...loaded, file }))
    expect(lines).toContain('warning: this limit is off')
    expect(lines.join()).toContain('holds secrets (tls.privateKeyPassphrase)')
    expect(JSON.stringify(checkConfiguration({ ...loaded, file }))).not.toContain('"secret"')
  })

  it('a list of servers that is not there, or does not name this one', () => {
    expect(bad(checkTopologyFile(config()).findings)).toEqual([])
    const file = join(folder, 'topology.yaml')
    const of = () => config({ 'topology.file': file, 'server.name': 'home1.example.test' })
    expect(bad(checkTopologyFile(of()).findings).join()).toContain('no such file')
  })
})
