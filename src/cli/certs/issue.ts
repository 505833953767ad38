/**
 * `meridian certs issue`: a certificate of our authority for another server or a client.
 */
import { existsSync } from 'node:fs'
import { resolve } from 'node:path'
import type { CertificateUsage } from '../../certificates/index.ts'
import { dataPaths } from '../../config/index.ts'
import type { CommandDescription, Invocation, Outcome } from '../command.ts'
import { done, failed, misused } from '../command.ts'
import { loadConfiguration } from '../configuration.ts'
import { certificateText, describedFile, loadCertificates, readAuthority, readDays } from './data-folder.ts'

export const description: CommandDescription = {
  path: ['certs', 'issue'],
  purpose: 'issue a certificate for another server or a client',
  arguments: [{ name: '<names...>', text: 'DNS names, addresses, and SIP domains as sip:example.test' }],
  options: [
    { flags: '--out <path>', text: 'writes <path>.crt and <path>.key', default: 'the first name, here' },
    { flags: '--days <days>', text: 'how long it is good, in days', default: '397, the most that clients accept' },
    { flags: '--usage <usage>', text: 'what it is for', choices: ['server', 'client', 'both'], default: 'both' },
  ],
  examples: [
    { line: 'meridian certs issue front1.example.test sip:example.test', text: 'for a second server' },
    { line: 'meridian certs issue probe.example.test --usage client --days 30', text: 'for a client, for a month' },
  ],
  exitCodes: { 1: 'there is no authority, or a file exists already' },
}

export async function run(invocation: Invocation): Promise<Outcome> {
  const { options, io } = invocation
  const { certificateDays, issueCertificate, writeCertificate } = await loadCertificates()
  const loaded = loadConfiguration(invocation)
  if (!loaded.ok) return loaded.outcome
  const read = await readAuthority(dataPaths(loaded.config))
  if (!read.ok) return read.outcome
  const days = readDays(options.days, certificateDays)
  if (days === null) return misused('--days: expected a whole number from 1 to 36500')
  const names = invocation.arguments
  const out = resolve(io.cwd, String(options.out ?? names[0]!.replace(/^sip:/, '').replaceAll(':', '_')))
  const files = { certFile: `${out}.crt`, keyFile: `${out}.key` }
  if (existsSync(files.certFile) || existsSync(files.keyFile)) return failed(`${out}.crt or .key exists already`)
  try {
    const issued = await issueCertificate({ authority: read.authority, names, usages: usagesOf(options.usage), days })
    writeCertificate(files, issued)
    const shown = await describedFile(files.certFile, issued.certificatePem)
    return done({ ...files, certificate: shown }, certificateText(shown))
  } catch (error) {
    return failed((error as Error).message)
  }
}

function usagesOf(usage: unknown): readonly CertificateUsage[] {
  return usage === 'server' || usage === 'client' ? [usage] : ['server', 'client']
}
