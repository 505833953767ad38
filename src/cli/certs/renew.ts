/**
 * `meridian certs renew`: a new certificate and key for this server, with the names of the old one.
 */
import { existsSync, readFileSync } from 'node:fs'
import { dataPaths } from '../../config/index.ts'
import type { CommandDescription, Invocation, Outcome } from '../command.ts'
import { done, failed, misused } from '../command.ts'
import { loadConfiguration } from '../configuration.ts'
import { certificateText, describedFile, loadCertificates, readAuthority, readDays } from './data-folder.ts'
import { passphraseOption } from './passphrase.ts'
import { renewBeforeDays } from './show.ts'

export const description: CommandDescription = {
  path: ['certs', 'renew'],
  purpose: 'make a new certificate for this server, when the old one ends soon',
  details: [
    `Does nothing while the certificate is good for ${renewBeforeDays} days more, so that it can be called each day.`,
    'A running server takes the new one by itself, without ending a connection.',
  ].join(' '),
  options: [
    { flags: '--force', text: 'renew it now' },
    {
      flags: '--days <days>',
      text: 'how long the new one is good, in days',
      default: '397, the most that clients accept',
    },
    passphraseOption,
  ],
  examples: [
    { line: 'meridian certs renew', text: 'from a daily timer' },
    { line: 'meridian certs renew --force', text: 'after the key may have been seen' },
  ],
  exitCodes: { 1: 'there is no certificate, or it is of another authority' },
}

export async function run(invocation: Invocation): Promise<Outcome> {
  const { options } = invocation
  const { certificateDays, describeCertificate, isIssuedBy, recordIssued, renewCertificate, writeCertificate } =
    await loadCertificates()
  const loaded = loadConfiguration(invocation)
  if (!loaded.ok) return loaded.outcome
  const days = readDays(options.days, certificateDays)
  if (days === null) return misused('--days: expected a whole number from 1 to 36500')
  const paths = dataPaths(loaded.config)
  const read = await readAuthority(paths.authority, invocation)
  if (!read.ok) return read.outcome
  const { certFile } = paths.certificate
  if (!existsSync(certFile)) return failed(`there is no ${certFile}; \`meridian certs init\` makes one`)
  try {
    const certificatePem = readFileSync(certFile, 'utf8')
    if (!isIssuedBy(certificatePem, read.authority.certificatePem)) {
      return failed(`${certFile} was issued by another authority, which must renew it`)
    }
    const leftDays = Math.floor((describeCertificate(certificatePem).notAfterMs - Date.now()) / 86_400_000)
    if (options.force !== true && leftDays >= renewBeforeDays) {
      return done({ renewed: false, leftDays }, `${certFile} is good for ${leftDays} days more`)
    }
    const renewed = await renewCertificate({ authority: read.authority, certificatePem, days })
    recordIssued(paths.authority, renewed.certificatePem)
    writeCertificate(paths.certificate, renewed)
    const shown = await describedFile(certFile, renewed.certificatePem)
    return done({ renewed: true, certificate: shown }, certificateText(shown))
  } catch (error) {
    return failed((error as Error).message)
  }
}
