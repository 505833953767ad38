/** The private authority: what it issues is accepted by OpenSSL, and says what was asked for (RFC 5280, RFC 5922). */
import { X509Certificate } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import {
  createAuthority,
  describeCertificate,
  isIssuedBy,
  isPair,
  issueCertificate,
  parseCertificateName,
  renewCertificate,
} from '../../../src/certificates/index.ts'

const dayMs = 86_400_000
const authority = await createAuthority({ commonName: 'Example authority' })

describe('createAuthority', () => {
  it('makes an authority that signs leaves only', () => {
    const description = describeCertificate(authority.certificatePem)
    expect(description).toMatchObject({ subject: 'CN=Example authority', isAuthority: true, names: [], usages: [] })
    expect(isPair(authority.certificatePem, authority.keyPem)).toBe(true)
    expect(isIssuedBy(authority.certificatePem, authority.certificatePem)).toBe(true)
  })
})

describe('issueCertificate', () => {
  it('carries DNS names, addresses and SIP domains (RFC 5922 §7.1), on EC P-256', async () => {
    const names = ['sip.example.test', '*.example.test', 'sip:example.test', '127.0.0.1', '2001:db8::1']
    const issued = await issueCertificate({ authority, names })
    const description = describeCertificate(issued.certificatePem)
    expect(description).toMatchObject({ subject: 'CN=sip.example.test', issuer: 'CN=Example authority', names })
    expect(description).toMatchObject({ usages: ['server', 'client'], isAuthority: false })
    expect(isIssuedBy(issued.certificatePem, authority.certificatePem)).toBe(true)
    expect(isPair(issued.certificatePem, issued.keyPem)).toBe(true)
    expect(isPair(issued.certificatePem, authority.keyPem)).toBe(false)
    const { publicKey } = new X509Certificate(issued.certificatePem)
    expect(publicKey.asymmetricKeyDetails).toEqual({ namedCurve: 'prime256v1' })
  })

  it('adds the purpose of SIP domains only where there is one (RFC 5924 §4)', async () => {
    const purposesOf = async (name: string) => {
      const { certificatePem } = await issueCertificate({ authority, names: [name], usages: ['client'] })
      return new X509Certificate(certificatePem).keyUsage
    }
    expect(await purposesOf('sip:example.test')).toEqual(['1.3.6.1.5.5.7.3.2', '1.3.6.1.5.5.7.3.20'])
    expect(await purposesOf('example.test')).toEqual(['1.3.6.1.5.5.7.3.2'])
  })

  it('lasts as long as asked, from an hour before now', async () => {
    const nowMs = Date.UTC(2030, 0, 1)
    const { certificatePem } = await issueCertificate({ authority, names: ['a.test'], days: 10, nowMs })
    const description = describeCertificate(certificatePem)
    expect(description.notBeforeMs).toBe(nowMs - 3_600_000)
    expect(description.notAfterMs).toBe(nowMs + 10 * dayMs)
  })

  it('never outlives its authority', async () => {
    const nowMs = Date.UTC(2030, 0, 1)
    const short = await createAuthority({ commonName: 'Short', days: 5, nowMs })
    const { certificatePem } = await issueCertificate({ authority: short, names: ['a.test'], days: 50, nowMs })
    expect(describeCertificate(certificatePem).notAfterMs).toBe(nowMs + 5 * dayMs)
  })

  it('gives each certificate a serial number of its own', async () => {
    const issue = async () =>
      describeCertificate((await issueCertificate({ authority, names: ['a.test'] })).certificatePem)
    const [first, second] = [await issue(), await issue()]
    expect(first.serialNumber).not.toBe(second.serialNumber)
    expect(first.serialNumber).toHaveLength(32)
  })

  it('refuses what is no name, and none at all', async () => {
    await expect(issueCertificate({ authority, names: ['sip:alice@a.test'] })).rejects.toThrow(
      '"sip:alice@a.test" is no',
    )
    await expect(issueCertificate({ authority, names: [] })).rejects.toThrow('at least one name')
  })

  it('is not taken for one of another authority with the same name', async () => {
    const twin = await createAuthority({ commonName: 'Example authority' })
    const { certificatePem } = await issueCertificate({ authority: twin, names: ['a.test'] })
    expect(isIssuedBy(certificatePem, authority.certificatePem)).toBe(false)
  })
})

describe('renewCertificate', () => {
  it('keeps names and usages, and takes a fresh key', async () => {
    const names = ['sip:example.test', 'a.test', '::1']
    const old = await issueCertificate({ authority, names, usages: ['server'], days: 1 })
    const renewed = await renewCertificate({ authority, certificatePem: old.certificatePem, days: 30 })
    const [before, after] = [describeCertificate(old.certificatePem), describeCertificate(renewed.certificatePem)]
    expect(after).toMatchObject({ names, usages: ['server'] })
    expect(after.notAfterMs).toBeGreaterThan(before.notAfterMs)
    expect(renewed.keyPem).not.toBe(old.keyPem)
  })
})

describe('parseCertificateName', () => {
  it.each([
    ['Example.TEST', { kind: 'dns', value: 'example.test' }],
    ['*.example.test', { kind: 'dns', value: '*.example.test' }],
    ['192.0.2.1', { kind: 'ip', value: '192.0.2.1' }],
    ['::1', { kind: 'ip', value: '::1' }],
    ['sip:Example.test', { kind: 'uri', value: 'sip:example.test' }],
    ['sips:example.test', { kind: 'uri', value: 'sip:example.test' }],
  ])('reads %s', (text, expected) => {
    expect(parseCertificateName(text)).toEqual(expected)
  })

  it.each(['', 'a..test', '-a.test', 'a.*.test', 'sip:', 'sip:a@b.test', 'http://a.test', '1.2.3', '300.1.1.1', 'a b'])(
    'refuses "%s"',
    (text) => {
      expect(parseCertificateName(text)).toBeNull()
    },
  )
})
