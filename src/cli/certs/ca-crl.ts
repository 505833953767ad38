/**
 * `meridian certs ca crl`: the list of revoked certificates of an authority of ours, made anew.
 */
import { dataPaths } from '../../config/index.ts'
import type { CommandDescription, Invocation, Outcome } from '../command.ts'
import { done, failed, misused } from '../command.ts'
import { loadConfiguration } from '../configuration.ts'
import { authorityFiles, loadCertificates, readAuthority, readDays, signingOptions } from './data-folder.ts'
import { writeRevocationList } from './revocation-list.ts'

export const description: CommandDescription = {
  path: ['certs', 'ca', 'crl'],
  purpose: 'make the list of revoked certificates anew, before it ends',
  details: [
    'Writes <path>.crl beside the authority. `certs revoke` does it too; this is for a list that nothing was added to,',
    'which ends all the same: links then warn, and much other software believes nobody.',
  ].join(' '),
  options: [...signingOptions, { flags: '--days <days>', text: 'when the next list is due, in days', default: '45' }],
  examples: [
    { line: 'meridian certs ca crl', text: 'from a monthly timer' },
    { line: 'meridian certs ca crl --authority root --days 190', text: 'for a root that is taken out twice a year' },
  ],
  exitCodes: { 1: 'there is no authority, or a file cannot be written' },
}

export async function run(invocation: Invocation): Promise<Outcome> {
  const { revocationListDays } = await loadCertificates()
  const loaded = loadConfiguration(invocation)
  if (!loaded.ok) return loaded.outcome
  const days = readDays(invocation.options.days, revocationListDays)
  if (days === null) return misused('--days: expected a whole number from 1 to 36500')
  const read = await readAuthority(authorityFiles(invocation, dataPaths(loaded.config)), invocation)
  if (!read.ok) return read.outcome
  try {
    const list = await writeRevocationList(read.files, read.authority, days)
    const text = `wrote ${list.file}, number ${list.number}, ${list.revokedCount} revoked, good for ${days} days`
    return done({ ...list, days }, text)
  } catch (error) {
    return failed((error as Error).message)
  }
}
