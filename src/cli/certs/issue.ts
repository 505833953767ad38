/**
 * `meridian certs issue`: a certificate of our authority for another server or a client, with a fresh key or for the
 * key of a request.
 */
import { readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import type { CertificateUsage, IssueOptions } from '../../certificates/index.ts'
import { type Config, dataPaths, serverRoles } from '../../config/index.ts'
import type { Topology } from '../../ports/topology.ts'
import type { CommandDescription, Invocation, Outcome } from '../command.ts'
import { doneWithWarnings, failed, misused } from '../command.ts'
import { loadConfiguration } from '../configuration.ts'
import { fileFault } from '../file-fault.ts'
import { servedDomains } from '../topology/read-topology.ts'
import {
  authorityFiles,
  certificateText,
  describedFile,
  filesAt,
  loadCertificates,
  overwriteFault,
  readAuthority,
  readDays,
  roleCertificateNames,
  signingOptions,
} from './data-folder.ts'

export const description: CommandDescription = {
  path: ['certs', 'issue'],
  purpose: 'issue a certificate for another server or a client',
  details: [
    'With --role it is for a server of the topology: it names that server and all domains, and is good for server and',
    'client, which links need both. Else it names what is given.',
  ].join(' '),
  arguments: [{ name: '[names...]', text: 'DNS names, addresses, and SIP domains as sip:example.test' }],
  options: [
    { flags: '--role <role>', text: 'what the server is in the topology', choices: serverRoles },
    { flags: '--name <fqdn>', text: 'with --role: the name of the server, as in the topology' },
    { flags: '--request <file>', text: 'for the key of this request; the key stays where it is' },
    { flags: '--out <path>', text: 'writes <path>.crt and <path>.key', default: 'the first name, here' },
    { flags: '--days <days>', text: 'how long it is good, in days', default: '397, the most that clients accept' },
    { flags: '--usage <usage>', text: 'what it is for', choices: ['server', 'client', 'both'], default: 'both' },
    ...signingOptions,
  ],
  examples: [
    { line: 'meridian certs issue --role front-end --name front1.example.test', text: 'for a second server' },
    { line: 'meridian certs issue --request home2.csr --role home --name home2.example.test', text: 'for its own key' },
    { line: 'meridian certs issue probe.example.test --usage client --days 30', text: 'for a client, for a month' },
  ],
  exitCodes: { 1: 'there is no authority, or a file exists already', 2: 'issued, but the topology says otherwise' },
}

export async function run(invocation: Invocation): Promise<Outcome> {
  const { options, io } = invocation
  const { certificateDays, openRequest } = await loadCertificates()
  const loaded = loadConfiguration(invocation)
  if (!loaded.ok) return loaded.outcome
  const days = readDays(options.days, certificateDays)
  if (days === null) return misused('--days: expected a whole number from 1 to 36500')
  const read = await readAuthority(authorityFiles(invocation, dataPaths(loaded.config)), invocation)
  if (!read.ok) return read.outcome
  const request = typeof options.request === 'string' ? readRequest(resolve(io.cwd, options.request)) : null
  if (request && !request.ok) return failed(request.message)
  const opened = request ? await openRequest(request.pem) : null
  if (request && !opened) return failed(`${options.request} is no request that is signed with its own key`)
  const wanted = namesOf(invocation, loaded.config, opened?.names ?? [])
  if (!wanted.ok) return wanted.outcome
  const out = resolve(io.cwd, String(options.out ?? fileNameOf(wanted.names[0]!)))
  const issue = { authority: read.authority, names: wanted.names, usages: usagesOf(options.usage), days }
  return write(out, issue, { request: opened, authority: read.files, warnings: wanted.warnings })
}

type Certificates = Awaited<ReturnType<typeof loadCertificates>>

interface Written {
  readonly request: Awaited<ReturnType<Certificates['openRequest']>>
  readonly authority: ReturnType<typeof authorityFiles>
  readonly warnings: readonly string[]
}

async function write(out: string, issue: IssueOptions, written: Written): Promise<Outcome> {
  const { issueCertificate, issueForRequest, recordIssued, writeCertificate, writePublicFile } =
    await loadCertificates()
  const { request, authority, warnings } = written
  const files = filesAt(out)
  const fault = overwriteFault(request ? { certFile: files.certFile } : files)
  if (fault !== null) return failed(fault)
  try {
    const issued = request ? null : await issueCertificate(issue)
    const certificatePem = issued?.certificatePem ?? (await issueForRequest(issue, request!))
    recordIssued(authority, certificatePem)
    if (issued) writeCertificate(files, issued)
    else writePublicFile(files.certFile, certificatePem)
    const shown = await describedFile(files.certFile, certificatePem)
    const value = { certFile: files.certFile, ...(issued ? { keyFile: files.keyFile } : {}), certificate: shown }
    return doneWithWarnings(value, certificateText(shown), warnings)
  } catch (error) {
    return failed((error as Error).message)
  }
}

type Names =
  | { readonly ok: true; readonly names: readonly string[]; readonly warnings: readonly string[] }
  | { readonly ok: false; readonly outcome: Outcome }

/** Of a request only where nothing else was said: whoever asks does not decide what he is called. */
function namesOf(invocation: Invocation, config: Config, requested: readonly string[]): Names {
  const { arguments: given, options, io } = invocation
  const { role, name } = options
  if ((role === undefined) !== (name === undefined)) {
    return { ok: false, outcome: misused('--role and --name come together') }
  }
  if (typeof name !== 'string') {
    const names = given.length > 0 ? given : requested
    if (names.length > 0) return { ok: true, names, warnings: [] }
    return { ok: false, outcome: misused('names are missing: give some, or --role and --name') }
  }
  const served = servedDomains(config, io)
  if (!served.ok) return served
  const warnings = served.read ? roleWarnings(served.read.topology, name.toLowerCase(), String(role)) : []
  return { ok: true, names: [...roleCertificateNames(name, served.domains), ...given], warnings }
}

function roleWarnings({ servers }: Topology, name: string, role: string): readonly string[] {
  const server = servers.find((candidate) => candidate.name === name)
  if (!server) return [`${name} is not in the topology yet: its links are refused until it is`]
  return server.role === role ? [] : [`${name} is ${server.role} in the topology, not ${role}`]
}

function readRequest(path: string): { ok: true; pem: string } | { ok: false; message: string } {
  try {
    return { ok: true, pem: readFileSync(path, 'utf8') }
  } catch (error) {
    return { ok: false, message: `cannot read ${path}: ${fileFault(error)}` }
  }
}

function fileNameOf(name: string): string {
  return name.replace(/^sip:/, '').replaceAll(':', '_')
}

function usagesOf(usage: unknown): readonly CertificateUsage[] {
  return usage === 'server' || usage === 'client' ? [usage] : ['server', 'client']
}
