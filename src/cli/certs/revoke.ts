/**
 * `meridian certs revoke`: a certificate is believed no longer: on the topology's deny list, which running servers
 * follow at once, and on the revocation list of our authority, for everybody else.
 */
import { existsSync, readFileSync } from 'node:fs'
import type { RevocationReason } from '../../certificates/index.ts'
import { type Config, type DataPaths, dataPaths, formatConfigError } from '../../config/index.ts'
import { parseTopology, withDenied } from '../../topology/index.ts'
import type { CommandDescription, Invocation, Outcome } from '../command.ts'
import { done, failed } from '../command.ts'
import { loadConfiguration } from '../configuration.ts'
import { readConfiguredTopology, replaceTopology } from '../topology/read-topology.ts'
import { authorityFiles, loadCertificates, readAuthority, signingOptions } from './data-folder.ts'
import { findCertificate, type MeantCertificate } from './find-certificate.ts'
import { writeRevocationList } from './revocation-list.ts'

const reasons: readonly RevocationReason[] = ['unspecified', 'key-compromise', 'superseded', 'ceased']

export const description: CommandDescription = {
  path: ['certs', 'revoke'],
  purpose: 'believe a certificate no longer',
  details: [
    'Writes its fingerprint and the next version into the file of the topology, where there is one: running servers',
    'close its links within a second. Where our authority has issued it, it goes on the revocation list beside the',
    'authority too.',
  ].join(' '),
  arguments: [{ name: '<certificate>', text: 'a file, a SHA-256 fingerprint, or the serial number of one of ours' }],
  options: [
    { flags: '--reason <reason>', text: 'why', choices: reasons, default: 'unspecified' },
    { flags: '--force', text: 'also the certificate that this server shows' },
    ...signingOptions,
  ],
  examples: [
    { line: 'meridian certs revoke front1.crt --reason key-compromise', text: 'after a key was seen by others' },
    { line: 'meridian certs revoke 5f0c3b1e2d4a69788796a5b4c3d2e1f0', text: 'by the serial number in `certs list`' },
  ],
  exitCodes: { 1: 'it is not known, or a file cannot be written' },
}

export async function run(invocation: Invocation): Promise<Outcome> {
  const loaded = loadConfiguration(invocation)
  if (!loaded.ok) return loaded.outcome
  const paths = dataPaths(loaded.config)
  const files = authorityFiles(invocation, paths)
  const { readRegister } = await loadCertificates()
  try {
    const authorityPem = existsSync(files.certFile) ? readFileSync(files.certFile, 'utf8') : null
    const of = { register: readRegister(files), authorityPem, cwd: invocation.io.cwd }
    const found = await findCertificate(invocation.arguments[0]!, of)
    if (!found.ok) return failed(found.message)
    const fault = await refusal(found.certificate, loaded.config, paths, invocation)
    return fault === null ? await revoke(found.certificate, loaded.config, invocation) : failed(fault)
  } catch (error) {
    return failed((error as Error).message)
  }
}

async function refusal(
  { fingerprint, isOurs, name }: MeantCertificate,
  { topology }: Config,
  { certificate }: DataPaths,
  { options }: Invocation,
): Promise<string | null> {
  if (topology.file === null && !isOurs) {
    return `${name} is not of our authority, and topology.file, whose list could deny it, is not set`
  }
  if (options.force === true || !existsSync(certificate.certFile)) return null
  const { describeCertificate } = await loadCertificates()
  if (describeCertificate(readFileSync(certificate.certFile)).fingerprint !== fingerprint) return null
  return `${certificate.certFile} is what this server shows; give it another one first, or use --force`
}

/** The topology first: it takes effect at once, and everywhere. */
async function revoke(certificate: MeantCertificate, config: Config, invocation: Invocation): Promise<Outcome> {
  const reason = (invocation.options.reason as RevocationReason | undefined) ?? 'unspecified'
  const denied = config.topology.file === null ? null : await deny(certificate, config, reason, invocation)
  if (denied && !denied.ok) return denied.outcome
  const listed = certificate.isOurs ? await list(certificate, config, reason, invocation) : null
  if (listed && !listed.ok) return listed.outcome
  const lines = [denied?.line, listed?.line].filter((line) => line !== undefined)
  const { fingerprint, serialNumber } = certificate
  const value = { fingerprint, serialNumber, topology: denied?.value ?? null, revocationList: listed?.value ?? null }
  return done(value, [`${certificate.name} is revoked`, ...lines].join('\n'))
}

type Step =
  | { readonly ok: true; readonly line: string; readonly value: object }
  | { readonly ok: false; readonly outcome: Outcome }

async function deny(
  { fingerprint, name }: MeantCertificate,
  config: Config,
  reason: RevocationReason,
  { io }: Invocation,
): Promise<Step> {
  const topology = readConfiguredTopology(config, io)
  if (!topology.ok) return topology
  const { file, read } = topology
  const { version, deniedFingerprints } = read.topology
  if (deniedFingerprints.includes(fingerprint)) {
    return { ok: true, line: `${file} denied it already`, value: { file, version } }
  }
  const said = reason === 'unspecified' ? name : `${name}: ${reason}`
  const denied = { fingerprint, reason: said, deniedAt: new Date().toISOString().slice(0, 10) }
  const text = withDenied(read.text, version + 1, denied)
  const check = parseTopology(text, file)
  if (!check.ok) return { ok: false, outcome: failed(check.errors.map(formatConfigError).join('\nmeridian: ')) }
  if (!(await replaceTopology(file, read.text, text))) {
    return { ok: false, outcome: failed(`${file} was changed by somebody else in this moment; run it again`) }
  }
  const line = `${file} denies it, version ${version + 1}; copy it to the other servers`
  return { ok: true, line, value: { file, version: version + 1 } }
}

async function list(
  { serialNumber }: MeantCertificate,
  config: Config,
  reason: RevocationReason,
  invocation: Invocation,
): Promise<Step> {
  const { readRegister, recordRevoked, revocationListDays } = await loadCertificates()
  const authority = await readAuthority(authorityFiles(invocation, dataPaths(config)), invocation)
  if (!authority.ok) return authority
  const { files } = authority
  const isKnown = readRegister(files).revoked.some((revocation) => revocation.serialNumber === serialNumber)
  if (!isKnown) recordRevoked(files, { serialNumber: serialNumber as string, revokedAtMs: Date.now(), reason })
  const written = await writeRevocationList(files, authority.authority, revocationListDays)
  const line = `${written.file} names it, number ${written.number}`
  return { ok: true, line, value: written }
}
