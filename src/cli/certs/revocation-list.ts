/**
 * Writes the list of revoked certificates of an authority anew, from its register.
 */
import type { CertificateAndKey, CertificateFiles } from '../../certificates/index.ts'
import { loadCertificates } from './data-folder.ts'

export interface WrittenList {
  readonly file: string
  readonly number: number
  readonly revokedCount: number
}

/** Throws what the file system throws. The number is noted first: none is used twice (RFC 5280 §5.2.3). */
export async function writeRevocationList(
  files: CertificateFiles,
  authority: CertificateAndKey,
  days: number,
): Promise<WrittenList> {
  const { createRevocationList, readRegister, recordList, revocationListFile, writePublicFile } =
    await loadCertificates()
  const { revoked, listNumber } = readRegister(files)
  const number = listNumber + 1
  const pem = await createRevocationList({ authority, number, revocations: revoked, days, nowMs: Date.now() })
  recordList(files, number)
  const file = revocationListFile(files)
  writePublicFile(file, `${pem.trim()}\n`)
  return { file, number, revokedCount: revoked.length }
}
