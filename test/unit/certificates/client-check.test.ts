/**
 * Whom a client's certificate signs in (RFC 5280 §4.2.1.6, §6): its names, and each way to be worth nothing.
 */
import { expect, it } from 'vitest'
import { checkClient, type LinkTrust, type UserNameKind } from '../../../src/certificates/index.ts'
import type { LinkEvidence } from '../../../src/ports/link-flow.ts'
import {
  asX509,
  type Issued,
  issue,
  usageOfClients,
  usageOfServers,
  type Wanted,
} from '../../support/issued-certificates.ts'

const root = await issue({ name: 'Users', isAuthority: true }, null)
const other = await issue({ name: 'Others', isAuthority: true }, null)
const issuing = await issue({ name: 'Issuing', isAuthority: true, pathLength: 0 }, root)
const alice = {
  name: 'alice',
  usages: [usageOfClients],
  user: [{ type: 'url', value: 'sip:alice@example.test' }],
} as const
const trust: LinkTrust = { authorities: [asX509(root)], revocations: [] }
const everyKind: readonly UserNameKind[] = ['sip-uri', 'email', 'upn']

function shown(...chain: readonly Issued[]): LinkEvidence {
  return {
    chain: chain.map(({ certificate }) => new Uint8Array(certificate.rawData)),
    isResumed: false,
    distrust: null,
  }
}

function check(evidence: LinkEvidence, kinds = everyKind, against = trust) {
  const verdict = checkClient(evidence, kinds, against, Date.now())
  return verdict.ok ? verdict.names : verdict.refusal.reason
}

it.each([
  ['sip-uri', { type: 'url', value: 'sip:alice@example.test' }],
  ['email', { type: 'email', value: 'alice@example.test' }],
  ['upn', { type: 'upn', value: 'alice@example.test' }],
] as const)('names a user by its %s, where that counts', async (kind, name) => {
  const evidence = shown(await issue({ ...alice, user: [name] }, root))
  expect(check(evidence, [kind])).toEqual(['sip:alice@example.test'])
  expect(
    check(
      evidence,
      everyKind.filter((each) => each !== kind),
    ),
  ).toBe('no-user-name')
})

it('is believed from an authority below, sent along or configured, and in a resumed session', async () => {
  const leaf = await issue(alice, issuing)
  expect(check(shown(leaf, issuing))).toEqual(['sip:alice@example.test'])
  expect(check(shown(leaf), everyKind, { ...trust, authorities: [asX509(issuing)] })).toHaveLength(1)
  expect(check({ ...shown(await issue(alice, root)), isResumed: true })).toHaveLength(1)
})

const notAuthority = await issue(alice, root)
const revoked = await issue(alice, root)
const serialNumbers = new Set([revoked.certificate.serialNumber.replace(/^0+(?=.)/, '')])
const withList: LinkTrust = { ...trust, revocations: [{ issuer: asX509(root).subject, serialNumbers }] }

it.each<[string, () => Promise<LinkEvidence>]>([
  ['unreadable', async () => ({ ...shown(), chain: [Buffer.from('no certificate')] })],
  ['unknown-authority', async () => shown(await issue(alice, other))],
  ['unknown-authority', async () => shown(await issue(alice, issuing))],
  ['self-signed', async () => shown(await issue(alice, null))],
  ['expired', async () => shown(await issue({ ...alice, fromDays: -9, untilDays: -1 }, root))],
  ['not-yet-valid', async () => shown(await issue({ ...alice, fromDays: 1 }, root))],
  ['no-client-usage', async () => shown(await issue({ ...alice, usages: [usageOfServers] }, root))],
  ['no-user-name', async () => shown(await issue({ ...alice, user: [], dns: ['alice.example.test'] }, root))],
  ['no-user-name', async () => shown(await issue(named('sip:example.test'), root))],
  ['no-user-name', async () => shown(await issue(named('https://example.test/alice@example.test'), root))],
  ['issuer-is-no-authority', async () => shown(await issue(alice, notAuthority), notAuthority)],
  ['revoked', async () => shown(revoked)],
  ['distrusted', async () => ({ ...shown(await issue(alice, root)), distrust: 'PERMITTED_VIOLATION' })],
])('is refused as %s', async (reason, evidence) => {
  expect(check(await evidence(), everyKind, withList)).toBe(reason)
})

function named(value: string): Wanted {
  return { ...alice, user: [{ type: 'url', value }] }
}
