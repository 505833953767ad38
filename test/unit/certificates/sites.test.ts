/**
 * Authorities below a root, requests, and revocation lists: OpenSSL, as Node has it, is the judge in handshakes
 * (RFC 5280 §5, §6; RFC 2986).
 */
import { X509Certificate } from 'node:crypto'
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { connect, createServer } from 'node:tls'
import { afterAll, describe, expect, it } from 'vitest'
import {
  type CertificateAndKey,
  createAuthority,
  createIntermediate,
  createRequest,
  createRevocationList,
  describeCertificate,
  describeRevocationList,
  isIssuedBy,
  isPair,
  issueCertificate,
  issueForRequest,
  openRequest,
  pemCertificates,
  readCertificates,
  readRegister,
  recordIssued,
  recordList,
  recordRevoked,
  registerFile,
} from '../../../src/certificates/index.ts'

const folder = mkdtempSync(join(tmpdir(), 'meridian-sites-'))
afterAll(() => rmSync(folder, { recursive: true }))

const root = await createAuthority({ commonName: 'Root', levelsBelow: 1 })
const berlin = await createIntermediate({ authority: root, commonName: 'Berlin' })
const paris = await createIntermediate({ authority: root, commonName: 'Paris' })
const server = await issueCertificate({ authority: berlin, names: ['home1.example.test', 'sip:example.test'] })

/** What a client that believes `ca` and these lists says of a server; null: it is content. */
async function verdict(shown: CertificateAndKey, ca: string, crl: string[] = []): Promise<string | null> {
  const listener = createServer({ cert: shown.certificatePem, key: shown.keyPem })
  await new Promise<void>((resolve) => listener.listen(0, '127.0.0.1', resolve))
  const { port } = listener.address() as AddressInfo
  const name = describeCertificate(shown.certificatePem).names[0]!
  return new Promise((resolve) => {
    const lists = crl.length > 0 ? { crl } : {}
    const socket = connect({ host: '127.0.0.1', port, ca, servername: name, ...lists })
    const end = (result: string | null) => {
      socket.destroy()
      listener.close(() => resolve(result))
    }
    socket.once('secureConnect', () => end(null))
    socket.once('error', (error: NodeJS.ErrnoException) => end(error.code ?? error.message))
  })
}

describe('an authority of a site', () => {
  it('is below its root, signs servers only, and they are believed by whoever believes the root', async () => {
    expect(describeCertificate(berlin.certificatePem)).toMatchObject({ issuer: 'CN=Root', isAuthority: true })
    expect(pemCertificates(berlin.certificatePem)).toHaveLength(2)
    expect(pemCertificates(server.certificatePem)).toHaveLength(2)
    expect(await verdict(server, root.certificatePem)).toBe(null)
    expect(await verdict(server, berlin.certificatePem)).toBe(null)
    const other = await createAuthority({ commonName: 'Root' })
    expect(await verdict(server, other.certificatePem)).toMatch(/SELF_SIGNED|UNABLE_TO/)
  })

  it('cannot make another below it, nor can a root for servers only (RFC 5280 §4.2.1.9)', async () => {
    await expect(createIntermediate({ authority: berlin, commonName: 'X' })).rejects.toThrow('servers only')
    const plain = await createAuthority({ commonName: 'Plain' })
    await expect(createIntermediate({ authority: plain, commonName: 'X' })).rejects.toThrow('servers only')
    await expect(createIntermediate({ authority: server, commonName: 'X' })).rejects.toThrow('servers only')
  })

  it('does not outlive its root', async () => {
    const brief = await createAuthority({ commonName: 'Brief', levelsBelow: 1, days: 3 })
    const below = await createIntermediate({ authority: brief, commonName: 'Below' })
    const [own, above] = pemCertificates(below.certificatePem).map(describeCertificate)
    expect(own!.notAfterMs).toBe(above!.notAfterMs)
  })
})

describe('a revocation list', () => {
  const nowMs = Date.now()
  const serialNumber = describeCertificate(server.certificatePem).serialNumber
  const listOf = (authority: CertificateAndKey, serials: string[], days = 10) =>
    createRevocationList({
      authority,
      number: 130,
      revocations: serials.map((serial) => ({ serialNumber: serial, revokedAtMs: nowMs, reason: 'key-compromise' })),
      nowMs,
      days,
    })

  it('has a server refused that it names, and another one not', async () => {
    const ofRoot = await listOf(root, [])
    const other = await issueCertificate({ authority: berlin, names: ['home2.example.test'] })
    const ofBerlin = await listOf(berlin, [serialNumber])
    expect(await verdict(server, root.certificatePem, [ofRoot, ofBerlin])).toBe('CERT_REVOKED')
    expect(await verdict(other, root.certificatePem, [ofRoot, ofBerlin])).toBe(null)
  })

  it('of a root revokes the authority of a site with all its servers', async () => {
    const ofRoot = await listOf(root, [describeCertificate(berlin.certificatePem).serialNumber])
    const ofSites = [await listOf(berlin, []), await listOf(paris, [])]
    expect(await verdict(server, root.certificatePem, [ofRoot, ...ofSites])).toBe('CERT_REVOKED')
    const elsewhere = await issueCertificate({ authority: paris, names: ['home3.example.test'] })
    expect(await verdict(elsewhere, root.certificatePem, [ofRoot, ...ofSites])).toBe(null)
  })

  it('that has ended, or is missing for an authority in the chain, has everybody refused', async () => {
    const ofRoot = await listOf(root, [])
    const ended = await createRevocationList({
      authority: berlin,
      number: 1,
      revocations: [],
      nowMs: nowMs - 3 * 86_400_000,
      days: 1,
    })
    expect(await verdict(server, root.certificatePem, [ofRoot, ended])).toBe('CRL_HAS_EXPIRED')
    expect(await verdict(server, root.certificatePem, [ofRoot])).toBe('UNABLE_TO_GET_CRL')
  })

  it('says what it holds', async () => {
    expect(describeRevocationList(await listOf(berlin, [serialNumber]))).toEqual({
      issuer: 'CN=Berlin',
      thisUpdateMs: Math.floor(nowMs / 1000) * 1000,
      nextUpdateMs: Math.floor(nowMs / 1000) * 1000 + 10 * 86_400_000,
      serialNumbers: [serialNumber],
    })
  })
})

describe('a request', () => {
  const names = ['home1.example.test', 'example.test', 'sip:example.test']

  it('carries the names and is signed with its own key (RFC 2986 §3)', async () => {
    const { requestPem, keyPem } = await createRequest(names)
    const opened = await openRequest(requestPem)
    expect(opened?.names).toEqual(names)
    const certificatePem = await issueForRequest({ authority: berlin, names }, opened!)
    expect(isPair(certificatePem, keyPem)).toBe(true)
    expect(isIssuedBy(certificatePem, berlin.certificatePem)).toBe(true)
    expect(describeCertificate(certificatePem)).toMatchObject({ names, usages: ['server', 'client'] })
    expect(await verdict({ certificatePem, keyPem }, root.certificatePem)).toBe(null)
  })

  it('that was changed on its way, or is none, is refused', async () => {
    const { requestPem } = await createRequest(names)
    const der = Buffer.from(requestPem.replace(/-----[A-Z ]+-----/g, ''), 'base64')
    const at = der.indexOf('example.test')
    der[at] = der[at]! ^ 1
    const label = 'CERTIFICATE REQUEST-----'
    const changed = `-----BEGIN ${label}\n${der.toString('base64')}\n-----END ${label}\n`
    expect(await openRequest(changed)).toBeNull()
    expect(await openRequest(requestPem)).not.toBeNull()
    expect(await openRequest('nothing')).toBeNull()
    expect(await openRequest(server.certificatePem)).toBeNull()
  })
})

describe('files of certificates', () => {
  it('are read as PEM with text around it and as DER; anything else is null', () => {
    const [first] = pemCertificates(server.certificatePem)
    const bagged = `Bag Attributes\n  name: x\n${server.certificatePem}`
    expect(readCertificates(Buffer.from(bagged))).toHaveLength(2)
    expect(readCertificates(new X509Certificate(first!).raw)).toHaveLength(1)
    expect(readCertificates(Buffer.from(server.keyPem))).toBeNull()
    expect(readCertificates(Buffer.from('nothing'))).toBeNull()
  })
})

describe('the register', () => {
  const files = { certFile: join(folder, 'berlin.crt') }

  it('is empty where there is none, and holds what was issued, revoked and listed, for its owner only', () => {
    expect(readRegister(files)).toEqual({ issued: [], revoked: [], listNumber: 0 })
    recordIssued(files, server.certificatePem)
    const { serialNumber, fingerprint } = describeCertificate(server.certificatePem)
    const revocation = { serialNumber, revokedAtMs: 5, reason: 'superseded' as const }
    recordRevoked(files, revocation)
    recordList(files, 3)
    const register = readRegister(files)
    expect(register).toMatchObject({ issued: [{ serialNumber, fingerprint }], revoked: [revocation], listNumber: 3 })
    expect(statSync(registerFile(files)).mode & 0o777).toBe(0o600)
  })

  it('that is damaged is said with its line', () => {
    const path = registerFile(files)
    writeFileSync(path, `${readFileSync(path, 'utf8')}{"kind":"iss`)
    expect(() => readRegister(files)).toThrow('berlin.issued.jsonl:4: this line is damaged')
  })
})
