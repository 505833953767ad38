/**
 * `meridian certs init`: an authority of our own and a certificate for this server, where there are none.
 */
import { existsSync } from 'node:fs'
import { dataPaths } from '../../config/index.ts'
import type { CommandDescription, Invocation, Outcome } from '../command.ts'
import { done, failed } from '../command.ts'
import { loadConfiguration } from '../configuration.ts'
import {
  certificateText,
  describedFile,
  loadCertificates,
  readAuthority,
  serverCertificateNames,
} from './data-folder.ts'
import { passphraseOption } from './passphrase.ts'

export const description: CommandDescription = {
  path: ['certs', 'init'],
  purpose: 'make an authority and a certificate for this server',
  details: [
    `Both go into the data folder; the authority is good for ten years. What is there already stays. Clients must`,
    `be told to trust certificates/authority.crt.`,
  ].join(' '),
  options: [
    { flags: '--name <names...>', text: 'names of this server besides its domains and host name' },
    passphraseOption,
  ],
  examples: [
    { line: 'meridian certs init', text: 'for the domain, the host name and loopback' },
    { line: 'meridian certs init --name im.example.org 192.0.2.7', text: 'also for what clients connect to' },
  ],
  exitCodes: { 1: 'the server has a certificate already, or a file cannot be written' },
}

export async function run(invocation: Invocation): Promise<Outcome> {
  const { createAuthority, issueCertificate, recordIssued, writeCertificate } = await loadCertificates()
  const loaded = loadConfiguration(invocation)
  if (!loaded.ok) return loaded.outcome
  const { config } = loaded
  if (config.tls.certificateFile !== null) {
    return failed('tls.certificateFile is set: this server shows a certificate of another authority')
  }
  const paths = dataPaths(config)
  if (existsSync(paths.certificate.certFile)) {
    return failed(`${paths.certificate.certFile} exists already; \`meridian certs renew\` replaces it`)
  }
  if (!existsSync(paths.authority.certFile)) {
    writeCertificate(
      paths.authority,
      await createAuthority({ commonName: `Meridian authority of ${config.domain.name}` }),
    )
  }
  const read = await readAuthority(paths.authority, invocation)
  if (!read.ok) return read.outcome
  const names = [...serverCertificateNames(config), ...((invocation.options.name as string[] | undefined) ?? [])]
  try {
    const issued = await issueCertificate({ authority: read.authority, names: [...new Set(names)] })
    recordIssued(paths.authority, issued.certificatePem)
    writeCertificate(paths.certificate, issued)
    const shown = await describedFile(paths.certificate.certFile, issued.certificatePem)
    const text = `${certificateText(shown)}\nclients trust it with ${paths.authority.certFile}`
    return done({ authority: paths.authority.certFile, certificate: shown }, text)
  } catch (error) {
    return failed((error as Error).message)
  }
}
