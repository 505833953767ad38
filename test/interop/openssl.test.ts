/**
 * OpenSSL's command line judges what `meridian certs` makes (RFC 5280, RFC 2986), and plays a company's authority whose
 * answers `certs install` takes or refuses.
 */
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { meridian } from '../support/command-line.ts'
import { describeClient } from './support/client-programs.ts'
import { runToEnd } from './support/program.ts'

describeClient(['openssl'], 'OpenSSL', () => {
  const cwd = mkdtempSync(join(tmpdir(), 'meridian-openssl-'))
  afterAll(() => rmSync(cwd, { recursive: true }))

  const openssl = (...argv: string[]) => runToEnd('openssl', argv, { cwd })
  const certs = async (...argv: string[]) => {
    const ran = await meridian(['certs', ...argv], { cwd })
    return { ...ran, output: ran.out + ran.err }
  }
  const made = async (...argv: string[]) => expect((await certs(...argv)).output).not.toContain('meridian:')

  beforeAll(async () => {
    writeFileSync(
      join(cwd, 'meridian.yaml'),
      'domain: { name: a.test }\nserver: { name: home1.a.test, role: home }\ntopology: { file: topology.yaml }\n',
    )
    writeFileSync(
      join(cwd, 'topology.yaml'),
      'version: 1\ndomains: [a.test]\nservers: [{ name: home1.a.test, role: home }]\n',
    )
    await made('ca', 'root', 'Root')
    await made('ca', 'intermediate', 'Berlin', '--authority', 'root', '--out', 'berlin')
    await made('issue', '--authority', 'berlin', '--role', 'home', '--name', 'home1.a.test')
    await made('issue', '--authority', 'berlin', '--role', 'home', '--name', 'home2.a.test')
    await made('ca', 'crl', '--authority', 'root')
    await made('ca', 'crl', '--authority', 'berlin')
  })

  const chain = ['-CAfile', 'root.crt', '-untrusted', 'berlin.crt']

  it.each(['sslserver', 'sslclient'])('verifies a server of a site by the root alone, for %s', async (purpose) => {
    const name = ['-verify_hostname', 'home1.a.test']
    const ran = await openssl('verify', '-x509_strict', ...chain, '-purpose', purpose, ...name, 'home1.a.test.crt')
    expect(ran).toEqual({ code: '0', output: 'home1.a.test.crt: OK\n' })
    const wrong = await openssl('verify', ...chain, '-verify_hostname', 'home2.a.test', 'home1.a.test.crt')
    expect(wrong.output).toContain('hostname mismatch')
  })

  it('reads our lists, and refuses what they name', async () => {
    for (const authority of ['root', 'berlin']) {
      const ran = await openssl('crl', '-in', `${authority}.crl`, '-noout', '-CAfile', `${authority}.crt`)
      expect(ran.output).toContain('verify OK')
    }
    writeFileSync(
      join(cwd, 'both.crl'),
      readFileSync(join(cwd, 'root.crl'), 'utf8') + readFileSync(join(cwd, 'berlin.crl'), 'utf8'),
    )
    const checked = ['verify', '-crl_check_all', '-CRLfile', 'both.crl', ...chain]
    expect(await openssl(...checked, 'home2.a.test.crt')).toMatchObject({ code: '0' })
    await made('revoke', 'home2.a.test.crt', '--authority', 'berlin', '--reason', 'key-compromise')
    writeFileSync(
      join(cwd, 'both.crl'),
      readFileSync(join(cwd, 'root.crl'), 'utf8') + readFileSync(join(cwd, 'berlin.crl'), 'utf8'),
    )
    expect((await openssl(...checked, 'home2.a.test.crt')).output).toContain('certificate revoked')
    expect(await openssl(...checked, 'home1.a.test.crt')).toMatchObject({ code: '0' })
    const { output } = await openssl('crl', '-in', 'berlin.crl', '-noout', '-text')
    expect(output).toMatch(/X509v3 CRL Number: *\n +2\n/)
    expect(output).toContain('Key Compromise')
  })

  it('reads our request, with its names and uses', async () => {
    await made('request')
    const ran = await openssl('req', '-in', 'data/certificates/request.csr', '-noout', '-verify', '-text')
    expect(ran.output).toContain('verify OK')
    expect(ran.output).toContain('DNS:home1.a.test, DNS:a.test, URI:sip:a.test')
    expect(ran.output).toContain('TLS Web Server Authentication, TLS Web Client Authentication')
  })

  it('as a company’s RSA authority answers it, in PEM and DER; a template for servers only is refused', async () => {
    mkdirSync(join(cwd, 'company'))
    const subject = ['-subj', '/CN=Company root', '-days', '900', '-nodes']
    const root = ['-newkey', 'rsa:2048', '-keyout', 'company/root.key', '-out', 'company/root.crt']
    expect(await openssl('req', '-x509', ...root, ...subject)).toMatchObject({ code: '0' })
    const by = ['-CA', 'company/root.crt', '-CAkey', 'company/root.key', '-CAcreateserial', '-days', '365']
    const request = ['x509', '-req', '-in', 'data/certificates/request.csr', ...by]
    const names = 'subjectAltName=DNS:home1.a.test,DNS:a.test\n'
    writeFileSync(join(cwd, 'company/web.cnf'), `${names}extendedKeyUsage=serverAuth\n`)
    await openssl(...request, '-extfile', 'company/web.cnf', '-out', 'web.pem')
    const refused = await certs('install', 'web.pem', '--authority', 'company/root.crt')
    expect([refused.code, refused.err]).toEqual([1, expect.stringContaining('no extended key usage clientAuth')])
    await openssl(...request, '-copy_extensions', 'copyall', '-outform', 'DER', '-out', 'answer.cer')
    const ran = await certs('install', 'answer.cer', '--authority', 'company/root.crt')
    expect([ran.code, ran.err]).toEqual([0, ''])
    expect(ran.out).toContain('names:   home1.a.test a.test sip:a.test')
    const shown = await openssl('verify', '-CAfile', 'company/root.crt', 'data/certificates/server.crt')
    expect(shown).toMatchObject({ code: '0' })
  })
})
