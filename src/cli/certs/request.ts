/**
 * `meridian certs request`: a key and a request for the company's authority.
 */
import { existsSync } from 'node:fs'
import { resolve } from 'node:path'
import { type DataPaths, dataPaths } from '../../config/index.ts'
import { serverNameFault } from '../../topology/index.ts'
import type { CommandDescription, Invocation, Outcome } from '../command.ts'
import { done, failed } from '../command.ts'
import { loadConfiguration } from '../configuration.ts'
import { servedDomains } from '../topology/read-topology.ts'
import { filesAt, loadCertificates, roleCertificateNames } from './data-folder.ts'

export const description: CommandDescription = {
  path: ['certs', 'request'],
  purpose: 'make a key, and a request for another authority’s certificate',
  details: [
    'Names server.name and all domains, and asks for server and client use, which links need both. The certificate',
    'that is shown now stays until `certs install` takes the answer.',
  ].join(' '),
  options: [
    { flags: '--name <names...>', text: 'names besides server.name and the domains' },
    { flags: '--out <path>', text: 'writes <path>.csr and <path>.key', default: 'request, beside the certificate' },
  ],
  examples: [
    { line: 'meridian certs request', text: 'then send request.csr to the authority' },
    { line: 'meridian certs request --name im.example.org', text: 'with one more name that clients use' },
  ],
  exitCodes: { 1: 'server.name is no full name, or a request is open already' },
}

export async function run(invocation: Invocation): Promise<Outcome> {
  const { options, io } = invocation
  const loaded = loadConfiguration(invocation)
  if (!loaded.ok) return loaded.outcome
  const { config } = loaded
  const name = config.server.name
  const fault = name === null ? 'is not set' : serverNameFault(name.toLowerCase())
  if (name === null || fault !== null) {
    return failed(`server.name ${fault}; a certificate names this server by it, as in home1.example.test`)
  }
  const domains = servedDomains(config, io)
  if (!domains.ok) return domains.outcome
  const files = requestFiles(dataPaths(config), typeof options.out === 'string' ? resolve(io.cwd, options.out) : null)
  const present = [files.keyFile, files.requestFile].find((file) => existsSync(file))
  if (present) return failed(`${present} exists already; \`meridian certs install\` takes the answer to it`)
  const { createRequest, writePublicFile, writeSecretFile } = await loadCertificates()
  try {
    const names = [...roleCertificateNames(name, domains.domains), ...((options.name as string[] | undefined) ?? [])]
    const made = await createRequest([...new Set(names)])
    writeSecretFile(files.keyFile, made.keyPem)
    writePublicFile(files.requestFile, `${made.requestPem.trim()}\n`)
    const text = `wrote ${files.requestFile}\nnames ${names.join(' ')}\nthen: meridian certs install ANSWER`
    return done({ ...files, names }, text)
  } catch (error) {
    return failed((error as Error).message)
  }
}

export interface RequestFiles {
  readonly requestFile: string
  readonly keyFile: string
}

/** Beside the certificate that it will replace. */
export function requestFiles({ authority }: DataPaths, path: string | null): RequestFiles {
  const base = path ?? authority.certFile.replace(/authority\.crt$/, 'request')
  return { requestFile: `${base}.csr`, keyFile: filesAt(base).keyFile }
}
