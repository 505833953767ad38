/**
 * `meridian certs show`: what certificates say, and how long they are good.
 */
import { existsSync, readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { type DataPaths, dataPaths } from '../../config/index.ts'
import type { CommandDescription, Invocation, Outcome } from '../command.ts'
import { doneWithWarnings, failed } from '../command.ts'
import { loadConfiguration } from '../configuration.ts'
import { fileFault } from '../file-fault.ts'
import type { ShownCertificate } from './data-folder.ts'
import { certificateText, describedFile } from './data-folder.ts'
import { describedList, listText, listWarnings, type ShownList } from './shown-list.ts'

/** Time enough to notice and to act. */
export const renewBeforeDays = 30

export const description: CommandDescription = {
  path: ['certs', 'show'],
  purpose: 'show what certificates say and how long they are good',
  details: 'Of revocation lists too.',
  arguments: [{ name: '[files...]', text: 'PEM files; without one the authority and the certificate of this server' }],
  examples: [
    { line: 'meridian certs show', text: 'those of this server' },
    { line: 'meridian certs show front1.crt --json', text: 'another one, for a program' },
  ],
  exitCodes: {
    1: 'a file is missing or is no certificate',
    2: `one ends within ${renewBeforeDays} days (a list: 7), or has ended`,
  },
}

export async function run(invocation: Invocation): Promise<Outcome> {
  const loaded = loadConfiguration(invocation)
  if (!loaded.ok) return loaded.outcome
  const paths = dataPaths(loaded.config)
  const own = [paths.authority.certFile, paths.certificate.certFile].filter((file) => existsSync(file))
  const files = invocation.arguments.length > 0 ? invocation.arguments : own
  if (files.length === 0) return failed('this server has no certificate yet; `meridian certs init` makes one')
  const shown: (ShownCertificate | ShownList)[] = []
  for (const file of files) {
    const read = readPem(resolve(invocation.io.cwd, file))
    if (!read.ok) return failed(`cannot read ${file}: ${read.message}`)
    try {
      shown.push((await describedList(file, read.pem)) ?? (await describedFile(file, read.pem)))
    } catch {
      return failed(`${file} holds no certificate that can be read; a PEM file with BEGIN CERTIFICATE is expected`)
    }
  }
  return doneWithWarnings(
    shown,
    shown.map((one) => (isList(one) ? listText(one) : certificateText(one))).join('\n\n'),
    shown.flatMap((one) => (isList(one) ? listWarnings(one) : endWarnings(one, paths))),
  )
}

function isList(shown: ShownCertificate | ShownList): shown is ShownList {
  return 'nextUpdateMs' in shown
}

function readPem(path: string): { readonly ok: true; readonly pem: string } | { ok: false; message: string } {
  try {
    return { ok: true, pem: readFileSync(path, 'utf8') }
  } catch (error) {
    return { ok: false, message: fileFault(error) }
  }
}

/** Only the server's own certificate is one that `certs renew` can replace. */
function endWarnings({ file, notAfterMs }: ShownCertificate, { certificate }: DataPaths): readonly string[] {
  const days = Math.floor((notAfterMs - Date.now()) / 86_400_000)
  if (days >= renewBeforeDays) return []
  const end = days < 0 ? `${file} has ended` : `${file} ends in ${days} days`
  return [file === certificate.certFile ? `${end}; \`meridian certs renew\` makes a new one` : end]
}
