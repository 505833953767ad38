/**
 * `meridian certs install`: what the company's authority answered takes the place of what is shown, once everything
 * about it is right.
 */
import { createPrivateKey, type X509Certificate } from 'node:crypto'
import { existsSync, readFileSync, rmSync } from 'node:fs'
import { resolve } from 'node:path'
import type { Answer } from '../../certificates/index.ts'
import { type Config, type DataPaths, dataPaths } from '../../config/index.ts'
import type { CommandDescription, Invocation, Outcome } from '../command.ts'
import { doneWithWarnings, failed } from '../command.ts'
import { loadConfiguration } from '../configuration.ts'
import { fileFault } from '../file-fault.ts'
import { servedDomains } from '../topology/read-topology.ts'
import { certificateText, describedFile, loadCertificates } from './data-folder.ts'
import { requestFiles } from './request.ts'

export const description: CommandDescription = {
  path: ['certs', 'install'],
  purpose: 'show the certificate that another authority has issued',
  details: [
    'Checks key, chain, time, usages and names, and says all that is wrong at once; then certificate and key are',
    'replaced, and those before them kept beside as .previous. A running server shows it from the next handshake on.',
  ].join(' '),
  arguments: [{ name: '<answer>', text: 'PEM (the certificate, and perhaps its chain) or DER' }],
  options: [
    { flags: '--key <file>', text: 'the key that the request was made with', default: 'that of `certs request`' },
    { flags: '--chain <files...>', text: 'authorities between it and the root, where the answer has none' },
    { flags: '--authority <files...>', text: 'roots that are believed besides those that links believe' },
    { flags: '--dry-run', text: 'check only' },
  ],
  examples: [
    { line: 'meridian certs install home1.pem', text: 'after `certs request`' },
    { line: 'meridian certs install home1.cer --chain issuing.cer --dry-run', text: 'checks and changes nothing' },
  ],
  exitCodes: { 1: 'something about it is wrong; nothing was changed', 2: 'in place, but look at the warnings' },
}

export async function run(invocation: Invocation): Promise<Outcome> {
  const loaded = loadConfiguration(invocation)
  if (!loaded.ok) return loaded.outcome
  const { config } = loaded
  const paths = dataPaths(config)
  const keyFile = keyFileOf(invocation, paths)
  const served = servedDomains(config, invocation.io)
  if (!served.ok) return served.outcome
  const read = await readAnswer(invocation, config, { keyFile, domains: served.domains })
  if (!read.ok) return failed(read.message)
  const { checkAnswer } = await loadCertificates()
  const checked = checkAnswer(read.answer)
  if (!checked.ok) return failed(checked.faults.join('\nmeridian: '), { faults: checked.faults })
  const { keyPem } = read.answer
  const isDry = invocation.options.dryRun === true
  try {
    if (!isDry) await replace(paths, { certificatePem: checked.certificatePem, keyPem }, keyFile)
    const shown = await describedFile(paths.certificate.certFile, checked.certificatePem)
    const text = `${certificateText(shown)}${isDry ? '\nnothing was changed' : ''}`
    return doneWithWarnings({ installed: !isDry, certificate: shown }, text, checked.warnings)
  } catch (error) {
    return failed((error as Error).message)
  }
}

function keyFileOf({ options, io }: Invocation, paths: DataPaths): string {
  if (typeof options.key === 'string') return resolve(io.cwd, options.key)
  const { keyFile } = requestFiles(paths, null)
  // Without an open request it is the answer to one for the key in use.
  return existsSync(keyFile) ? keyFile : paths.certificate.keyFile
}

type ReadAnswer = { readonly ok: true; readonly answer: Answer } | { readonly ok: false; readonly message: string }

async function readAnswer(
  { arguments: given, options, io }: Invocation,
  config: Config,
  { keyFile, domains }: { keyFile: string; domains: readonly string[] },
): Promise<ReadAnswer> {
  const paths = dataPaths(config)
  const roots = [paths.linkAuthorityFile, ...named(options.authority, io.cwd)]
  const chain = [resolve(io.cwd, given[0]!), ...named(options.chain, io.cwd)]
  const believed = await readAll(roots.filter((path, index) => index > 0 || existsSync(path)))
  if (!believed.ok) return believed
  const came = await readAll(chain)
  if (!came.ok) return came
  const key = readKey(keyFile, config.tls.privateKeyPassphrase)
  if (!key.ok) return key
  const answer: Answer = {
    certificates: came.certificates,
    keyPem: key.pem,
    authorities: believed.certificates,
    serverName: config.server.name,
    domains,
    hasLinks: config.topology.file !== null,
    nowMs: Date.now(),
  }
  return { ok: true, answer }
}

function named(files: unknown, cwd: string): readonly string[] {
  return ((files as string[] | undefined) ?? []).map((file) => resolve(cwd, file))
}

type ReadFiles =
  | { readonly ok: true; readonly certificates: readonly X509Certificate[] }
  | { readonly ok: false; readonly message: string }

async function readAll(paths: readonly string[]): Promise<ReadFiles> {
  const { readCertificates } = await loadCertificates()
  const certificates: X509Certificate[] = []
  for (const path of paths) {
    try {
      const found = readCertificates(readFileSync(path))
      if (found === null) {
        const cure = 'PEM or DER is expected; of a .p7b `openssl pkcs7 -print_certs` makes PEM'
        return { ok: false, message: `${path} holds no certificate that can be read; ${cure}` }
      }
      certificates.push(...found)
    } catch (error) {
      return { ok: false, message: `cannot read ${path}: ${fileFault(error)}` }
    }
  }
  return { ok: true, certificates }
}

function readKey(path: string, passphrase: string | null): { ok: true; pem: string } | { ok: false; message: string } {
  try {
    const pem = readFileSync(path, 'utf8')
    const key = createPrivateKey(passphrase === null ? pem : { key: pem, passphrase })
    return { ok: true, pem: key.export({ type: 'pkcs8', format: 'pem' }).toString() }
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    const said = code?.startsWith('ERR_') ? 'it holds no private key that can be read' : fileFault(error)
    return { ok: false, message: `cannot read the key ${path}: ${said}; --key names another` }
  }
}

/** The request goes last: whatever interrupts this, the same command does it again. */
async function replace(paths: DataPaths, made: { certificatePem: string; keyPem: string }, keyFile: string) {
  const { readCertificate, writeCertificate } = await loadCertificates()
  const { certificate } = paths
  if (existsSync(certificate.certFile) && existsSync(certificate.keyFile)) {
    writeCertificate(previousOf(certificate), readCertificate(certificate))
  }
  writeCertificate(certificate, made)
  const open = requestFiles(paths, null)
  if (keyFile === open.keyFile) for (const file of [open.requestFile, open.keyFile]) rmSync(file, { force: true })
}

function previousOf({ certFile, keyFile }: DataPaths['certificate']): DataPaths['certificate'] {
  return { certFile: `${certFile}.previous`, keyFile: `${keyFile}.previous` }
}
