/**
 * docs/certificates.md: every command in it does what it says there.
 */
import { existsSync, writeFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import {
  createAuthority,
  createIntermediate,
  describeCertificate,
  describeRevocationList,
  isIssuedBy,
  isPair,
  issueForRequest,
  openRequest,
  pemCertificates,
} from '../../../src/certificates/index.ts'
import { dataFolders } from '../../support/data-folder.ts'
import { PageMachines, pageSections } from '../../support/page-commands.ts'

const newFolder = dataFolders()
const sections = pageSections('docs/certificates.md')

/** Runs a section from its beginning; `between` is called after each block. */
async function play(title: string, between: (machines: PageMachines, said: string) => unknown = () => {}) {
  const machines = new PageMachines(newFolder())
  for (const block of sections.get(title) ?? []) await between(machines, await machines.run(block))
  return machines
}

describe('docs/certificates.md', { timeout: 60_000 }, () => {
  it('has no section with commands that is not played here', () => {
    expect([...sections.keys()]).toEqual([
      'One server',
      'One site',
      'Several sites',
      'When a key is lost',
      "To a company's authority, without an outage",
    ])
  })

  it('One server', async () => {
    const machines = await play('One server')
    const shown = machines.read('alone', 'data/certificates/server.crt')
    expect(isIssuedBy(shown, machines.read('alone', 'data/certificates/authority.crt'))).toBe(true)
  })

  it('One site: the server shows what the root has issued for its own key', async () => {
    const machines = await play('One site')
    const shown = machines.read('home1', 'data/certificates/server.crt')
    expect(isIssuedBy(shown, machines.read('office', 'root.crt'))).toBe(true)
    expect(isPair(shown, machines.read('home1', 'data/certificates/server.key'))).toBe(true)
    expect(existsSync(machines.path('office', 'home1.key'))).toBe(false)
  })

  it('Several sites: a server carries the authority of its site, and the root’s key stays in the safe', async () => {
    const machines = await play('Several sites')
    const [own, site] = pemCertificates(machines.read('home1', 'home1.example.test.crt'))
    expect(isIssuedBy(own!, site!)).toBe(true)
    expect(isIssuedBy(site!, machines.read('safe', 'root.crt'))).toBe(true)
    expect(describeRevocationList(machines.read('home1', 'root.crl')).serialNumbers).toEqual([])
    for (const machine of ['berlin-office', 'paris-office', 'home1']) {
      expect(existsSync(machines.path(machine, 'root.key'))).toBe(false)
    }
    expect(existsSync(machines.path('safe', 'berlin.key'))).toBe(false)
  })

  it('When a key is lost: the certificate is denied in the next version and on the list', async () => {
    const machines = await play('When a key is lost')
    const { fingerprint, serialNumber } = describeCertificate(machines.read('office', 'front1.example.test.crt'))
    expect(machines.read('front2', 'topology.yaml')).toContain('version: 8')
    expect(machines.read('front2', 'topology.yaml')).toContain(fingerprint)
    expect(describeRevocationList(machines.read('office', 'root.crl')).serialNumbers).toEqual([serialNumber])
  })

  it('To a company’s authority: the answer takes the place of what was shown before', async () => {
    const company = await createAuthority({ commonName: 'Company root', levelsBelow: 1 })
    const issuing = await createIntermediate({ authority: company, commonName: 'Company servers' })
    /** What the company does, whatever it uses. */
    const answer = async (machines: PageMachines) => {
      writeFileSync(machines.path('home1', 'company.crt'), company.certificatePem)
      writeFileSync(machines.path('home1', 'issuing.crt'), pemCertificates(issuing.certificatePem)[0]!)
      if (!existsSync(machines.path('home1', 'data/certificates/request.csr'))) return
      const request = await openRequest(machines.read('home1', 'data/certificates/request.csr'))
      const pem = await issueForRequest({ authority: issuing, names: request!.names }, request!)
      writeFileSync(machines.path('home1', 'answer.pem'), pemCertificates(pem)[0]!)
    }
    const machines = await play("To a company's authority, without an outage", answer)
    const [own, between] = pemCertificates(machines.read('home1', 'data/certificates/server.crt'))
    expect(describeCertificate(own!).issuer).toBe('CN=Company servers')
    expect(isIssuedBy(between!, company.certificatePem)).toBe(true)
    expect(existsSync(machines.path('home1', 'data/certificates/server.key.previous'))).toBe(true)
  })
})
