/**
 * Where a command gets a password from: a file, a generator, the terminal without echo, or standard input. Never the
 * command line: every user of the machine sees it in the list of processes.
 */
import { randomInt } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import type { Invocation, OptionDescription, Outcome } from './command.ts'
import { failed, misused } from './command.ts'

export const passwordFileOption: OptionDescription = {
  flags: '--password-file <file>',
  text: 'take the password from this file; - is standard input',
}

/** Of a new password. */
export const passwordOptions: readonly OptionDescription[] = [
  passwordFileOption,
  { flags: '--generate', text: 'make a password and print it, once' },
]

export const passwordDetails = [
  'The password is asked for on a terminal, else read from standard input.',
  'It is never given on the command line, where every user of the machine would see it.',
].join(' ')

export type PasswordRead =
  | { readonly ok: true; readonly password: string; readonly isGenerated: boolean }
  | { readonly ok: false; readonly outcome: Outcome }

/** A new one; on a terminal it is asked for twice. */
export async function readPassword(invocation: Invocation): Promise<PasswordRead> {
  const { options } = invocation
  if (options.generate !== true) return given(invocation, newFromTerminal)
  if (options.passwordFile === undefined) return { ok: true, password: generatePassword(), isGenerated: true }
  return { ok: false, outcome: misused('--generate and --password-file exclude each other') }
}

/** One that is in force already: whether it is right is seen where it is used, so a second time proves nothing. */
export function readKnownPassword(invocation: Invocation): Promise<PasswordRead> {
  return given(invocation, fromTerminal)
}

async function given(
  { options, io }: Invocation,
  ask: (io: Invocation['io']) => Promise<PasswordRead>,
): Promise<PasswordRead> {
  const file = options.passwordFile
  if (typeof file === 'string' && file !== '-') return fromFile(resolve(io.cwd, file))
  return io.isInteractive && file !== '-' ? ask(io) : taken(await io.readStdin())
}

function fromFile(path: string): PasswordRead {
  try {
    return taken(readFileSync(path, 'utf8'))
  } catch (error) {
    return { ok: false, outcome: failed(`cannot read ${path}: ${(error as NodeJS.ErrnoException).code ?? error}`) }
  }
}

const noPassword: PasswordRead = { ok: false, outcome: failed('no password was given') }

async function fromTerminal(io: Invocation['io']): Promise<PasswordRead> {
  const password = await io.askSecret('Password: ')
  return password === null ? noPassword : taken(password)
}

async function newFromTerminal(io: Invocation['io']): Promise<PasswordRead> {
  const first = await io.askSecret('Password: ')
  const second = first === null ? null : await io.askSecret('The same again: ')
  if (first === null || second === null) return noPassword
  return first === second ? taken(first) : { ok: false, outcome: failed('the two passwords differ') }
}

/** Without the one line end that echo and editors add. */
function taken(text: string): PasswordRead {
  return { ok: true, password: text.replace(/\r?\n$/, ''), isGenerated: false }
}

/** Without the characters that people mistake for each other when they type it over: 0 o, 1 l i. */
const alphabet = 'abcdefghjkmnpqrstuvwxyz23456789'
const groupsCount = 4
const groupChars = 5

/** 99 random bits in groups that can be read out: `kq7fm-2hx9d-…`. */
export function generatePassword(): string {
  const group = () => Array.from({ length: groupChars }, () => alphabet[randomInt(alphabet.length)]).join('')
  return Array.from({ length: groupsCount }, group).join('-')
}
