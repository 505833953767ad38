/**
 * What a revocation list says, as `certs show` prints it beside certificates.
 */
import type { RevocationListDescription } from '../../certificates/index.ts'
import { pairs } from '../table.ts'
import { isoDay, loadCertificates } from './data-folder.ts'

/** A list is made by one command; who must not forget it wants a week. */
const renewBeforeDays = 7

export interface ShownList extends RevocationListDescription {
  readonly file: string
}

/** Null: the file is something else. Throws for a list that cannot be read. */
export async function describedList(file: string, pem: string): Promise<ShownList | null> {
  if (!pem.includes('-----BEGIN X509 CRL-----')) return null
  const { describeRevocationList } = await loadCertificates()
  return { file, ...describeRevocationList(pem) }
}

export function listText({ file, issuer, thisUpdateMs, nextUpdateMs, serialNumbers }: ShownList): string {
  return pairs([
    ['file', file],
    ['list of', issuer],
    ['valid', `${isoDay(thisUpdateMs)} to ${nextUpdateMs === null ? 'no end' : isoDay(nextUpdateMs)}`],
    ['revoked', serialNumbers.length === 0 ? 'none' : serialNumbers.join(' ')],
  ])
}

export function listWarnings({ file, nextUpdateMs }: ShownList): readonly string[] {
  const days = nextUpdateMs === null ? Number.POSITIVE_INFINITY : Math.floor((nextUpdateMs - Date.now()) / 86_400_000)
  if (days >= renewBeforeDays) return []
  const end = days < 0 ? `${file} has ended` : `${file} ends in ${days} days`
  return [`${end}; \`meridian certs ca crl\` makes the next one`]
}
