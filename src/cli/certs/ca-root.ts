/**
 * `meridian certs ca root`: an authority that signs others, for a machine or a medium that is not on the network.
 */
import { resolve } from 'node:path'
import type { CommandDescription, Invocation, Outcome } from '../command.ts'
import { done, failed, misused } from '../command.ts'
import {
  certificateText,
  describedFile,
  filesAt,
  loadCertificates,
  makeAuthority,
  overwriteFault,
  readDays,
} from './data-folder.ts'
import { lockOption } from './passphrase.ts'

export const description: CommandDescription = {
  path: ['certs', 'ca', 'root'],
  purpose: 'make a root authority that issues authorities of sites',
  details: [
    'Clients and servers trust it; it signs nothing else but `certs ca intermediate`, so its key can lie in a safe.',
    'Keep <path>.issued.jsonl with it: revoking needs it.',
  ].join(' '),
  arguments: [{ name: '<common-name>', text: 'what people are shown, as in "Example Corp servers"' }],
  options: [
    { flags: '--out <path>', text: 'writes <path>.crt and <path>.key', default: 'root, here' },
    { flags: '--days <days>', text: 'how long it is good, in days', default: '3650' },
    lockOption,
  ],
  withoutConfig: true,
  examples: [
    { line: 'meridian certs ca root "Example Corp servers"', text: 'root.crt and root.key in this folder' },
    { line: 'meridian certs ca root "Example Corp" --lock --out /media/safe/root', text: 'locked, where it is kept' },
  ],
  exitCodes: { 1: 'a file exists already, or cannot be written' },
}

export async function run(invocation: Invocation): Promise<Outcome> {
  const { arguments: given, options, io } = invocation
  const { authorityDays, createAuthority, writeCertificate } = await loadCertificates()
  const days = readDays(options.days, authorityDays)
  if (days === null) return misused('--days: expected a whole number from 1 to 36500')
  const files = filesAt(resolve(io.cwd, String(options.out ?? 'root')))
  const fault = overwriteFault(files)
  if (fault !== null) return failed(fault)
  try {
    const key = await makeAuthority(invocation, () => createAuthority({ commonName: given[0]!, levelsBelow: 1, days }))
    if (!key.ok) return failed(key.message)
    const { made } = key
    writeCertificate(files, made)
    const shown = await describedFile(files.certFile, made.certificatePem)
    return done({ ...files, certificate: shown }, certificateText(shown))
  } catch (error) {
    return failed((error as Error).message)
  }
}
