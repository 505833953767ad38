/**
 * Passphrases of keys of authorities: asked for where a key is locked, and twice where one is to be.
 */
import { readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import type { Invocation, OptionDescription } from '../command.ts'
import { fileFault } from '../file-fault.ts'

export const passphraseOption: OptionDescription = {
  flags: '--passphrase-file <file>',
  text: 'opens the key of the authority, where it is locked; else it is asked for',
}

export const lockOption: OptionDescription = {
  flags: '--lock',
  text: 'lock the new key with a passphrase: asked for twice, or the first line of standard input',
}

export type PassphraseRead =
  | { readonly ok: true; readonly passphrase: string }
  | { readonly ok: false; readonly message: string }

/** Of a key that is there; `what` is its file. */
export async function readPassphrase({ options, io }: Invocation, what: string): Promise<PassphraseRead> {
  if (typeof options.passphraseFile === 'string') return fromFile(resolve(io.cwd, options.passphraseFile))
  if (!io.isInteractive) return { ok: false, message: `${what} is locked; --passphrase-file names what opens it` }
  const passphrase = await io.askSecret(`Passphrase of ${what}: `)
  return passphrase === null ? { ok: false, message: 'no passphrase was given' } : { ok: true, passphrase }
}

/** Enough that a stolen medium is not opened by trying (NIST SP 800-63B wants 8 where somebody counts the tries). */
const lengthMin = 12

export async function newPassphrase({ io }: Invocation): Promise<PassphraseRead> {
  const read = io.isInteractive ? await fromTerminal(io) : firstLine(await io.readStdin())
  if (!read.ok || read.passphrase.length >= lengthMin) return read
  return { ok: false, message: `a passphrase has at least ${lengthMin} characters; nothing was made` }
}

async function fromTerminal(io: Invocation['io']): Promise<PassphraseRead> {
  const first = await io.askSecret('Passphrase of the new key: ')
  const second = first === null ? null : await io.askSecret('The same again: ')
  if (first === null || second === null) return { ok: false, message: 'no passphrase was given' }
  return first === second ? { ok: true, passphrase: first } : { ok: false, message: 'the two passphrases differ' }
}

function fromFile(path: string): PassphraseRead {
  try {
    return firstLine(readFileSync(path, 'utf8'))
  } catch (error) {
    return { ok: false, message: `cannot read ${path}: ${fileFault(error)}` }
  }
}

function firstLine(text: string): PassphraseRead {
  return { ok: true, passphrase: text.split(/\r?\n/)[0]! }
}
