/**
 * Whether a peer is the server that it says it is (D§9.2, P5): a good one, and each way to be none.
 */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, it } from 'vitest'
import { checkPeer, type LinkTrust, readLinkTrust } from '../../../src/certificates/index.ts'
import type { ClaimedPeer, LinkEvidence } from '../../../src/ports/link-flow.ts'
import {
  asX509,
  crlPemOf,
  fingerprintOf,
  type Issued,
  issue,
  pemOf,
  usageOfClients,
  usageOfServers,
  type Wanted,
} from '../../support/issued-certificates.ts'
import { topologyOf } from '../../support/link-world.ts'

const nowMs = Date.now()
const root = await issue({ name: 'Root', isAuthority: true }, null)
const otherRoot = await issue({ name: 'Other root', isAuthority: true }, null)
const issuing = await issue({ name: 'Issuing', isAuthority: true, pathLength: 0 }, root)
const home: Wanted = { name: 'home', dns: ['home.example.test'] }
const topology = topologyOf({ 'home.example.test': 'home', 'edge.example.test': 'front-end' })
const asHome: ClaimedPeer = { name: 'home.example.test', role: 'home' }

const trust: LinkTrust = { authorities: [asX509(root)], revocations: [] }

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
  expect(reasonOf(evidence, asHome, { ...trust, authorities: [asX509(issuing)] })).toBe(null)
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
  ['no-server-usage', async () => shown(await issue({ ...home, usages: [usageOfClients] }, root))],
  ['no-client-usage', async () => shown(await issue({ ...home, usages: [usageOfServers] }, root))],
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
  const stolen = await issue(home, root)
  const denying = { ...topology, deniedFingerprints: [fingerprintOf(stolen)] }
  expect(reasonOf(shown(stolen), asHome, trust, denying)).toBe('denied')
  expect(reasonOf(shown(await issue(home, root)), asHome, trust, denying)).toBe(null)
})

it('refuses all that an authority on the deny list has issued, whether it is sent along or configured', async () => {
  const denying = { ...topology, deniedFingerprints: [fingerprintOf(issuing)] }
  const evidence = shown(await issue(home, issuing), issuing)
  expect(reasonOf(evidence, asHome, trust, denying)).toBe('denied')
  const both = { ...trust, authorities: [asX509(issuing), asX509(root)] }
  expect(reasonOf(evidence, asHome, both, denying)).toBe('denied')
  expect(reasonOf(shown(await issue(home, root)), asHome, both, denying)).toBe(null)
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

it('refuses what a revocation list of the authority names, also one that is out of date, which is told', async () => {
  const leaf = await issue(home, issuing)
  const caFile = file('ca.pem', pemOf(root, issuing))
  const crlFiles = [file('leaf.crl', await crlPemOf(issuing, [leaf.certificate.serialNumber], -1))]
  const read = await readLinkTrust({ caFile, crlFiles }, nowMs)
  expect(read.outdated).toEqual(crlFiles)
  expect(reasonOf(shown(leaf), asHome, read)).toBe('revoked')
  expect(reasonOf(shown(await issue(home, issuing)), asHome, read)).toBe(null)
})

it('refuses all below an authority that was revoked', async () => {
  const caFile = file('ca.pem', pemOf(root))
  const crlFiles = [file('root.crl', await crlPemOf(root, [issuing.certificate.serialNumber]))]
  const read = await readLinkTrust({ caFile, crlFiles }, nowMs)
  expect(reasonOf(shown(await issue(home, issuing), issuing), asHome, read)).toBe('revoked')
})

it('takes no list that none of the authorities has signed, and no file that is something else', async () => {
  const caFile = file('ca.pem', pemOf(root))
  const foreign = file('foreign.crl', await crlPemOf(otherRoot, ['01']))
  await expect(readLinkTrust({ caFile, crlFiles: [foreign] }, nowMs)).rejects.toThrow(
    /signed by none of the authorities/,
  )
  const junk = file('junk.crl', 'junk')
  await expect(readLinkTrust({ caFile, crlFiles: [junk] }, nowMs)).rejects.toThrow(/is no certificate revocation list/)
  await expect(readLinkTrust({ caFile: junk }, nowMs)).rejects.toThrow(/holds no certificate/)
  const leafFile = file('leaf.pem', pemOf(await issue(home, root)))
  await expect(readLinkTrust({ caFile: leafFile }, nowMs)).rejects.toThrow(/which is no authority/)
})
