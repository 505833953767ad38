/**
 * Whether a peer is the server that it says it is (D§9.2, P5): a good one, and each way to be none.
 */
import 'reflect-metadata'
import { webcrypto, X509Certificate } from 'node:crypto'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import {
  AuthorityKeyIdentifierExtension,
  BasicConstraintsExtension,
  type X509Certificate as EditableCertificate,
  ExtendedKeyUsageExtension,
  KeyUsageFlags,
  KeyUsagesExtension,
  SubjectAlternativeNameExtension,
  X509CertificateGenerator,
  X509CrlGenerator,
} from '@peculiar/x509'
import { afterAll, expect, it } from 'vitest'
import { checkPeer, type LinkTrust, readLinkTrust } from '../../../src/certificates/index.ts'
import type { ClaimedPeer, LinkEvidence } from '../../../src/ports/link-flow.ts'
import { topologyOf } from '../../support/link-world.ts'

const dayMs = 86_400_000
const nowMs = Date.now()
const serverAuth = '1.3.6.1.5.5.7.3.1'
const clientAuth = '1.3.6.1.5.5.7.3.2'
const algorithm = { name: 'ECDSA', namedCurve: 'P-256' }
const signingAlgorithm = { name: 'ECDSA', hash: 'SHA-256' }

interface Issued {
  readonly certificate: EditableCertificate
  readonly keys: webcrypto.CryptoKeyPair
}

interface Wanted {
  readonly name: string
  readonly dns?: readonly string[]
  readonly usages?: readonly string[]
  readonly isAuthority?: boolean
  readonly pathLength?: number
  readonly fromDays?: number
  readonly untilDays?: number
}

let serial = 1
async function issue(wanted: Wanted, issuer: Issued | null): Promise<Issued> {
  const keys = (await webcrypto.subtle.generateKey(algorithm, true, ['sign', 'verify'])) as webcrypto.CryptoKeyPair
  const { name, dns = [], usages = [serverAuth, clientAuth], isAuthority = false, pathLength } = wanted
  const certificate = await X509CertificateGenerator.create({
    serialNumber: (serial++).toString(16).padStart(4, '0'),
    subject: `CN=${name}`,
    issuer: issuer ? issuer.certificate.subject : `CN=${name}`,
    notBefore: new Date(nowMs + (wanted.fromDays ?? -1) * dayMs),
    notAfter: new Date(nowMs + (wanted.untilDays ?? 100) * dayMs),
    signingAlgorithm,
    publicKey: keys.publicKey,
    signingKey: (issuer?.keys ?? keys).privateKey,
    extensions: [
      new BasicConstraintsExtension(isAuthority, pathLength, true),
      isAuthority
        ? new KeyUsagesExtension(KeyUsageFlags.keyCertSign | KeyUsageFlags.cRLSign, true)
        : new ExtendedKeyUsageExtension([...usages]),
      ...(dns.length === 0
        ? []
        : [new SubjectAlternativeNameExtension(dns.map((value) => ({ type: 'dns' as const, value })))]),
      ...(issuer ? [await AuthorityKeyIdentifierExtension.create(issuer.keys.publicKey)] : []),
    ],
  })
  return { certificate, keys }
}

const root = await issue({ name: 'Root', isAuthority: true }, null)
const otherRoot = await issue({ name: 'Other root', isAuthority: true }, null)
const issuing = await issue({ name: 'Issuing', isAuthority: true, pathLength: 0 }, root)
const home: Wanted = { name: 'home', dns: ['home.example.test'] }
const topology = topologyOf({ 'home.example.test': 'home', 'edge.example.test': 'front-end' })
const asHome: ClaimedPeer = { name: 'home.example.test', role: 'home' }

const node = ({ certificate }: Issued) => new X509Certificate(certificate.toString('pem'))
const trust: LinkTrust = { authorities: [node(root)], revocations: [] }

function shown(...chain: readonly Issued[]): LinkEvidence {
  return {
    chain: chain.map(({ certificate }) => new Uint8Array(certificate.rawData)),
    isResumed: false,
    distrust: null,
  }
}

const reasonOf = (evidence: LinkEvidence, peer = asHome, against = trust, servers = topology) =>
  checkPeer(evidence, peer, servers, against, nowMs)?.reason ?? null

it('believes a server whose certificate the authority has issued, or an authority below it', async () => {
  expect(reasonOf(shown(await issue(home, root)))).toBe(null)
  expect(reasonOf(shown(await issue(home, issuing), issuing))).toBe(null)
  expect(reasonOf(shown(await issue(home, issuing), issuing, root))).toBe(null)
})

it('believes it too where only the issuing authority is configured', async () => {
  const evidence = shown(await issue(home, issuing))
  expect(reasonOf(evidence, asHome, { ...trust, authorities: [node(issuing)] })).toBe(null)
})

it.each([
  ['no-certificate', async () => shown()],
  ['resumed-session', async () => ({ ...shown(await issue(home, root)), isResumed: true })],
  ['unreadable', async () => ({ ...shown(), chain: [Buffer.from('no certificate')] })],
  ['unreadable', async () => ({ ...shown(), chain: [...shown(await issue(home, root)).chain, Buffer.from('junk')] })],
  ['unknown-authority', async () => shown(await issue(home, otherRoot))],
  ['unknown-authority', async () => shown(await issue(home, otherRoot), otherRoot)],
  ['unknown-authority', async () => shown(await issue(home, issuing))],
  ['self-signed', async () => shown(await issue(home, null))],
  ['issuer-is-no-authority', async () => withLeafAsAuthority()],
  ['chain-too-long', async () => withTooManyAuthorities()],
  ['expired', async () => shown(await issue({ ...home, fromDays: -10, untilDays: -1 }, root))],
  ['expired', async () => withExpiredAuthority()],
  ['not-yet-valid', async () => shown(await issue({ ...home, fromDays: 1 }, root))],
  ['no-server-usage', async () => shown(await issue({ ...home, usages: [clientAuth] }, root))],
  ['no-client-usage', async () => shown(await issue({ ...home, usages: [serverAuth] }, root))],
  ['wrong-name', async () => shown(await issue({ name: 'home.example.test', dns: ['www.example.test'] }, root))],
  ['wrong-name', async () => shown(await issue({ name: 'home.example.test', dns: ['*.example.test'] }, root))],
  ['wrong-name', async () => shown(await issue({ name: 'home.example.test' }, root))],
  ['distrusted', async () => ({ ...shown(await issue(home, root)), distrust: 'PERMITTED_VIOLATION' })],
])('refuses with %s', async (reason, evidence) => {
  expect(reasonOf(await evidence())).toBe(reason)
})

async function withLeafAsAuthority(): Promise<LinkEvidence> {
  const leaf = await issue({ name: 'leaf', dns: ['leaf.example.test'] }, root)
  return shown(await issue(home, leaf), leaf)
}

async function withTooManyAuthorities(): Promise<LinkEvidence> {
  const below = await issue({ name: 'Below', isAuthority: true }, issuing)
  return shown(await issue(home, below), below, issuing)
}

async function withExpiredAuthority(): Promise<LinkEvidence> {
  const old = await issue({ name: 'Old', isAuthority: true, fromDays: -10, untilDays: -1 }, root)
  return shown(await issue(home, old), old)
}

it('refuses a name that the topology does not list, or lists in another role', async () => {
  const evidence = shown(await issue({ name: 'x', dns: ['home.example.test', 'stranger.example.test'] }, root))
  expect(reasonOf(evidence, { name: 'stranger.example.test', role: 'home' })).toBe('not-in-topology')
  expect(reasonOf(evidence, { name: 'home.example.test', role: 'front-end' })).toBe('wrong-role')
})

it('refuses a certificate on the deny list', async () => {
  const evidence = shown(await issue(home, root))
  const fingerprint = new X509Certificate(evidence.chain[0]!).fingerprint256.replaceAll(':', '').toLowerCase()
  expect(reasonOf(evidence, asHome, trust, { ...topology, deniedFingerprints: [fingerprint] })).toBe('denied')
})

it('says the names that it expected and saw', async () => {
  const evidence = shown(await issue({ name: 'x', dns: ['a.test', 'b.test'] }, root))
  expect(checkPeer(evidence, asHome, topology, trust, nowMs)).toEqual({
    reason: 'wrong-name',
    expected: 'home.example.test',
    seen: 'a.test, b.test',
    names: 'a.test, b.test',
  })
})

const folder = mkdtempSync(join(tmpdir(), 'meridian-test-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

function file(name: string, content: string): string {
  const path = join(folder, name)
  writeFileSync(path, content)
  return path
}

const pem = (...issued: readonly Issued[]) => issued.map(({ certificate }) => certificate.toString('pem')).join('\n')

async function crlOf(issuer: Issued, serials: readonly string[], nextDays = 30): Promise<string> {
  const list = await X509CrlGenerator.create({
    issuer: issuer.certificate.subject,
    thisUpdate: new Date(nowMs - dayMs),
    nextUpdate: new Date(nowMs + nextDays * dayMs),
    signingAlgorithm,
    signingKey: issuer.keys.privateKey,
    entries: serials.map((serialNumber) => ({ serialNumber, revocationDate: new Date(nowMs - dayMs) })),
  })
  return list.toString('pem')
}

it('refuses what a revocation list of the authority names, also one that is out of date, which is told', async () => {
  const leaf = await issue(home, issuing)
  const caFile = file('ca.pem', pem(root, issuing))
  const crlFiles = [file('leaf.crl', await crlOf(issuing, [leaf.certificate.serialNumber], -1))]
  const read = await readLinkTrust({ caFile, crlFiles }, nowMs)
  expect(read.outdated).toEqual(crlFiles)
  expect(reasonOf(shown(leaf), asHome, read)).toBe('revoked')
  expect(reasonOf(shown(await issue(home, issuing)), asHome, read)).toBe(null)
})

it('refuses all below an authority that was revoked', async () => {
  const caFile = file('ca.pem', pem(root))
  const crlFiles = [file('root.crl', await crlOf(root, [issuing.certificate.serialNumber]))]
  const read = await readLinkTrust({ caFile, crlFiles }, nowMs)
  expect(reasonOf(shown(await issue(home, issuing), issuing), asHome, read)).toBe('revoked')
})

it('takes no list that none of the authorities has signed, and no file that is something else', async () => {
  const caFile = file('ca.pem', pem(root))
  const foreign = file('foreign.crl', await crlOf(otherRoot, ['01']))
  await expect(readLinkTrust({ caFile, crlFiles: [foreign] }, nowMs)).rejects.toThrow(
    /signed by none of the authorities/,
  )
  const junk = file('junk.crl', 'junk')
  await expect(readLinkTrust({ caFile, crlFiles: [junk] }, nowMs)).rejects.toThrow(/is no certificate revocation list/)
  await expect(readLinkTrust({ caFile: junk }, nowMs)).rejects.toThrow(/holds no certificate in PEM/)
  const leafFile = file('leaf.pem', pem(await issue(home, root)))
  await expect(readLinkTrust({ caFile: leafFile }, nowMs)).rejects.toThrow(/which is no authority/)
})
