/**
 * The command line as one program: builds commander's commands from the descriptions, runs one, prints its outcome and
 * gives its exit code. What a command does is in its own file.
 */
import { Command as Commander, CommanderError, Option } from 'commander'
import type { Command, CommandDescription, CommandIo, ExitCode, Outcome } from './command.ts'
import { exitCodes, failed } from './command.ts'
import { helpAfter, helpColumns } from './help.ts'

/** Of the objects that `--json` prints; rises when a field changes its meaning. */
export const jsonVersion = 1

const groups: Readonly<Record<string, string>> = {
  config: 'look at the configuration',
  certs: 'make, look at and revoke certificates',
  'certs ca': 'authorities above those of servers, and what they have revoked',
  directory: 'ask Active Directory as this server does',
  topology: 'look at and change the servers that belong together',
  user: 'make and change users',
  contacts: 'look at and change the contact lists of users',
  device: 'list and revoke devices that have a password of their own',
  presence: 'look at what is shown of users, and set it',
  traffic: 'record what users do, without names and texts, to replay it',
  policy: 'say who sees whom and who writes to whom',
  'policy rule': 'make and look at rules between groups',
  admin: 'say who may use the admin API and the console',
  'admin token': 'make and revoke bearer tokens',
  store: 'look into the store',
  sim: 'simulate users, and say what a machine carries',
  'sim profiles': 'machines that can be asked about',
  report: 'say what a machine carries, and compare what was said',
  clock: 'say which clock is right, where the store and this machine differ',
}

export interface ProgramOptions {
  readonly commands: readonly Command[]
  readonly io: CommandIo
  readonly version: string
}

/** Runs `meridian <argv>`; `argv` without node and script. */
export async function runProgram(argv: readonly string[], options: ProgramOptions): Promise<ExitCode> {
  const ran: { exitCode: ExitCode } = { exitCode: exitCodes.ok }
  const program = buildProgram(options, (exitCode) => {
    ran.exitCode = exitCode
  })
  try {
    await program.parseAsync(argv.length === 0 ? ['--help'] : [...argv], { from: 'user' })
    return ran.exitCode
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? exitCodes.ok : exitCodes.usage
    throw error
  }
}

export function buildProgram(options: ProgramOptions, onExit: (code: ExitCode) => void): Commander {
  const program = prepared(new Commander('meridian'), options.io, 'meridian')
    .description('An enterprise instant-messaging server on SIP.')
    .version(options.version, '-V, --version', 'print the version')
  for (const command of options.commands) {
    groupOf(program, command.description.path.slice(0, -1)).addCommand(commanderOf(command, options.io, onExit))
  }
  return program
}

/** The command that holds those of this path: the program itself, or a group in it that is made where it is missing. */
function groupOf(program: Commander, path: readonly string[]): Commander {
  const name = path.at(-1)
  if (name === undefined) return program
  const parent = groupOf(program, path.slice(0, -1))
  const existing = parent.commands.find((command) => command.name() === name)
  if (existing) return existing
  const whole = path.join(' ')
  return parent
    .command(name)
    .description(groups[whole] ?? whole)
    .showHelpAfterError(helpPointer(`meridian ${whole}`))
}

function helpPointer(name: string): string {
  return `see \`${name} --help\``
}

/** `name` is the whole command, as it is typed. */
function prepared(command: Commander, io: CommandIo, name: string): Commander {
  return (
    command
      .exitOverride()
      .configureOutput({
        writeOut: (text) => io.stdout(text),
        writeErr: (text) => io.stderr(text),
        getOutHelpWidth: () => helpColumns,
        getErrHelpWidth: () => helpColumns,
        getOutHasColors: () => false,
        getErrHasColors: () => false,
        // As every other error of ours begins.
        outputError: (text, write) => write(text.replace(/^error: /, 'meridian: ')),
      })
      // A command may have others below it, as `sim` has: what follows their names is theirs, at every level.
      .enablePositionalOptions()
      .showSuggestionAfterError()
      .showHelpAfterError(helpPointer(name))
      .helpOption('-h, --help', 'print this help')
      .helpCommand(false)
  )
}

function commanderOf(command: Command, io: CommandIo, onExit: (code: ExitCode) => void): Commander {
  const { description, run } = command
  const name = ['meridian', ...description.path].join(' ')
  const commander = prepared(new Commander(description.path.at(-1)!), io, name).description(description.purpose)
  for (const { name, text } of description.arguments ?? []) commander.argument(name, text)
  for (const option of optionsOf(description)) commander.addOption(option)
  commander.addHelpText('after', helpAfter(description))
  commander.action(async () => {
    const given = { arguments: commander.args, options: commander.opts(), io }
    const outcome = await run(given).catch(ownFault)
    print(outcome, description, given.options.json === true, io)
    onExit(outcome.exitCode)
  })
  return commander
}

export function optionsOf(description: CommandDescription): readonly Option[] {
  const own = (description.options ?? []).map((option) => {
    const made = new Option(option.flags, option.default ? `${option.text} (default: ${option.default})` : option.text)
    return option.choices ? made.choices([...option.choices]) : made
  })
  const config = description.withoutConfig ? [] : [new Option('-c, --config <file>', 'the configuration file (YAML)')]
  return [...own, ...config, new Option('--json', 'print the result as JSON')]
}

/** A bug of ours: its stack helps whoever reports it. */
function ownFault(error: unknown): Outcome {
  return failed(error instanceof Error ? (error.stack ?? error.message) : String(error))
}

function print(outcome: Outcome, { path }: CommandDescription, isJson: boolean, io: CommandIo): void {
  const { exitCode, value, text, warnings, error } = outcome
  if (isJson) {
    const ok = error === null
    const object = { version: jsonVersion, command: path.join(' '), ok, exitCode, result: value, warnings, error }
    io.stdout(`${JSON.stringify(object, null, 2)}\n`)
    return
  }
  if (text !== '') io.stdout(text.endsWith('\n') ? text : `${text}\n`)
  for (const warning of warnings) io.stderr(`warning: ${warning}\n`)
  if (error !== null) io.stderr(`meridian: ${error}\n`)
}
