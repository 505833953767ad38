/** Certificates for tests of TLS, made anew for each file of tests and thrown away with it. */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll } from 'vitest'
import {
  type CertificateAndKey,
  type CertificateFiles,
  createAuthority,
  issueCertificate,
  writeCertificate,
  writePublicFile,
} from '../../../src/certificates/index.ts'

export interface TestAuthority {
  readonly folder: string
  readonly caPem: string
  readonly caFile: string
  issue(...names: string[]): Promise<CertificateAndKey>
  /** Issues into files of this base name. */
  files(name: string, ...names: string[]): Promise<CertificateFiles>
}

export async function createTestAuthority(): Promise<TestAuthority> {
  const folder = mkdtempSync(join(tmpdir(), 'meridian-test-'))
  afterAll(() => rmSync(folder, { recursive: true, force: true }))
  const authority = await createAuthority({ commonName: 'Meridian test authority' })
  const caFile = join(folder, 'ca.pem')
  writePublicFile(caFile, authority.certificatePem)
  const issue = (...names: string[]) => issueCertificate({ authority, names })
  const files = async (name: string, ...names: string[]) => {
    const paths = { certFile: join(folder, `${name}.pem`), keyFile: join(folder, `${name}.key`) }
    writeCertificate(paths, await issue(...names))
    return paths
  }
  return { folder, caPem: authority.certificatePem, caFile, issue, files }
}
