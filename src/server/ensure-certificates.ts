/**
 * A certificate for a first start: where none is configured and none lies in the data folder, our own authority is
 * made and issues one. What is there is never replaced here.
 */
import { existsSync, mkdirSync } from 'node:fs'
import { dirname } from 'node:path'
import {
  createAuthority,
  issueCertificate,
  readCertificate,
  recordIssued,
  writeCertificate,
} from '../certificates/index.ts'
import type { DataPaths } from '../config/index.ts'

export async function ensureCertificates(
  paths: DataPaths,
  of: { domain: string; names: readonly string[] },
): Promise<'present' | 'made'> {
  const { authority, certificate } = paths
  if (existsSync(certificate.certFile) && existsSync(certificate.keyFile)) return 'present'
  mkdirSync(dirname(authority.certFile), { recursive: true, mode: 0o700 })
  if (!existsSync(authority.certFile)) {
    writeCertificate(authority, await createAuthority({ commonName: `Meridian authority of ${of.domain}` }))
  }
  const issued = await issueCertificate({ authority: readCertificate(authority), names: of.names })
  recordIssued(authority, issued.certificatePem)
  writeCertificate(certificate, issued)
  return 'made'
}
