/**
 * `meridian certs ca intermediate`: the authority of a site, below a root.
 */
import { resolve } from 'node:path'
import { dataPaths } from '../../config/index.ts'
import type { CommandDescription, Invocation, Outcome } from '../command.ts'
import { done, failed, misused } from '../command.ts'
import { loadConfiguration } from '../configuration.ts'
import {
  authorityFiles,
  certificateText,
  describedFile,
  filesAt,
  loadCertificates,
  makeAuthority,
  overwriteFault,
  readAuthority,
  readDays,
  signingOptions,
} from './data-folder.ts'
import { lockOption } from './passphrase.ts'

export const description: CommandDescription = {
  path: ['certs', 'ca', 'intermediate'],
  purpose: 'make the authority of a site, below a root',
  details: [
    '<path>.crt holds it and its root. `certs issue --authority <path>` issues with it, and puts it into each',
    'certificate’s file, so that whoever trusts the root trusts its servers.',
  ].join(' '),
  arguments: [{ name: '<common-name>', text: 'what people are shown, as in "Example Corp, Berlin"' }],
  options: [
    ...signingOptions,
    { flags: '--out <path>', text: 'writes <path>.crt and <path>.key', default: 'intermediate, here' },
    { flags: '--days <days>', text: 'how long it is good, in days', default: '1825' },
    lockOption,
  ],
  examples: [
    { line: 'meridian certs ca intermediate "Berlin" --authority root --out berlin', text: 'for a site' },
    { line: 'meridian certs ca intermediate "Lab" --authority root --days 90', text: 'for three months' },
  ],
  exitCodes: { 1: 'there is no root, it may sign servers only, or a file exists already' },
}

export async function run(invocation: Invocation): Promise<Outcome> {
  const { arguments: given, options, io } = invocation
  const { createIntermediate, intermediateDays, recordIssued, writeCertificate } = await loadCertificates()
  const loaded = loadConfiguration(invocation)
  if (!loaded.ok) return loaded.outcome
  const days = readDays(options.days, intermediateDays)
  if (days === null) return misused('--days: expected a whole number from 1 to 36500')
  const files = filesAt(resolve(io.cwd, String(options.out ?? 'intermediate')))
  const fault = overwriteFault(files)
  if (fault !== null) return failed(fault)
  const read = await readAuthority(authorityFiles(invocation, dataPaths(loaded.config)), invocation)
  if (!read.ok) return read.outcome
  try {
    const { authority } = read
    const key = await makeAuthority(invocation, () => createIntermediate({ authority, commonName: given[0]!, days }))
    if (!key.ok) return failed(key.message)
    const { made } = key
    recordIssued(read.files, made.certificatePem)
    writeCertificate(files, made)
    const shown = await describedFile(files.certFile, made.certificatePem)
    return done({ ...files, certificate: shown }, certificateText(shown))
  } catch (error) {
    if (!(error instanceof RangeError)) return failed((error as Error).message)
    return failed(`${read.files.certFile}: ${error.message}; \`meridian certs ca root\` makes one that may`)
  }
}
